//! The special registers (PTX ISA 10), each with its type and the versions that introduced it.

use super::types::ScalarType;

/// Component of a vector register or special register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "a component is its own name")]
pub enum Component {
    X,
    Y,
    Z,
    W,
}

impl Component {
    /// From `x y z w` or `r g b a`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "x" | "r" => Some(Self::X),
            "y" | "g" => Some(Self::Y),
            "z" | "b" => Some(Self::Z),
            "w" | "a" => Some(Self::W),
            _ => None,
        }
    }

    /// `x`, `y`, `z` or `w`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "y",
            Self::Z => "z",
            Self::W => "w",
        }
    }

    /// 0 to 3.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// One table for all special registers: name, type, whether it has components, `.version`, `.target`.
macro_rules! special_registers {
    ($($variant:ident $text:literal $ty:ident $vector:literal $version:literal $target:literal;)*) => {
        /// A special register. The numbered ones carry their number.
        #[allow(missing_docs, reason = "a variant is the register that it spells")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum SpecialRegister {
            $($variant,)*
            /// `%pm0` to `%pm7`.
            Pm(u8),
            /// `%pm0_64` to `%pm7_64`.
            Pm64(u8),
            /// `%envreg0` to `%envreg31`.
            EnvReg(u8),
            /// `%reserved_smem_offset_0` and `_1`.
            ReservedSmemOffset(u8),
        }

        impl SpecialRegister {
            /// Those without a number.
            pub const PLAIN: &'static [SpecialRegister] = &[$(SpecialRegister::$variant),*];

            /// From the name with its `%`.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)*
                    _ => Self::numbered(name),
                }
            }

            /// The name with its `%`.
            pub fn name(self) -> String {
                match self {
                    $(Self::$variant => $text.to_owned(),)*
                    Self::Pm(n) => format!("%pm{n}"),
                    Self::Pm64(n) => format!("%pm{n}_64"),
                    Self::EnvReg(n) => format!("%envreg{n}"),
                    Self::ReservedSmemOffset(n) => format!("%reserved_smem_offset_{n}"),
                }
            }

            /// The type of it (of one component).
            pub const fn ty(self) -> ScalarType {
                match self {
                    $(Self::$variant => ScalarType::$ty,)*
                    Self::Pm64(_) => ScalarType::U64,
                    Self::EnvReg(_) | Self::ReservedSmemOffset(_) => ScalarType::B32,
                    Self::Pm(_) => ScalarType::U32,
                }
            }

            /// Whether it is read by component (`.x .y .z .w`).
            pub const fn has_components(self) -> bool {
                match self { $(Self::$variant => $vector,)* _ => false }
            }

            /// The `.version` (times ten) and the `sm_` number that introduced it.
            pub const fn introduced(self) -> (u16, u16) {
                match self {
                    $(Self::$variant => ($version, $target),)*
                    Self::Pm(_) => (13, 0),
                    Self::Pm64(_) => (40, 50),
                    Self::EnvReg(_) => (21, 0),
                    Self::ReservedSmemOffset(_) => (76, 80),
                }
            }
        }
    };
}

special_registers! {
    Tid "%tid" U32 true 10 0;
    Ntid "%ntid" U32 true 10 0;
    LaneId "%laneid" U32 false 13 0;
    WarpId "%warpid" U32 false 13 0;
    NWarpId "%nwarpid" U32 false 20 20;
    CtaId "%ctaid" U32 true 10 0;
    NCtaId "%nctaid" U32 true 10 0;
    SmId "%smid" U32 false 13 0;
    NSmId "%nsmid" U32 false 20 20;
    GridId "%gridid" U64 false 10 0;
    IsExplicitCluster "%is_explicit_cluster" Pred false 78 90;
    ClusterId "%clusterid" U32 true 78 90;
    NClusterId "%nclusterid" U32 true 78 90;
    ClusterCtaId "%cluster_ctaid" U32 true 78 90;
    ClusterNCtaId "%cluster_nctaid" U32 true 78 90;
    ClusterCtaRank "%cluster_ctarank" U32 false 78 90;
    ClusterNCtaRank "%cluster_nctarank" U32 false 78 90;
    LaneMaskEq "%lanemask_eq" U32 false 20 20;
    LaneMaskLe "%lanemask_le" U32 false 20 20;
    LaneMaskLt "%lanemask_lt" U32 false 20 20;
    LaneMaskGe "%lanemask_ge" U32 false 20 20;
    LaneMaskGt "%lanemask_gt" U32 false 20 20;
    Clock "%clock" U32 false 10 0;
    ClockHi "%clock_hi" U32 false 50 20;
    Clock64 "%clock64" U64 false 20 20;
    GlobalTimer "%globaltimer" U64 false 31 30;
    GlobalTimerLo "%globaltimer_lo" U32 false 31 30;
    GlobalTimerHi "%globaltimer_hi" U32 false 31 30;
    ReservedSmemOffsetBegin "%reserved_smem_offset_begin" B32 false 76 80;
    ReservedSmemOffsetEnd "%reserved_smem_offset_end" B32 false 76 80;
    ReservedSmemOffsetCap "%reserved_smem_offset_cap" B32 false 76 80;
    TotalSmemSize "%total_smem_size" U32 false 41 20;
    AggrSmemSize "%aggr_smem_size" U32 false 81 90;
    DynamicSmemSize "%dynamic_smem_size" U32 false 41 20;
    CurrentGraphExec "%current_graph_exec" U64 false 80 50;
}

impl SpecialRegister {
    fn numbered(name: &str) -> Option<Self> {
        if let Some(number) = name.strip_prefix("%envreg") {
            return small_number(number, 32).map(Self::EnvReg);
        }
        if let Some(number) = name.strip_prefix("%reserved_smem_offset_") {
            return small_number(number, 2).map(Self::ReservedSmemOffset);
        }
        let number = name.strip_prefix("%pm")?;
        match number.strip_suffix("_64") {
            Some(number) => small_number(number, 8).map(Self::Pm64),
            None => small_number(number, 8).map(Self::Pm),
        }
    }
}

/// A decimal number below `limit` without leading zeros.
fn small_number(text: &str, limit: u8) -> Option<u8> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|&number: &u8| canonical && number < limit)
}
