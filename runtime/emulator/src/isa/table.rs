//! The table of encodings: every (format, opcode) of gfx90a with its mnemonic and operands.

use std::sync::OnceLock;

/// The layouts an instruction word can have. SDWA and DPP forms of an opcode are formats of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Format {
    Sop2,
    Sopk,
    Sop1,
    Sopc,
    Sopp,
    Smem,
    Vop1,
    Vop2,
    Vopc,
    Vop1Sdwa,
    Vop2Sdwa,
    VopcSdwa,
    Vop1Dpp,
    Vop2Dpp,
    Vop3,
    Vop3p,
    Ds,
    Flat,
    Scratch,
    Global,
    Mubuf,
    Mtbuf,
    Mimg,
}

impl Format {
    const NAMES: [(&'static str, Format); 23] = [
        ("SOP2", Format::Sop2),
        ("SOPK", Format::Sopk),
        ("SOP1", Format::Sop1),
        ("SOPC", Format::Sopc),
        ("SOPP", Format::Sopp),
        ("SMEM", Format::Smem),
        ("VOP1", Format::Vop1),
        ("VOP2", Format::Vop2),
        ("VOPC", Format::Vopc),
        ("VOP1_SDWA", Format::Vop1Sdwa),
        ("VOP2_SDWA", Format::Vop2Sdwa),
        ("VOPC_SDWA", Format::VopcSdwa),
        ("VOP1_DPP", Format::Vop1Dpp),
        ("VOP2_DPP", Format::Vop2Dpp),
        ("VOP3", Format::Vop3),
        ("VOP3P", Format::Vop3p),
        ("DS", Format::Ds),
        ("FLAT", Format::Flat),
        ("SCRATCH", Format::Scratch),
        ("GLOBAL", Format::Global),
        ("MUBUF", Format::Mubuf),
        ("MTBUF", Format::Mtbuf),
        ("MIMG", Format::Mimg),
    ];

    fn parse(name: &str) -> Format {
        Self::NAMES.iter().find(|(n, _)| *n == name).expect("the table names known formats only").1
    }
}

/// The field of an instruction word that an operand comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Field {
    Sdst,
    /// The second result of VOP3B instructions.
    SdstB,
    Ssrc0,
    Ssrc1,
    Simm16,
    /// The SRC mask of `s_set_gpr_idx_on`.
    Imm,
    Sdata,
    Sbase,
    /// The offset of a scalar memory instruction, an immediate or an SGPR.
    Offset,
    Vdst,
    Src0,
    Src1,
    Src2,
    Vsrc1,
    /// The 32 bits that follow `v_madmk` and `v_madak`.
    Literal,
    Addr,
    Data0,
    Data1,
    Vdata,
    Vaddr,
    Srsrc,
    Soffset,
    Ssamp,
    /// VCC without a field that says so.
    Vcc,
    /// Place of the scalar address of global and scratch instructions.
    Saddr,
}

impl Field {
    fn parse(name: &str) -> Field {
        match name {
            "sdst" => Field::Sdst,
            "sdst_b" => Field::SdstB,
            "ssrc0" => Field::Ssrc0,
            "ssrc1" => Field::Ssrc1,
            "simm16" => Field::Simm16,
            "imm" => Field::Imm,
            "sdata" => Field::Sdata,
            "sbase" => Field::Sbase,
            "offset" => Field::Offset,
            "vdst" => Field::Vdst,
            "src0" => Field::Src0,
            "src1" => Field::Src1,
            "src2" => Field::Src2,
            "vsrc1" => Field::Vsrc1,
            "literal" => Field::Literal,
            "addr" => Field::Addr,
            "data0" => Field::Data0,
            "data1" => Field::Data1,
            "vdata" => Field::Vdata,
            "vaddr" => Field::Vaddr,
            "srsrc" => Field::Srsrc,
            "soffset" => Field::Soffset,
            "ssamp" => Field::Ssamp,
            "vcc" => Field::Vcc,
            "off" => Field::Saddr,
            other => unreachable!("the table has no operand {other}"),
        }
    }
}

/// One operand, in the order in which it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// Where its bits are.
    pub field: Field,
    /// How many consecutive registers it spans; 0 for what is no register.
    pub registers: u8,
    /// Whether the field may name an accumulation register.
    pub accumulator: bool,
}

/// One line of the table.
#[derive(Debug)]
pub struct Encoding {
    /// The layout.
    pub format: Format,
    /// The opcode within it.
    pub opcode: u16,
    /// As LLVM writes it, with `_e32`, `_e64`, `_sdwa` or `_dpp`.
    pub mnemonic: &'static str,
    /// In written order.
    pub operands: Vec<Operand>,
    /// The two 8-bit DS offsets count separately.
    pub two_offsets: bool,
    /// An atomic that returns the old value only with glc.
    pub returns_with_glc: bool,
    /// Only exists with the GDS bit.
    pub gds: bool,
}

impl Encoding {
    /// The mnemonic without the suffix that names the format.
    #[must_use]
    pub fn base_mnemonic(&self) -> &'static str {
        ["_e32", "_e64", "_sdwa", "_dpp"]
            .iter()
            .find_map(|suffix| self.mnemonic.strip_suffix(suffix))
            .unwrap_or(self.mnemonic)
    }

    /// The operand that lies in `field`.
    #[must_use]
    pub fn operand(&self, field: Field) -> Option<&Operand> {
        self.operands.iter().find(|operand| operand.field == field)
    }

    fn parse(line: &'static str) -> Self {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("a line has a format, an opcode and a mnemonic");
        let (format, opcode, mnemonic) = (word(), word(), word());
        let mut encoding = Encoding {
            format: Format::parse(format),
            opcode: opcode.parse().expect("opcodes are numbers"),
            mnemonic,
            operands: Vec::new(),
            two_offsets: false,
            returns_with_glc: false,
            gds: false,
        };
        for word in words {
            match word {
                "+offset0" => encoding.two_offsets = true,
                "+glc" => encoding.returns_with_glc = true,
                "+gds" => encoding.gds = true,
                "+lds" => {}
                _ => {
                    let (field, registers) = word.split_once(':').unwrap_or((word, "0"));
                    encoding.operands.push(Operand {
                        field: Field::parse(field),
                        registers: registers.trim_end_matches('a').parse().expect("a register count"),
                        accumulator: registers.ends_with('a'),
                    });
                }
            }
        }
        encoding
    }
}

struct Table {
    encodings: Vec<Encoding>,
    /// By format and opcode: index in `encodings` plus one, or zero.
    index: Vec<u16>,
}

const OPCODES: usize = 1024;

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let encodings: Vec<Encoding> = include_str!("encodings.txt").lines().map(Encoding::parse).collect();
        let mut index = vec![0; OPCODES * Format::NAMES.len()];
        for (at, encoding) in encodings.iter().enumerate() {
            index[encoding.format as usize * OPCODES + usize::from(encoding.opcode)] = at as u16 + 1;
        }
        Table { encodings, index }
    })
}

/// All encodings, format by format.
#[must_use]
pub fn encodings() -> &'static [Encoding] {
    &table().encodings
}

/// The encoding of one opcode, `None` where gfx90a has none.
#[must_use]
pub fn lookup(format: Format, opcode: u32) -> Option<&'static Encoding> {
    let table = table();
    let at = *table.index.get(format as usize * OPCODES + (opcode as usize & (OPCODES - 1)))?;
    table.encodings.get(usize::from(at).checked_sub(1)?)
}
