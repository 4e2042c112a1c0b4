//! The modifiers of an instruction as typed fields.
//!
//! A row of the tables names, for each dotted word, which field it fills; a word that no lowering asks for one by one
//! goes to [`Modifiers::others`]. After the parser there are no strings to compare.

use super::types::{StateSpace, words};

words! {
    /// Rounding of a floating-point result, to a float or (`.rni` ...) to an integral value (PTX ISA 6.5.2).
    Rounding {
        NearestEven "rn", Zero "rz", MinusInfinity "rm", PlusInfinity "rp", NearestAway "rna", Stochastic "rs",
        IntegerNearestEven "rni", IntegerZero "rzi", IntegerMinusInfinity "rmi", IntegerPlusInfinity "rpi",
    }
}

words! {
    /// How exact a floating-point function is.
    Precision { Approximate "approx", Full "full", }
}

words! {
    /// Which half of a product.
    MulHalf { Lo "lo", Hi "hi", Wide "wide", }
}

words! {
    /// A comparison of `set`, `setp`, `vset`; `lo ls hi hs` are the unsigned four, `equ` to `geu` true for NaN.
    Comparison {
        Eq "eq", Ne "ne", Lt "lt", Le "le", Gt "gt", Ge "ge",
        Lo "lo", Ls "ls", Hi "hi", Hs "hs",
        Equ "equ", Neu "neu", Ltu "ltu", Leu "leu", Gtu "gtu", Geu "geu",
        Num "num", Nan "nan",
    }
}

words! {
    /// A boolean operation: of `set`/`setp` with the predicate operand, of `bar.red`, of `mma` on single bits, of `lop3`.
    BooleanOp { And "and", Or "or", Xor "xor", Popc "popc", }
}

words! {
    /// A cache operator (PTX ISA 9.7.9.1).
    CacheOperator { Ca "ca", Cg "cg", Cs "cs", Lu "lu", Cv "cv", Wb "wb", Wt "wt", }
}

words! {
    /// Who takes part (PTX ISA 8.5).
    Scope { Cta "cta", Cluster "cluster", Gpu "gpu", Sys "sys", }
}

words! {
    /// Memory order of an access or a fence (PTX ISA 8.4); `.volatile` and `.mmio` are [`super::Modifiers::volatile`], `mmio`.
    Semantics { Weak "weak", Relaxed "relaxed", Acquire "acquire", Release "release", AcqRel "acq_rel", Sc "sc", }
}

words! {
    /// Mode of `shfl`.
    ShuffleMode { Up "up", Down "down", Bfly "bfly", Idx "idx", }
}

words! {
    /// Mode of `vote`.
    VoteMode { All "all", Any "any", Uni "uni", Ballot "ballot", }
}

words! {
    /// Operation of `atom`, `red`, `redux`, `multimem`, `cp.reduce`.
    AtomicOp {
        And "and", Or "or", Xor "xor", Cas "cas", Exch "exch", Add "add", Inc "inc", Dec "dec", Min "min", Max "max",
        CasAsync "cas_async",
    }
}

words! {
    /// What `testp` tests.
    TestProperty {
        Finite "finite", Infinite "infinite", Number "number", NotANumber "notanumber", Normal "normal",
        Subnormal "subnormal",
    }
}

words! {
    /// What happens outside a surface (`.trap .clamp .zero`), of a shift past the width (`.clamp .wrap`).
    Clamp { Trap "trap", Clamp "clamp", Zero "zero", Wrap "wrap", }
}

words! {
    /// Direction of `shf`.
    Direction { Left "l", Right "r", }
}

words! {
    /// Mode of `prmt`.
    PermuteMode { F4e "f4e", B4e "b4e", Rc8 "rc8", Ecl "ecl", Ecr "ecr", Rc16 "rc16", }
}

words! {
    /// Geometry of a texture or surface.
    Geometry {
        D1 "1d", D2 "2d", D3 "3d", A1 "a1d", A2 "a2d", Cube "cube", ACube "acube", Ms2d "2dms", AMs2d "a2dms", D4 "4d", D5 "5d",
    }
}

words! {
    /// Layout of a matrix fragment.
    Layout { Row "row", Col "col", }
}

words! {
    /// Shape of a matrix operation.
    Shape {
        M16n16k16 "m16n16k16", M8n32k16 "m8n32k16", M32n8k16 "m32n8k16", M8n8k32 "m8n8k32", M8n8k128 "m8n8k128",
        M16n16k8 "m16n16k8", M8n8k4 "m8n8k4", M8n8k16 "m8n8k16", M16n8k4 "m16n8k4", M16n8k8 "m16n8k8",
        M16n8k16 "m16n8k16", M16n8k32 "m16n8k32", M16n8k64 "m16n8k64", M16n8k128 "m16n8k128", M16n8k256 "m16n8k256",
        M8n8 "m8n8", M8n16 "m8n16", M16n16 "m16n16", M16n8 "m16n8",
    }
}

/// A word of an instruction that has no field of its own, such as `.aligned` or `.tile::gather4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtherWord(pub(crate) &'static str);

impl OtherWord {
    /// Its spelling, without the leading dot.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// What the dotted words of an opcode say, besides its name and its types. Absent words are `None` or `false`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// `.rn` and so on.
    pub rounding: Option<Rounding>,
    /// `.approx`, `.full`.
    pub precision: Option<Precision>,
    /// `.ftz`.
    pub ftz: bool,
    /// `.sat` (of `add`, `sub`, `cvt` ...).
    pub sat: bool,
    /// `.satfinite`.
    pub satfinite: bool,
    /// `.relu`.
    pub relu: bool,
    /// `.NaN` of `min` and `max`.
    pub nan: bool,
    /// `.xorsign.abs` of `min` and `max`.
    pub xorsign_abs: bool,
    /// `.abs` of `mbarrier`-free rows: `min.abs`-like words of `redux.sync`.
    pub abs: bool,
    /// `.oob` of `fma`.
    pub oob: bool,
    /// `.lo`, `.hi`, `.wide`; of `dp2a` which half of the second operand.
    pub half: Option<MulHalf>,
    /// `.cc`: the carry is written.
    pub carry_out: bool,
    /// `.eq` and so on.
    pub comparison: Option<Comparison>,
    /// `.and`, `.or`, `.xor` of `setp`, `set`, `bar.red`, `mma`, `lop3`.
    pub boolean: Option<BooleanOp>,
    /// `.shiftamt` of `bfind`.
    pub shift_amount: bool,
    /// `.l`, `.r` of `shf`.
    pub direction: Option<Direction>,
    /// `.clamp`, `.wrap`, `.trap`, `.zero`.
    pub clamp: Option<Clamp>,
    /// Mode of `prmt`.
    pub permute: Option<PermuteMode>,
    /// What `testp` tests.
    pub test: Option<TestProperty>,
    /// The state space of the access, of `cvta` and `isspacep`: the (first) one named.
    pub space: Option<StateSpace>,
    /// A second state space (the source of a copy).
    pub source_space: Option<StateSpace>,
    /// `.to` of `cvta.to.global`: from generic into the space.
    pub to: bool,
    /// `.nc` of `ld`.
    pub non_coherent: bool,
    /// `.volatile`.
    pub volatile: bool,
    /// `.mmio`.
    pub mmio: bool,
    /// `.relaxed` and so on.
    pub semantics: Option<Semantics>,
    /// `.cta` and so on.
    pub scope: Option<Scope>,
    /// `.ca` and so on.
    pub cache: Option<CacheOperator>,
    /// `.level::cache_hint`: the last operand is a cache policy.
    pub cache_hint: bool,
    /// `.unified` of `ldu`-like accesses and of operands.
    pub unified: bool,
    /// `.v2`, `.v4`, `.v8`: the number of elements, if given.
    pub vector: Option<u8>,
    /// Mode of `shfl`.
    pub shuffle: Option<ShuffleMode>,
    /// Mode of `vote`.
    pub vote: Option<VoteMode>,
    /// Operation of `atom`, `red`, `redux`.
    pub atomic: Option<AtomicOp>,
    /// `.noftz` of `atom` and `red` on half types.
    pub noftz: bool,
    /// `.uni`: all threads of the warp do it together.
    pub uniform: bool,
    /// `.sync` of warp instructions.
    pub sync: bool,
    /// `.aligned`.
    pub aligned: bool,
    /// Geometry of a texture or surface.
    pub geometry: Option<Geometry>,
    /// Layouts in the order named.
    pub layouts: Vec<Layout>,
    /// Shape of a matrix operation.
    pub shape: Option<Shape>,
    /// `.trans`.
    pub trans: bool,
    /// `.x1`, `.x2`, `.x4` and so on: the number of matrices or repetitions.
    pub count: Option<u16>,
    /// `.b0` to `.b3`, `.h0`, `.h1`, `.b10` and so on are not modifiers but operand selectors; words without a field are here.
    pub others: Vec<OtherWord>,
}

impl Modifiers {
    /// Whether a word without a field of its own is there (spelt without the leading dot).
    pub fn has(&self, word: &str) -> bool {
        self.others.iter().any(|other| other.as_str() == word)
    }
}
