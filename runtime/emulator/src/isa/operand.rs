//! What an operand code stands for: a register, a constant, or something that has to be asked for.

/// Scalar register number of VCC's lower half.
pub const VCC: u32 = 106;
/// Scalar register number of FLAT_SCRATCH's lower half.
pub const FLAT_SCRATCH: u32 = 102;
/// Scalar register number of M0.
pub const M0: u32 = 124;
/// Scalar register number of EXEC's lower half.
pub const EXEC: u32 = 126;
/// Operand code of `src_shared_base`; limit, private base and private limit follow.
pub const SHARED_BASE: u32 = 235;
/// Operand code of the 32-bit literal that follows the instruction.
pub const LITERAL: u32 = 255;
/// First operand code of the VGPRs.
pub const VGPR: u32 = 256;

/// The width and type in which a constant is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstantType {
    /// 16 bits: floating-point constants are halves.
    Half,
    /// 32 bits: floating-point constants are singles.
    Single,
    /// 64-bit integer: floating-point constants are doubles, literals are zero-extended.
    Integer64,
    /// 64-bit float: as above, but a literal is the upper half.
    Double,
}

/// What an operand code below 256 stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A scalar register, VCC, M0 and EXEC included.
    Register(u32),
    /// A value known when the instruction is decoded.
    Constant(u64),
    /// `src_vccz`.
    Vccz,
    /// `src_execz`.
    Execz,
    /// `src_scc`.
    Scc,
    /// A code without a meaning here.
    Invalid,
}

/// The inline floating-point constants from code 240 on, as halves, singles and doubles.
const FLOATS: [(u16, f32); 9] = [
    (0x3800, 0.5),
    (0xb800, -0.5),
    (0x3c00, 1.0),
    (0xbc00, -1.0),
    (0x4000, 2.0),
    (0xc000, -2.0),
    (0x4400, 4.0),
    (0xc400, -4.0),
    (0x3118, 0.0),
];
/// 1/(2 pi), which does not come from one value rounded twice.
const INVERSE_TWO_PI: (u32, u64) = (0x3e22_f983, 0x3fc4_5f30_6dc9_c882);

/// What `code` (below 256) stands for, where `literal` is the word after the instruction.
#[must_use]
pub fn scalar(code: u32, literal: u32, wanted: ConstantType) -> Scalar {
    match code {
        // Not a register before gfx10.
        125 => Scalar::Invalid,
        0..=127 => Scalar::Register(code),
        128..=192 => Scalar::Constant(u64::from(code - 128)),
        193..=208 => {
            let value = (192 - i64::from(code)) as u64;
            let wide = matches!(wanted, ConstantType::Integer64 | ConstantType::Double);
            Scalar::Constant(if wide { value } else { value & 0xffff_ffff })
        }
        235 => Scalar::Constant(crate::dispatch::SHARED_APERTURE_BASE),
        236 => Scalar::Constant(crate::dispatch::SHARED_APERTURE_BASE | 0xffff_ffff),
        237 => Scalar::Constant(crate::dispatch::PRIVATE_APERTURE_BASE),
        238 => Scalar::Constant(crate::dispatch::PRIVATE_APERTURE_BASE | 0xffff_ffff),
        240..=248 => {
            let (half, single) = FLOATS[code as usize - 240];
            let last = code == 248;
            Scalar::Constant(match wanted {
                ConstantType::Half => u64::from(half),
                ConstantType::Single if last => u64::from(INVERSE_TWO_PI.0),
                ConstantType::Single => u64::from(single.to_bits()),
                _ if last => INVERSE_TWO_PI.1,
                _ => f64::from(single).to_bits(),
            })
        }
        251 => Scalar::Vccz,
        252 => Scalar::Execz,
        253 => Scalar::Scc,
        LITERAL => Scalar::Constant(match wanted {
            ConstantType::Double => u64::from(literal) << 32,
            _ => u64::from(literal),
        }),
        _ => Scalar::Invalid,
    }
}
