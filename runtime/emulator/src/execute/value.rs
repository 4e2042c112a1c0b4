//! The types in which rows state their operands, and how these lie in vector registers.

/// What an operand is made of; decides constants, modifiers and the registers it spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No operand.
    None,
    /// 16-bit integer.
    Int16,
    /// Half.
    Half,
    /// 32-bit integer or bits.
    Int32,
    /// Single.
    Single,
    /// 64-bit integer.
    Int64,
    /// Double.
    Double,
    /// Two 16-bit integers.
    PackedInt16,
    /// Two halves.
    PackedHalf,
    /// Two singles in two registers.
    PackedSingle,
    /// A half or a single as the instruction's op_sel_hi says (`v_fma_mix`).
    Mixed,
}

impl Kind {
    /// Registers it spans.
    pub fn rows(self) -> usize {
        match self {
            Kind::None => 0,
            Kind::Int64 | Kind::Double | Kind::PackedSingle => 2,
            _ => 1,
        }
    }
}

/// A value of one lane.
pub(crate) trait Value: Copy {
    const KIND: Kind;
    const ROWS: usize;
    fn from_bits(low: u32, high: u32) -> Self;
    fn to_bits(self) -> (u32, u32);
    /// Zero of the same sign for a floating-point denormal.
    #[inline(always)]
    fn flush(self) -> Self {
        let (low, high) = self.to_bits();
        let flush =
            |bits: u32, exponent: u32, sign: u32| if bits & exponent == 0 { bits & sign } else { bits };
        match Self::KIND {
            Kind::Half => Self::from_bits(flush(low, 0x7c00, 0x8000), 0),
            Kind::Single => Self::from_bits(flush(low, 0x7f80_0000, 1 << 31), 0),
            Kind::Double if high & 0x7ff0_0000 == 0 => Self::from_bits(0, high & 1 << 31),
            Kind::PackedHalf => Self::from_bits(
                flush(low & 0xffff, 0x7c00, 0x8000) | flush(low >> 16, 0x7c00, 0x8000) << 16,
                0,
            ),
            _ => self,
        }
    }
}

macro_rules! value {
    ($($type:ty, $kind:ident, $rows:literal, |$low:ident, $high:ident| $from:expr, |$value:ident| $to:expr;)*) => {
        $(impl Value for $type {
            const KIND: Kind = Kind::$kind;
            const ROWS: usize = $rows;
            #[inline(always)]
            fn from_bits($low: u32, $high: u32) -> Self { $from }
            #[inline(always)]
            fn to_bits(self) -> (u32, u32) { let $value = self; $to }
        })*
    };
}

/// A half by its bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct F16(pub u16);

/// Two 16-bit integers, the low one first.
#[derive(Clone, Copy)]
pub(crate) struct Pair(pub u16, pub u16);

/// Two halves, the low one first.
#[derive(Clone, Copy)]
pub(crate) struct PairF16(pub F16, pub F16);

/// Two singles, the low one first.
#[derive(Clone, Copy)]
pub(crate) struct PairF32(pub f32, pub f32);

/// An operand of `v_fma_mix`, converted to a single when it is prepared.
#[derive(Clone, Copy)]
pub(crate) struct Mix(pub f32);

value! {
    (), None, 0, |_low, _high| (), |_value| (0, 0);
    u16, Int16, 1, |low, _high| low as u16, |value| (value.into(), 0);
    i16, Int16, 1, |low, _high| low as i16, |value| (u32::from(value as u16), 0);
    F16, Half, 1, |low, _high| F16(low as u16), |value| (value.0.into(), 0);
    u32, Int32, 1, |low, _high| low, |value| (value, 0);
    i32, Int32, 1, |low, _high| low as i32, |value| (value as u32, 0);
    f32, Single, 1, |low, _high| f32::from_bits(low), |value| (value.to_bits(), 0);
    Mix, Mixed, 1, |low, _high| Mix(f32::from_bits(low)), |value| (value.0.to_bits(), 0);
    u64, Int64, 2, |low, high| u64::from(low) | u64::from(high) << 32, |value| (value as u32, (value >> 32) as u32);
    i64, Int64, 2, |low, high| (u64::from(low) | u64::from(high) << 32) as i64,
        |value| (value as u32, (value >> 32) as u32);
    f64, Double, 2, |low, high| f64::from_bits(u64::from(low) | u64::from(high) << 32),
        |value| (value.to_bits() as u32, (value.to_bits() >> 32) as u32);
    Pair, PackedInt16, 1, |low, _high| Pair(low as u16, (low >> 16) as u16),
        |value| (u32::from(value.0) | u32::from(value.1) << 16, 0);
    PairF16, PackedHalf, 1, |low, _high| PairF16(F16(low as u16), F16((low >> 16) as u16)),
        |value| (u32::from(value.0.0) | u32::from(value.1.0) << 16, 0);
    PairF32, PackedSingle, 2, |low, high| PairF32(f32::from_bits(low), f32::from_bits(high)),
        |value| (value.0.to_bits(), value.1.to_bits());
}

impl F16 {
    /// Exactly; a signalling NaN becomes quiet.
    #[inline(always)]
    pub fn to_f32(self) -> f32 {
        let bits = u32::from(self.0);
        let sign = (bits & 0x8000) << 16;
        let shifted = (bits & 0x7fff) << 13;
        let exponent = shifted & 0x0f80_0000;
        let normal = shifted + (112 << 23);
        let special = (normal + (112 << 23)) | if shifted & 0x007f_e000 != 0 { 0x0040_0000 } else { 0 };
        // A denormal's bits under an exponent of -14 with a leading one, less that one, normalise themselves.
        let tiny = (f32::from_bits(normal + (1 << 23)) - f32::from_bits(113 << 23)).to_bits();
        let magnitude = if exponent == 0x0f80_0000 {
            special
        } else if exponent == 0 {
            tiny
        } else {
            normal
        };
        f32::from_bits(sign | magnitude)
    }

    /// Rounded as the host's MXCSR says.
    #[inline(always)]
    pub fn from_f32(value: f32) -> Self {
        let bits = value.to_bits();
        let sign = (bits >> 16 & 0x8000) as u16;
        let magnitude = bits & 0x7fff_ffff;
        // Adding a constant whose last place is the half's last place lets the host round there; for denormal halves
        // that place stays at 2^-24.
        let small = magnitude < 0x3880_0000;
        let anchor =
            if small { 0x3f40_0000 } else { (bits & 0x7f80_0000).wrapping_add(13 << 23) | 0x0040_0000 };
        // With the value's sign, so that towards zero means the same for both.
        let anchor = f32::from_bits(anchor | bits & 1 << 31);
        let rounded = (value + anchor) - anchor;
        let normal = (rounded.to_bits() & 0x7fff_ffff) >> 13;
        let normal = normal.wrapping_sub(112 << 10);
        // Exact: the sum has the same last place.
        let tiny = (rounded.abs() + 0.5).to_bits().wrapping_sub(0x3f00_0000);
        // What does not fit overflows in a single, too, once it is scaled, to infinity or to the largest number.
        let large = if magnitude >= 0x4780_0000 { value } else { rounded };
        let overflows = large.abs() >= 65536.0;
        let factor = f32::from_bits((127 + 112) << 23);
        let overflow = if (large * factor).is_infinite() { 0x7c00 } else { 0x7bff };
        let nan = 0x7e00 | magnitude >> 13 & 0x1ff;
        let result = if magnitude > 0x7f80_0000 {
            nan
        } else if magnitude == 0x7f80_0000 {
            0x7c00
        } else if overflows {
            overflow
        } else if small {
            tiny
        } else {
            normal
        };
        F16(sign | result as u16)
    }

    /// Rounded once from a double, to nearest, ties to even.
    #[inline(always)]
    pub fn from_f64(value: f64) -> Self {
        // Rounding to odd in between keeps the second rounding from being a double one: 24 bits hold 11 + 2.
        let single = value as f32;
        let bits = single.to_bits();
        let exact = f64::from(single) == value || value.is_nan();
        let toward_zero = if f64::from(single).abs() > value.abs() { bits.wrapping_sub(1) } else { bits };
        Self::from_f32(f32::from_bits(if exact { bits } else { toward_zero | 1 }))
    }
}
