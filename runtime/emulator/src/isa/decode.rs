//! From instruction words to the line of the table that describes them.

use super::table::{Encoding, Field, Format, lookup};

/// An instruction found at some address: its words and what they are.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// The line of the table.
    pub encoding: &'static Encoding,
    /// The first word in 31:0, the second (when there is one, else whatever follows) in 63:32.
    pub bits: u64,
    /// Length in words, 1 or 2.
    pub words: u8,
}

impl Decoded {
    /// Bits `high:low` of the instruction.
    #[must_use]
    pub fn bits(&self, high: u32, low: u32) -> u32 {
        (self.bits >> low & (u64::MAX >> (63 - (high - low)))) as u32
    }

    /// The second word.
    #[must_use]
    pub fn literal(&self) -> u32 {
        (self.bits >> 32) as u32
    }

    /// The sign-extended 16-bit immediate of SOPK and SOPP.
    #[must_use]
    pub fn simm16(&self) -> i32 {
        i32::from(self.bits as u16 as i16)
    }

    /// The operand code or register number in `field`. Nine-bit codes for what may be a constant or a VGPR.
    #[must_use]
    pub fn field(&self, field: Field) -> u32 {
        use Format as F;
        let sdwa = matches!(self.encoding.format, F::Vop1Sdwa | F::Vop2Sdwa | F::VopcSdwa);
        let dpp = matches!(self.encoding.format, F::Vop1Dpp | F::Vop2Dpp);
        match (self.encoding.format, field) {
            (F::Sop2 | F::Sopk | F::Sop1, Field::Sdst) => self.bits(22, 16),
            (F::Vop1, Field::Sdst) => self.bits(24, 17),
            (F::VopcSdwa, Field::Vcc) if self.bits(47, 47) == 1 => self.bits(46, 40),
            (F::Vop3, Field::Sdst) => self.bits(6, 0),
            (_, Field::SdstB) => self.bits(14, 8),
            (_, Field::Ssrc0) => self.bits(7, 0),
            (_, Field::Ssrc1) => self.bits(15, 8),
            (_, Field::Simm16) => self.bits(15, 0),
            (_, Field::Imm) => self.bits(11, 8),
            (_, Field::Sdata) => self.bits(12, 6),
            (_, Field::Sbase) => self.bits(5, 0) * 2,
            (_, Field::Offset) => self.bits(52, 32),
            (F::Vop3 | F::Vop3p, Field::Vdst) => self.bits(7, 0),
            (F::Ds | F::Flat | F::Scratch | F::Global, Field::Vdst) => self.bits(63, 56),
            (_, Field::Vdst) => self.bits(24, 17),
            (F::Vop3 | F::Vop3p, Field::Src0) => self.bits(40, 32),
            (_, Field::Src0) if sdwa => self.bits(39, 32) | (self.bits(55, 55) ^ 1) << 8,
            (_, Field::Src0) if dpp => 256 | self.bits(39, 32),
            (_, Field::Src0) => self.bits(8, 0),
            (_, Field::Src1) => self.bits(49, 41),
            (_, Field::Src2) => self.bits(58, 50),
            (_, Field::Vsrc1) if sdwa => self.bits(16, 9) | (self.bits(63, 63) ^ 1) << 8,
            (_, Field::Vsrc1) => 256 | self.bits(16, 9),
            (_, Field::Literal) => 255,
            (_, Field::Addr) => self.bits(39, 32),
            (_, Field::Data0) => self.bits(47, 40),
            (_, Field::Data1) => self.bits(55, 48),
            (_, Field::Vdata) => self.bits(47, 40),
            (_, Field::Vaddr) => self.bits(39, 32),
            (_, Field::Srsrc) => self.bits(52, 48) * 4,
            (_, Field::Soffset) => self.bits(63, 56),
            (_, Field::Ssamp) => self.bits(57, 53) * 4,
            (_, Field::Saddr) => self.bits(54, 48),
            (_, Field::Vcc) => super::operand::VCC,
            (_, Field::Sdst) => self.bits(14, 8),
        }
    }
}

/// Finds the instruction in `words`; the second is `None` at the end of the code.
///
/// `None` for bits that gfx90a does not define, and for an instruction whose second word is missing.
#[must_use]
pub fn decode(first: u32, second: Option<u32>) -> Option<Decoded> {
    use Format as F;
    let bit = |high: u32, low: u32| first >> low & (u32::MAX >> (31 - (high - low)));
    let (format, opcode, long) = if first >> 31 == 0 {
        let source = bit(8, 0);
        let (plain, sdwa, dpp, opcode) = match bit(30, 25) {
            0x3e => (F::Vopc, F::VopcSdwa, None, bit(24, 17)),
            0x3f => (F::Vop1, F::Vop1Sdwa, Some(F::Vop1Dpp), bit(16, 9)),
            op => (F::Vop2, F::Vop2Sdwa, Some(F::Vop2Dpp), op),
        };
        match source {
            249 => (sdwa, opcode, true),
            250 => (dpp?, opcode, true),
            255 => (plain, opcode, true),
            _ => (plain, opcode, false),
        }
    } else if first >> 30 == 2 {
        let literal = bit(7, 0) == 255;
        match (bit(31, 23), bit(31, 28)) {
            (0x17d, _) => (F::Sop1, bit(15, 8), literal),
            (0x17e, _) => (F::Sopc, bit(22, 16), literal || bit(15, 8) == 255),
            (0x17f, _) => (F::Sopp, bit(22, 16), false),
            (_, 0xb) => (F::Sopk, bit(27, 23), bit(27, 23) == 20),
            _ => (F::Sop2, bit(29, 23), literal || bit(15, 8) == 255),
        }
    } else {
        match bit(31, 26) {
            0x30 => (F::Smem, bit(25, 18), true),
            0x34 if bit(25, 23) == 7 => (F::Vop3p, bit(22, 16), true),
            0x34 => (F::Vop3, bit(25, 16), true),
            0x36 => (F::Ds, bit(24, 17), true),
            0x37 => ([F::Flat, F::Scratch, F::Global, F::Mimg][bit(15, 14) as usize], bit(24, 18), true),
            0x38 => (F::Mubuf, bit(24, 18), true),
            0x3a => (F::Mtbuf, bit(18, 15), true),
            0x3c => (F::Mimg, bit(24, 18), true),
            _ => return None,
        }
    };
    // Segment 3 of the flat format is nothing; MIMG only stands for it above.
    if format == F::Mimg && bit(31, 26) == 0x37 {
        return None;
    }
    let encoding = lookup(format, opcode)?;
    let long = long || encoding.operand(Field::Literal).is_some();
    let second = if long { second? } else { second.unwrap_or(0) };
    Some(Decoded { encoding, bits: u64::from(first) | u64::from(second) << 32, words: 1 + u8::from(long) })
}
