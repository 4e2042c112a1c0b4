//! Scalar types and state spaces: the words of PTX with their sizes and kinds.
//!
//! `words!` makes an enum whose variants are words of the language, with both directions of the spelling.

/// An enum of words of PTX, each with its spelling (without the leading dot).
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $text:literal,)* }) => {
        $(#[$meta])*
        #[allow(missing_docs, reason = "a variant is the word that it spells")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// Its spelling, without the leading dot.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The one so spelt (without the leading dot).
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($text => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// The type of an instruction, a variable or a register (PTX ISA 5.2).
    ScalarType {
        Pred "pred",
        B1 "b1", B8 "b8", B16 "b16", B32 "b32", B64 "b64", B128 "b128",
        U4 "u4", U8 "u8", U16 "u16", U32 "u32", U64 "u64",
        S4 "s4", S8 "s8", S16 "s16", S32 "s32", S64 "s64",
        U16x2 "u16x2", S16x2 "s16x2", U8x4 "u8x4", S8x4 "s8x4",
        F16 "f16", F16x2 "f16x2", BF16 "bf16", BF16x2 "bf16x2",
        F32 "f32", F32x2 "f32x2", F64 "f64", TF32 "tf32",
        E4M3 "e4m3", E5M2 "e5m2", E3M2 "e3m2", E2M3 "e2m3", E2M1 "e2m1",
        UE8M0 "ue8m0", UE4M3 "ue4m3",
        E4M3x2 "e4m3x2", E5M2x2 "e5m2x2", E3M2x2 "e3m2x2", E2M3x2 "e2m3x2", E2M1x2 "e2m1x2", UE8M0x2 "ue8m0x2",
        E4M3x4 "e4m3x4", E5M2x4 "e5m2x4", E3M2x4 "e3m2x4", E2M3x4 "e2m3x4", E2M1x4 "e2m1x4",
        S2F6x2 "s2f6x2", UE4M3x2 "ue4m3x2",
        B4x16 "b4x16", B4x16P64 "b4x16_p64", B6x16P32 "b6x16_p32", B6p2x16 "b6p2x16",
        TexRef "texref", SamplerRef "samplerref", SurfRef "surfref",
    }
}

/// What a type's bits mean; `.b32` and its kin match every kind of their size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `.pred`.
    Predicate,
    /// `.b8` to `.b128`.
    Bits,
    /// `.u8` to `.u64`.
    Unsigned,
    /// `.s8` to `.s64`.
    Signed,
    /// A floating-point number.
    Float,
    /// Several numbers in one register.
    Packed,
    /// A texture, sampler or surface reference.
    Opaque,
}

impl ScalarType {
    /// Width in bits, as held in a register or in memory; references count as 64.
    pub const fn bits(self) -> u32 {
        use ScalarType::*;
        match self {
            Pred | B1 => 1,
            U4 | S4 | E2M1 => 4,
            B8 | U8 | S8 | E4M3 | E5M2 | E3M2 | E2M3 | UE8M0 | UE4M3 | E2M1x2 => 8,
            B16 | U16 | S16 | F16 | BF16 | E4M3x2 | E5M2x2 | E3M2x2 | E2M3x2 | UE8M0x2 | UE4M3x2 | S2F6x2
            | E2M1x4 => 16,
            B32 | U32 | S32 | F32 | TF32 | F16x2 | BF16x2 | U16x2 | S16x2 | U8x4 | S8x4 | E4M3x4 | E5M2x4
            | E3M2x4 | E2M3x4 => 32,
            B64 | U64 | S64 | F64 | F32x2 | TexRef | SamplerRef | SurfRef | B4x16 => 64,
            B128 | B4x16P64 | B6x16P32 | B6p2x16 => 128,
        }
    }

    /// Width in bytes, at least 1.
    pub const fn bytes(self) -> u32 {
        self.bits().div_ceil(8)
    }

    /// What the bits mean.
    pub const fn kind(self) -> TypeKind {
        use ScalarType::*;
        match self {
            Pred => TypeKind::Predicate,
            B1 | B8 | B16 | B32 | B64 | B128 => TypeKind::Bits,
            U4 | U8 | U16 | U32 | U64 => TypeKind::Unsigned,
            S4 | S8 | S16 | S32 | S64 => TypeKind::Signed,
            F16 | BF16 | F32 | F64 | TF32 | E4M3 | E5M2 | E3M2 | E2M3 | E2M1 | UE8M0 | UE4M3 => {
                TypeKind::Float
            }
            TexRef | SamplerRef | SurfRef => TypeKind::Opaque,
            _ => TypeKind::Packed,
        }
    }

    /// `.s8` to `.s64`.
    pub const fn is_signed(self) -> bool {
        matches!(self.kind(), TypeKind::Signed)
    }

    /// A scalar floating-point type.
    pub const fn is_float(self) -> bool {
        matches!(self.kind(), TypeKind::Float)
    }

    /// A signed, unsigned or untyped integer.
    pub const fn is_integer(self) -> bool {
        matches!(self.kind(), TypeKind::Signed | TypeKind::Unsigned | TypeKind::Bits)
    }
}

words! {
    /// A state space as an instruction or a declaration names it (PTX ISA 5.1). An instruction without one works on
    /// generic addresses.
    StateSpace {
        Reg "reg", SpecialReg "sreg",
        Const "const", Global "global", Local "local",
        Param "param", ParamEntry "param::entry", ParamFunc "param::func",
        Shared "shared", SharedCta "shared::cta", SharedCluster "shared::cluster",
        Tex "tex",
    }
}

impl StateSpace {
    /// `.shared::cta` as `.shared`, `.param::entry` and `.param::func` as `.param`; the rest as it is.
    pub const fn base(self) -> StateSpace {
        match self {
            StateSpace::SharedCta => StateSpace::Shared,
            StateSpace::ParamEntry | StateSpace::ParamFunc => StateSpace::Param,
            other => other,
        }
    }
}
