//! What an instruction reads, writes and accesses, from its line of the table and its bits.
//!
//! Before: the words at an address. After: an [`Observed`], which a watched page keeps beside the decoded instruction.
//! Nothing here knows what an instruction computes; who asks for that asks the mnemonic.

use crate::isa::operand::{EXEC, M0, VCC, VGPR};
use crate::isa::{self, Decoded, Field, Format};

/// The storages that registers live in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    /// By operand code: SGPRs, VCC, M0, EXEC.
    Scalar,
    /// v0 and on.
    Vector,
    /// a0 and on.
    Accumulator,
}

/// Consecutive registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Registers {
    pub file: File,
    pub first: u16,
    pub count: u8,
}

impl Registers {
    fn scalar(first: u32, count: u8) -> Self {
        Self { file: File::Scalar, first: first as u16, count }
    }

    /// Whether a register is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.file == other.file
            && self.first < other.first + u16::from(other.count)
            && other.first < self.first + u16::from(self.count)
    }

    /// How they are written in assembly.
    pub fn name(self, index: u16) -> String {
        let number = self.first + index;
        match (self.file, u32::from(number)) {
            (File::Vector, _) => format!("v{number}"),
            (File::Accumulator, _) => format!("a{number}"),
            (_, VCC) => "vcc_lo".into(),
            (_, 107) => "vcc_hi".into(),
            (_, M0) => "m0".into(),
            (_, EXEC) => "exec_lo".into(),
            (_, 127) => "exec_hi".into(),
            _ => format!("s{number}"),
        }
    }
}

/// What a register is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// An operand of what is computed, by its place.
    Source(u8),
    /// Part of an address.
    Address,
    /// What is stored, or an atomic's operand.
    Data,
    /// A destination of which a part stays.
    Kept,
    /// It decides on a branch.
    Condition,
}

/// Kinds of instructions, as they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Scalar,
    ScalarMemory,
    Vector,
    Matrix,
    Global,
    Flat,
    Scratch,
    Lds,
    Branch,
    Barrier,
    Wait,
    Other,
}

impl Class {
    /// Every class with its name in a report.
    pub const NAMES: [(Class, &'static str); 12] = [
        (Class::Scalar, "scalar"),
        (Class::ScalarMemory, "scalar_memory"),
        (Class::Vector, "vector"),
        (Class::Matrix, "matrix"),
        (Class::Global, "global"),
        (Class::Flat, "flat"),
        (Class::Scratch, "scratch"),
        (Class::Lds, "lds"),
        (Class::Branch, "branch"),
        (Class::Barrier, "barrier"),
        (Class::Wait, "wait"),
        (Class::Other, "other"),
    ];
}

/// Which address computation an access uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// FLAT, GLOBAL and SCRATCH.
    Flat,
    /// MUBUF.
    Buffer,
    /// DS.
    Lds,
    /// SMEM.
    Scalar,
}

/// What an access does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Load,
    Store,
    Atomic,
}

impl Kind {
    /// As a report says it.
    pub fn verb(self) -> &'static str {
        match self {
            Kind::Load => "read",
            Kind::Store => "write",
            Kind::Atomic => "atomic",
        }
    }
}

/// A memory access.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub unit: Unit,
    pub kind: Kind,
    /// glc of a load: it does not stop at the first cache. Atomics always have it.
    pub coherent: bool,
}

/// Which counters of outstanding operations it raises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub vector: bool,
    pub lds: bool,
    /// It may finish before what was begun earlier.
    pub unordered: bool,
}

/// A decoded instruction and what it does.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    pub pc: u64,
    /// `None` for undefined bits and for what is no device memory.
    pub decoded: Option<Decoded>,
    pub class: Class,
    pub reads: Vec<(Registers, Role)>,
    pub writes: Vec<Registers>,
    pub reads_scc: bool,
    pub writes_scc: bool,
    pub memory: Option<Memory>,
    pub counters: Counters,
}

impl Observed {
    /// An entry that is no instruction.
    pub fn nothing(pc: u64) -> Self {
        Self {
            pc,
            decoded: None,
            class: Class::Other,
            reads: Vec::new(),
            writes: Vec::new(),
            reads_scc: false,
            writes_scc: false,
            memory: None,
            counters: Counters::default(),
        }
    }

    /// What the words at `pc` do.
    pub fn new(pc: u64, first: u32, second: Option<u32>) -> Self {
        let mut observed = Self::nothing(pc);
        let Some(decoded) = isa::decode(first, second) else { return observed };
        observed.class = class(&decoded);
        for index in 0..decoded.encoding.operands.len() {
            observed.operand(&decoded, index);
        }
        observed.implicit(&decoded);
        observed.memory = memory(&decoded);
        observed.counters = counters(&decoded);
        observed.decoded = Some(decoded);
        observed
    }

    /// The mnemonic without the suffix of its format.
    pub fn mnemonic(&self) -> &'static str {
        self.decoded.map_or("", |decoded| decoded.encoding.base_mnemonic())
    }

    /// The instruction as LLVM writes it.
    pub fn text(&self) -> String {
        self.decoded.map_or_else(|| "undefined bits".into(), |decoded| isa::disassemble(&decoded))
    }

    fn read(&mut self, file: File, first: u32, count: u8, role: Role) {
        self.reads.push((Registers { file, first: first as u16, count }, role));
    }

    fn write(&mut self, file: File, first: u32, count: u8) {
        self.writes.push(Registers { file, first: first as u16, count });
    }

    /// A source given by an operand code.
    fn read_code(&mut self, code: u32, count: u8, accumulator: bool, role: Role) {
        match code {
            VGPR.. => {
                let file = if accumulator { File::Accumulator } else { File::Vector };
                self.read(file, code - VGPR, count.max(1), role);
            }
            0..=127 => self.read(File::Scalar, code, count.max(1), role),
            251 => self.read(File::Scalar, VCC, 2, role),
            253 => self.reads_scc = true,
            _ => {}
        }
    }

    fn operand(&mut self, decoded: &Decoded, index: usize) {
        let encoding = decoded.encoding;
        let operand = encoding.operands[index];
        let (field, count) = (operand.field, operand.registers);
        let code = decoded.field(field);
        let name = encoding.base_mnemonic();
        let place = Role::Source(match field {
            Field::Ssrc1 | Field::Src1 | Field::Vsrc1 => 1,
            Field::Src2 => 2,
            _ => 0,
        });
        let is_load = matches!(memory(decoded), Some(Memory { kind: Kind::Load, .. }));
        let is_store = matches!(memory(decoded), Some(Memory { kind: Kind::Store, .. }));
        match field {
            Field::Sdst if name.starts_with("s_cmpk") || name == "s_setreg_b32" => {
                self.read(File::Scalar, code, count, Role::Source(0));
            }
            Field::Sdst | Field::SdstB => self.write(File::Scalar, code, count),
            Field::Ssrc0 | Field::Ssrc1 => self.read_code(code, count, false, place),
            Field::Sdata if count == 0 => {}
            Field::Sdata => {
                if !is_store {
                    self.write(File::Scalar, code, count);
                }
                if is_store || name.contains("atomic") {
                    self.read(File::Scalar, code, count, Role::Data);
                }
            }
            Field::Sbase => self.read(File::Scalar, code, count, Role::Address),
            Field::Offset => {
                let (immediate, register) = (decoded.bits(17, 17) == 1, decoded.bits(14, 14) == 1);
                if register {
                    self.read(File::Scalar, decoded.bits(63, 57), 1, Role::Address);
                } else if !immediate {
                    self.read(File::Scalar, decoded.bits(38, 32), 1, Role::Address);
                }
            }
            Field::Vdst
                if is_flat(encoding.format) && encoding.returns_with_glc && decoded.bits(16, 16) == 0 => {}
            Field::Vdst => self.write(destination_file(decoded), code, count),
            Field::Vcc if index < 2 => self.write(File::Scalar, code, 2),
            Field::Vcc => self.read(File::Scalar, VCC, 2, Role::Source(2)),
            Field::Src0 | Field::Src1 | Field::Src2 | Field::Vsrc1 => {
                self.read_code(code, count, source_is_accumulator(decoded, field), place);
            }
            Field::Addr => {
                let offset_only = decoded.field(Field::Saddr) != 0x7f;
                match encoding.format {
                    Format::Scratch if offset_only => {}
                    Format::Global if offset_only => self.read(File::Vector, code, 1, Role::Address),
                    // These move what stands in the address operand.
                    Format::Ds if name == "ds_swizzle_b32" => {
                        self.read(File::Vector, code, 1, Role::Source(0));
                    }
                    _ => self.read(File::Vector, code, count, Role::Address),
                }
            }
            Field::Data0 | Field::Data1 => {
                let bit = if encoding.format == Format::Ds { 25 } else { 55 };
                let moves = matches!(name, "ds_permute_b32" | "ds_bpermute_b32");
                let role = if moves { Role::Source(0) } else { Role::Data };
                self.read(vector_file(decoded.bits(bit, bit)), code, count, role);
            }
            Field::Vdata => {
                let file = vector_file(decoded.bits(55, 55));
                if is_load || name.contains("atomic") && decoded.bits(14, 14) == 1 {
                    // A compare-and-swap returns in the first half of its operands.
                    let count = if name.contains("cmpswap") { count / 2 } else { count };
                    self.write(file, code, count);
                }
                if !is_load {
                    self.read(file, code, count, Role::Data);
                }
            }
            Field::Vaddr => {
                let count = (decoded.bits(12, 12) + decoded.bits(13, 13)) as u8;
                if count > 0 {
                    self.read(File::Vector, code, count, Role::Address);
                }
            }
            Field::Srsrc => self.read(File::Scalar, code, 4, Role::Address),
            Field::Soffset => self.read_code(code, 1, false, Role::Address),
            Field::Saddr => {
                let base = decoded.field(Field::Saddr);
                match encoding.format {
                    Format::Global if base != 0x7f => self.read(File::Scalar, base, 2, Role::Address),
                    Format::Scratch if base != 0x7f => self.read(File::Scalar, base, 1, Role::Address),
                    _ => {}
                }
            }
            Field::Simm16 | Field::Imm | Field::Literal | Field::Ssamp => {}
        }
    }

    /// Registers that no field names.
    fn implicit(&mut self, decoded: &Decoded) {
        let name = decoded.encoding.base_mnemonic();
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        match decoded.encoding.format {
            Format::Sop2 => {
                self.writes_scc =
                    !starts(&["s_mul", "s_bfm", "s_cselect", "s_pack", "s_rfe", "s_cbranch", "s_lshl"])
                        || starts(&["s_lshl_", "s_lshl1", "s_lshl2", "s_lshl3", "s_lshl4"]);
                self.reads_scc |= starts(&["s_addc", "s_subb", "s_cselect"]);
            }
            Format::Sop1 => {
                self.writes_scc =
                    starts(&["s_not", "s_wqm", "s_bcnt", "s_quadmask", "s_abs"]) || name.contains("exec");
                self.reads_scc |= name.starts_with("s_cmov");
                if name.contains("exec") {
                    self.reads.push((Registers::scalar(EXEC, 2), Role::Source(1)));
                    self.writes.push(Registers::scalar(EXEC, 2));
                }
                if starts(&["s_cmov", "s_bitset"]) {
                    self.keep_destination();
                }
            }
            Format::Sopc => self.writes_scc = !name.starts_with("s_set"),
            Format::Sopk => {
                self.writes_scc = starts(&["s_cmpk", "s_addk"]);
                self.reads_scc |= name.starts_with("s_cmovk");
                if starts(&["s_cmovk", "s_addk", "s_mulk"]) {
                    self.keep_destination();
                }
            }
            Format::Sopp => match name {
                "s_cbranch_scc0" | "s_cbranch_scc1" => self.reads_scc = true,
                "s_cbranch_vccz" | "s_cbranch_vccnz" => {
                    self.read(File::Scalar, VCC, 2, Role::Condition);
                }
                "s_cbranch_execz" | "s_cbranch_execnz" => {
                    self.read(File::Scalar, EXEC, 2, Role::Condition);
                }
                _ => {}
            },
            _ => {}
        }
        if starts(&["v_mac_", "v_fmac_", "v_pk_fmac", "v_dot2c", "v_dot4c", "v_dot8c", "v_writelane"])
            || name.contains("_d16")
            || keeps_part(decoded)
        {
            self.keep_destination();
        }
        if name == "v_swap_b32" {
            let (source, target) = (self.reads[0].0, self.writes[0]);
            self.writes.push(source);
            self.reads.push((target, Role::Source(1)));
        }
        if name.starts_with("v_div_fmas") {
            self.read(File::Scalar, VCC, 2, Role::Source(3));
        }
        if name.starts_with("v_cmpx") {
            self.writes.push(Registers::scalar(EXEC, 2));
        }
        if starts(&["ds_append", "ds_consume"]) || name.contains("addtid") {
            self.read(File::Scalar, M0, 1, Role::Address);
        }
    }

    fn keep_destination(&mut self) {
        if let Some(target) = self.writes.first().copied() {
            self.reads.push((target, Role::Kept));
        }
    }
}

fn is_flat(format: Format) -> bool {
    matches!(format, Format::Flat | Format::Global | Format::Scratch)
}

fn vector_file(accumulator: u32) -> File {
    if accumulator == 1 { File::Accumulator } else { File::Vector }
}

/// The storage of `vdst`.
fn destination_file(decoded: &Decoded) -> File {
    let name = decoded.encoding.mnemonic;
    match decoded.encoding.format {
        Format::Vop3p if name.starts_with("v_mfma") => vector_file(decoded.bits(15, 15)),
        Format::Ds => vector_file(decoded.bits(25, 25)),
        format if is_flat(format) => vector_file(decoded.bits(55, 55)),
        _ if matches!(name, "v_accvgpr_write_b32" | "v_accvgpr_mov_b32") => File::Accumulator,
        _ => File::Vector,
    }
}

fn source_is_accumulator(decoded: &Decoded, field: Field) -> bool {
    let name = decoded.encoding.mnemonic;
    if decoded.encoding.format == Format::Vop3p && name.starts_with("v_mfma") {
        let bit = match field {
            Field::Src0 => 59,
            Field::Src1 => 60,
            _ => 15,
        };
        return decoded.bits(bit, bit) == 1;
    }
    matches!(name, "v_accvgpr_read_b32" | "v_accvgpr_mov_b32")
}

/// Whether a part of the destination, or some of its lanes, may stay by a modifier.
fn keeps_part(decoded: &Decoded) -> bool {
    match decoded.encoding.format {
        Format::Vop1Dpp | Format::Vop2Dpp => true,
        // A destination smaller than a dword, the rest of which is preserved.
        Format::Vop1Sdwa | Format::Vop2Sdwa => decoded.bits(42, 40) != 6 && decoded.bits(44, 43) == 2,
        Format::Vop3 if decoded.encoding.operand(Field::SdstB).is_none() => {
            decoded.bits(14, 14) == 1 || decoded.encoding.mnemonic.contains("_mix")
        }
        Format::Vop3p => {
            decoded.encoding.mnemonic.contains("_mixlo") || decoded.encoding.mnemonic.contains("_mixhi")
        }
        _ => false,
    }
}

fn class(decoded: &Decoded) -> Class {
    let name = decoded.encoding.mnemonic;
    match decoded.encoding.format {
        Format::Sop1 if name.contains("pc_b64") && name != "s_getpc_b64" => Class::Branch,
        Format::Sop2 | Format::Sop1 | Format::Sopc | Format::Sopk => Class::Scalar,
        Format::Smem => Class::ScalarMemory,
        Format::Sopp if name.contains("branch") => Class::Branch,
        Format::Sopp if name == "s_barrier" => Class::Barrier,
        Format::Sopp if name == "s_waitcnt" => Class::Wait,
        Format::Sopp => Class::Other,
        Format::Vop3p if name.starts_with("v_mfma") => Class::Matrix,
        Format::Ds => Class::Lds,
        Format::Flat => Class::Flat,
        Format::Scratch => Class::Scratch,
        Format::Global | Format::Mubuf | Format::Mtbuf | Format::Mimg => Class::Global,
        _ => Class::Vector,
    }
}

fn memory(decoded: &Decoded) -> Option<Memory> {
    let name = decoded.encoding.mnemonic;
    let unit = match decoded.encoding.format {
        Format::Smem => Unit::Scalar,
        Format::Ds => Unit::Lds,
        Format::Mubuf => Unit::Buffer,
        format if is_flat(format) => Unit::Flat,
        _ => return None,
    };
    let (_, tail) = name.split_once('_')?;
    let kind = match unit {
        Unit::Lds if tail.starts_with("read") => Kind::Load,
        Unit::Lds if tail.starts_with("write") => Kind::Store,
        Unit::Lds
            if ["nop", "swizzle", "permute", "bpermute", "gws"].iter().any(|no| tail.starts_with(no)) =>
        {
            return None;
        }
        Unit::Lds => Kind::Atomic,
        _ if tail.contains("atomic") => Kind::Atomic,
        _ if tail.contains("load") => Kind::Load,
        _ if tail.contains("store") => Kind::Store,
        _ => return None,
    };
    let coherent = match unit {
        Unit::Flat => decoded.bits(16, 16) == 1,
        Unit::Buffer => decoded.bits(14, 14) == 1,
        Unit::Lds | Unit::Scalar => false,
    };
    Some(Memory { unit, kind, coherent: coherent || kind == Kind::Atomic })
}

fn counters(decoded: &Decoded) -> Counters {
    let name = decoded.encoding.mnemonic;
    match decoded.encoding.format {
        Format::Flat => Counters { vector: true, lds: true, unordered: true },
        Format::Global | Format::Scratch | Format::Mtbuf | Format::Mimg => {
            Counters { vector: true, ..Counters::default() }
        }
        // Invalidations are not counted.
        Format::Mubuf => Counters { vector: !name.contains("inv"), ..Counters::default() },
        Format::Ds => Counters { lds: true, ..Counters::default() },
        Format::Smem if name.starts_with("s_dcache_inv") => Counters::default(),
        Format::Smem => Counters { lds: true, unordered: true, ..Counters::default() },
        Format::Sopp if name.starts_with("s_sendmsg") => {
            Counters { lds: true, unordered: true, ..Counters::default() }
        }
        _ => Counters::default(),
    }
}
