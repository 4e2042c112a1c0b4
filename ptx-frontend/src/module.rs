//! The parsed, resolved and checked module: what the front end hands out.
//!
//! Every name is resolved: registers, blocks, variables and functions are dense numbers. Instructions lie in one flat
//! list for each function, their operands in another; a basic block is a range of instructions. Names are unique
//! within a function (those of inner scopes were renamed), so that a module can be printed without scopes.

use std::ops::Range;

use crate::isa::{Component, Form, ScalarType, SpecialRegister, StateSpace};
use crate::names::Names;
use crate::span::Span;

/// A dense number of something; which list it counts in is said at each type.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into its list.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A name in [`Module::names`].
    NameId;
    /// A decoded opcode in [`Module::forms`].
    FormId;
    /// A variable in [`Module::variables`].
    VariableId;
    /// A function in [`Module::functions`].
    FunctionId;
    /// A variable in [`Function::variables`].
    LocalId;
    /// A parameter in [`Function::parameters`].
    ParameterId;
    /// A return parameter in [`Function::returns`].
    ReturnId;
    /// A register of a function, below [`Function::register_count`].
    RegisterId;
    /// A block in [`Function::blocks`].
    BlockId;
    /// A list of labels in [`Function::branch_targets`].
    BranchTargetsId;
    /// A prototype in [`Function::prototypes`].
    PrototypeId;
}

/// A whole PTX module.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The file's name as given to [`crate::parse`].
    pub file_name: String,
    /// `.version`.
    pub version: Version,
    /// `.target`.
    pub target: Target,
    /// `.address_size`: always 64 (32 is refused; absent means 64 here).
    pub address_size: u32,
    /// Variables at module scope, in source order.
    pub variables: Vec<Variable>,
    /// Kernels and device functions, declarations too, in the order of their first mention. One entry a function.
    pub functions: Vec<Function>,
    /// `.alias alias, aliasee`.
    pub aliases: Vec<Alias>,
    /// The distinct opcodes of the module.
    pub forms: Vec<Form>,
    /// `.file` directives.
    pub files: Vec<SourceFile>,
    /// `.section` blocks (debug information), kept as written.
    pub sections: Vec<Section>,
    /// `.pragma` at module scope.
    pub pragmas: Vec<NameId>,
    /// All names.
    pub names: Names,
}

/// `.version major.minor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Before the dot.
    pub major: u16,
    /// Behind the dot.
    pub minor: u16,
}

/// `.target sm_NN, options`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// 70 of `sm_70`.
    pub architecture: u32,
    /// `a` of `sm_90a`, `f` of `sm_100f`.
    pub suffix: Option<char>,
    /// `texmode_independent`, `debug`, `map_f64_to_f32` ... in source order.
    pub options: Vec<String>,
}

/// `.alias name, aliasee`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The function declared as the alias.
    pub alias: FunctionId,
    /// The function defined.
    pub aliasee: FunctionId,
    /// The directive.
    pub span: Span,
}

/// `.file number "name"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The number that `.loc` gives.
    pub number: u32,
    /// The name.
    pub name: String,
    /// Time stamp and size, if given.
    pub stamp: Option<(u64, u64)>,
}

/// `.section name { ... }`: kept as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// `.debug_info` and so on.
    pub name: NameId,
    /// What stands between the braces.
    pub text: String,
}

/// Who can see a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Linkage {
    /// Only this module.
    #[default]
    Internal,
    /// `.visible`.
    Visible,
    /// `.extern`: defined elsewhere.
    Extern,
    /// `.weak`.
    Weak,
    /// `.common`.
    Common,
}

/// The type of a variable or parameter: a scalar, a vector, an array of either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableType {
    /// Type of a component.
    pub scalar: ScalarType,
    /// Components: 1, 2, 4 or 8.
    pub vector: u8,
    /// Array dimensions, outermost first; the outermost is 0 if it is open (`[]`). Empty: no array.
    pub dimensions: Vec<u64>,
}

/// A variable, at module scope or within a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name; unique in its scope.
    pub name: NameId,
    /// `.global`, `.const`, `.shared`, `.local`, `.tex`, or (within functions) `.param`.
    pub space: StateSpace,
    /// Its type.
    pub ty: VariableType,
    /// Alignment in bytes, explicit or natural; a power of two.
    pub alignment: u32,
    /// Size in bytes; 0 if its outermost dimension is open.
    pub size: u64,
    /// Linkage; within functions `Internal`, or `Extern` for dynamic shared memory.
    pub linkage: Linkage,
    /// Its initial value; absent: zero (`.global`, `.const`) or undefined.
    pub initializer: Option<Initializer>,
    /// `.attribute(.managed)`.
    pub managed: bool,
    /// `.attribute(.unified(hi, lo))`.
    pub unified: Option<(u64, u64)>,
    /// The bank of the old `.const[n]`.
    pub bank: Option<u32>,
    /// The fields of an opaque initialiser (`.samplerref s = { addr_mode_0 = ... }`), in source order.
    pub opaque: Vec<(NameId, NameId)>,
    /// The declaration.
    pub span: Span,
}

/// The initial bytes of a variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Initializer {
    /// Leading bytes; the rest up to the variable's size are zero. Bytes under a relocation are zero here.
    pub bytes: Vec<u8>,
    /// Addresses to fill in, by rising offset.
    pub relocations: Vec<Relocation>,
}

/// An address within an initialiser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Byte offset in the variable.
    pub offset: u64,
    /// Bytes to fill: 8, 4, or 1 with `mask()`.
    pub size: u8,
    /// The module variable or function whose address it is.
    pub symbol: Symbol,
    /// Added to the address.
    pub addend: i64,
    /// `generic(symbol)`: the generic address, not that in the symbol's own state space.
    pub generic: bool,
    /// `mask(address, 0xFF << shift)`: the address is shifted right by this many bits first.
    pub shift: u8,
}

/// A named thing with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A module variable.
    Variable(VariableId),
    /// A variable of the function.
    Local(LocalId),
    /// A parameter of the function.
    Parameter(ParameterId),
    /// A return parameter of the function.
    Return(ReturnId),
    /// A function.
    Function(FunctionId),
}

/// Kernel or device function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FunctionKind {
    /// `.entry`.
    Kernel,
    /// `.func`.
    Device,
}

/// A kernel or device function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: NameId,
    /// `.entry` or `.func`.
    pub kind: FunctionKind,
    /// Linkage.
    pub linkage: Linkage,
    /// Whether there is a body here; without one it is a declaration.
    pub has_body: bool,
    /// Return parameters (PTX knows one or none; the list keeps what is written).
    pub returns: Vec<Parameter>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// Launch bounds and the like.
    pub directives: Directives,
    /// `.pragma` at function scope or between instructions.
    pub pragmas: Vec<Pragma>,
    /// Declared registers; the numbers of range `i` are `first .. first + count * vector`.
    pub registers: Vec<RegisterRange>,
    /// Variables declared in the function (any scope), `.param` call arguments too.
    pub variables: Vec<Variable>,
    /// Basic blocks in source order; block 0 is the entry.
    pub blocks: Vec<BasicBlock>,
    /// Labels: several may stand at one block, and one may stand at the end of the function (an empty last block).
    pub labels: Vec<Label>,
    /// All instructions in source order.
    pub instructions: Vec<Instruction>,
    /// All operands; an instruction holds a range.
    pub operands: Vec<Operand>,
    /// The place of each operand.
    pub operand_spans: Vec<Span>,
    /// Elements of vector operands and argument lists.
    pub elements: Vec<Operand>,
    /// `.branchtargets` and `.calltargets` lists of labels.
    pub branch_targets: Vec<BranchTargets>,
    /// `.callprototype` and `.calltargets`.
    pub prototypes: Vec<Prototype>,
    /// `.loc` directives by rising instruction.
    pub locations: Vec<LocationMark>,
    /// The head of the function: its name.
    pub span: Span,
}

/// A parameter or return parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; a prototype's may be `_`.
    pub name: NameId,
    /// Its type.
    pub ty: VariableType,
    /// Alignment in bytes, explicit or natural.
    pub alignment: u32,
    /// Size in bytes; 0 for an open array (variadic functions).
    pub size: u64,
    /// `.reg` parameters of old device functions: the register it is in the body.
    pub register: Option<RegisterId>,
    /// `.ptr .space .align n` of kernel parameters.
    pub pointer: Option<PointerAttribute>,
    /// Where it is declared.
    pub span: Span,
}

/// `.ptr .global .align 16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointerAttribute {
    /// Where it points; `None` is generic.
    pub space: Option<StateSpace>,
    /// Alignment of what it points to, in bytes (4 if not said).
    pub alignment: u32,
}

/// Directives between a function's head and its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// `.maxntid`; dimensions not given are 1.
    pub max_threads: Option<[u32; 3]>,
    /// `.reqntid`.
    pub required_threads: Option<[u32; 3]>,
    /// `.minnctapersm` (or `.maxnctapersm`, its old name).
    pub min_blocks: Option<u32>,
    /// `.maxnreg`.
    pub max_registers: Option<u32>,
    /// `.noreturn`.
    pub no_return: bool,
    /// `.maxclusterrank`.
    pub max_cluster_rank: Option<u32>,
    /// `.reqnctapercluster`.
    pub required_cluster: Option<[u32; 3]>,
    /// `.explicitcluster`.
    pub explicit_cluster: bool,
    /// `.blocksareclusters`.
    pub blocks_are_clusters: bool,
    /// `.abi_preserve n`.
    pub abi_preserve: Option<u32>,
    /// `.abi_preserve_control n`.
    pub abi_preserve_control: Option<u32>,
    /// `.minperctamemory n`.
    pub min_block_memory: Option<u32>,
    /// `.attribute(.unified(hi, lo))` of a function.
    pub unified: Option<(u64, u64)>,
}

/// `.pragma "text"` before an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pragma {
    /// The instruction it stands before.
    pub instruction: u32,
    /// Its text without the quotes.
    pub text: NameId,
}

/// `.reg .b32 %r<100>;` or one name of `.reg .b32 a, b;`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterRange {
    /// Number of its first register.
    pub first: RegisterId,
    /// How many: 1 for a plain name. A vector register takes `vector` numbers each.
    pub count: u32,
    /// The name, or the prefix of a numbered range.
    pub name: NameId,
    /// Whether the registers are `name0`, `name1` ... (`<count>` was given).
    pub numbered: bool,
    /// Type as declared.
    pub ty: ScalarType,
    /// 1, or 2 or 4 for a vector register.
    pub vector: u8,
    /// The declaration.
    pub span: Span,
}

/// A straight run of instructions. Only its last instruction may leave it; if that does not, or is guarded, control
/// also falls into the next block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicBlock {
    /// First label that stands here, if any.
    pub label: Option<NameId>,
    /// First instruction.
    pub start: u32,
    /// Behind the last instruction.
    pub end: u32,
}

impl BasicBlock {
    /// The instructions as a range of [`Function::instructions`].
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A label and the block it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its name, unique in the function.
    pub name: NameId,
    /// The block that starts there.
    pub block: BlockId,
    /// Where it stands.
    pub span: Span,
}

/// `name: .branchtargets L1, L2;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchTargets {
    /// Its name.
    pub name: NameId,
    /// The blocks by index.
    pub blocks: Vec<BlockId>,
    /// Where.
    pub span: Span,
}

/// `name: .callprototype (ret) _ (params);` or `name: .calltargets f, g;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prototype {
    /// Its name.
    pub name: NameId,
    /// Return parameters (of the first target of `.calltargets`).
    pub returns: Vec<Parameter>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// The functions of `.calltargets`; empty for `.callprototype`.
    pub targets: Vec<FunctionId>,
    /// Whether it is `.calltargets`.
    pub is_targets: bool,
    /// `.noreturn`.
    pub no_return: bool,
    /// Where.
    pub span: Span,
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Its decoded opcode.
    pub form: FormId,
    /// `@p` or `@!p`.
    pub guard: Option<Guard>,
    /// First operand in [`Function::operands`].
    pub first_operand: u32,
    /// Number of operands.
    pub operand_count: u8,
    /// The whole instruction without its semicolon.
    pub span: Span,
}

/// `@p` or `@!p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The predicate register.
    pub register: RegisterId,
    /// `@!p`.
    pub negated: bool,
}

/// An operand. Destinations come first, as in the text. Optional operands that were left out are not in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// A register.
    Register(RegisterId),
    /// `!p`.
    Negated(RegisterId),
    /// `p|q` or `d|p` as destination; `None` is `_`.
    Pair(Option<RegisterId>, Option<RegisterId>),
    /// A constant.
    Immediate(Immediate),
    /// `%tid.x`, `%laneid`.
    Special {
        /// Which.
        register: SpecialRegister,
        /// `.x` and so on.
        component: Option<Component>,
    },
    /// The address of a symbol as a value: `mov.b64 %rd1, buffer+8`; or the callee of a direct call.
    Symbol {
        /// Which.
        symbol: Symbol,
        /// Added, in bytes.
        offset: i64,
    },
    /// `[base+offset]`.
    Address {
        /// What the offset is added to.
        base: AddressBase,
        /// In bytes.
        offset: i64,
    },
    /// `[a, {b, c}]` of textures, surfaces and tensors: the parts in [`Function::elements`].
    Indexed(ElementRange),
    /// `{a, b}`: the elements in [`Function::elements`]; of `{a, b}|p` the predicate is the last. Also the lists `(a, b)` of a call, which may be empty.
    Vector(ElementRange),
    /// `_`.
    Sink,
    /// A branch target.
    Block(BlockId),
    /// The list of `brx.idx`.
    BranchTargets(BranchTargetsId),
    /// The prototype or target list of an indirect call.
    Prototype(PrototypeId),
    /// `a.b0`, `a.h1`: a part of a register for the video instructions, `.b` of a register pair.
    Part {
        /// The register.
        register: RegisterId,
        /// Which bytes.
        part: Part,
        /// `-a.b0`.
        negated: bool,
    },
}

/// A selector of a video instruction's operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole register (a negated operand of `vmad`).
    All,
    /// `.b0` to `.b3`, `.h0`, `.h1`, and the lists of the SIMD ones (`.b3210`, `.h10`): kind and digits, first digit lowest.
    Select {
        /// `b` (true) or `h` (false).
        bytes: bool,
        /// Number of digits: 1 for scalars, 2 for `.hXY`, 4 for `.bXYZW`.
        count: u8,
        /// The digits, leftmost first.
        digits: [u8; 4],
    },
}

/// A part of [`Function::elements`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElementRange {
    /// First element.
    pub start: u32,
    /// Number of elements.
    pub count: u32,
}

/// What the offset of an address is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressBase {
    /// A register: 64 bits, or 32 for `.shared`, `.local`, `.const`, `.param`.
    Register(RegisterId),
    /// A symbol.
    Symbol(Symbol),
    /// Nothing: the offset is the address.
    Absolute,
}

/// A constant operand, still without the instruction's type: an integer may stand where a float's bits are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Immediate {
    /// An integer; its low 64 bits (negative ones in two's complement). `WARP_SZ` is 32.
    Integer(u64),
    /// Bits of an f32 (`0f3F800000`).
    F32(u32),
    /// Bits of an f64 (`0d3FF0000000000000`, `1.5`).
    F64(u64),
}

impl Immediate {
    /// The low 64 bits as they stand; for floats their bit pattern.
    pub const fn bits(self) -> u64 {
        match self {
            Self::Integer(value) | Self::F64(value) => value,
            Self::F32(value) => value as u64,
        }
    }
}

/// `.loc` before an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocationMark {
    /// The first instruction it holds for.
    pub instruction: u32,
    /// What it says.
    pub location: SourceLocation,
}

/// A place in the program that the PTX was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceLocation {
    /// Number of a `.file`.
    pub file: u32,
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
    /// `function_name label, inlined_at file line column`.
    pub inlined: Option<InlinedAt>,
}

/// Where an inlined piece of code was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlinedAt {
    /// Label (in `.debug_str`) of the inlined function's name.
    pub function: NameId,
    /// Offset from that label.
    pub offset: u64,
    /// File, line and column of the call.
    pub file: u32,
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}
