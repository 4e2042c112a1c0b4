//! Host instructions by what they do, for each vector instruction set.

use iced_x86::Code;

use super::host::Set;

macro_rules! host_instructions {
    ($($name:ident: $avx2:ident, $avx512:ident;)*) => {
        /// A host vector instruction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Op {
            $($name,)*
        }

        impl Op {
            /// Its encoding.
            pub fn code(self, set: Set) -> Code {
                match (self, set) {
                    $(
                        (Op::$name, Set::Avx2) => Code::$avx2,
                        (Op::$name, Set::Avx512) => Code::$avx512,
                    )*
                }
            }
        }
    };
}

// Where one of the sets has no such instruction, INVALID stands, and lowering takes another way.
host_instructions! {
    Load: VEX_Vmovups_ymm_ymmm256, EVEX_Vmovups_zmm_k1z_zmmm512;
    Store: VEX_Vmovups_ymmm256_ymm, EVEX_Vmovups_zmmm512_k1z_zmm;
    Move: VEX_Vmovaps_ymm_ymmm256, EVEX_Vmovaps_zmm_k1z_zmmm512;
    Broadcast: VEX_Vpbroadcastd_ymm_xmmm32, EVEX_Vpbroadcastd_zmm_k1z_xmmm32;
    FloatAdd: VEX_Vaddps_ymm_ymm_ymmm256, EVEX_Vaddps_zmm_k1z_zmm_zmmm512b32_er;
    FloatSubtract: VEX_Vsubps_ymm_ymm_ymmm256, EVEX_Vsubps_zmm_k1z_zmm_zmmm512b32_er;
    FloatMultiply: VEX_Vmulps_ymm_ymm_ymmm256, EVEX_Vmulps_zmm_k1z_zmm_zmmm512b32_er;
    FloatDivide: VEX_Vdivps_ymm_ymm_ymmm256, EVEX_Vdivps_zmm_k1z_zmm_zmmm512b32_er;
    FloatMinimum: VEX_Vminps_ymm_ymm_ymmm256, EVEX_Vminps_zmm_k1z_zmm_zmmm512b32_sae;
    FloatMaximum: VEX_Vmaxps_ymm_ymm_ymmm256, EVEX_Vmaxps_zmm_k1z_zmm_zmmm512b32_sae;
    FloatSquareRoot: VEX_Vsqrtps_ymm_ymmm256, EVEX_Vsqrtps_zmm_k1z_zmmm512b32_er;
    FloatRound: VEX_Vroundps_ymm_ymmm256_imm8, EVEX_Vrndscaleps_zmm_k1z_zmmm512b32_imm8_sae;
    FloatCompare: VEX_Vcmpps_ymm_ymm_ymmm256_imm8, EVEX_Vcmpps_kr_k1_zmm_zmmm512b32_imm8_sae;
    MultiplyAdd: VEX_Vfmadd231ps_ymm_ymm_ymmm256, EVEX_Vfmadd231ps_zmm_k1z_zmm_zmmm512b32_er;
    MultiplySubtract: VEX_Vfmsub231ps_ymm_ymm_ymmm256, EVEX_Vfmsub231ps_zmm_k1z_zmm_zmmm512b32_er;
    NegativeMultiplyAdd: VEX_Vfnmadd231ps_ymm_ymm_ymmm256, EVEX_Vfnmadd231ps_zmm_k1z_zmm_zmmm512b32_er;
    NegativeMultiplySubtract: VEX_Vfnmsub231ps_ymm_ymm_ymmm256, EVEX_Vfnmsub231ps_zmm_k1z_zmm_zmmm512b32_er;
    SignedToFloat: VEX_Vcvtdq2ps_ymm_ymmm256, EVEX_Vcvtdq2ps_zmm_k1z_zmmm512b32_er;
    UnsignedToFloat: INVALID, EVEX_Vcvtudq2ps_zmm_k1z_zmmm512b32_er;
    FloatToSigned: VEX_Vcvttps2dq_ymm_ymmm256, EVEX_Vcvttps2dq_zmm_k1z_zmmm512b32_sae;
    FloatToUnsigned: INVALID, EVEX_Vcvttps2udq_zmm_k1z_zmmm512b32_sae;
    Add: VEX_Vpaddd_ymm_ymm_ymmm256, EVEX_Vpaddd_zmm_k1z_zmm_zmmm512b32;
    Subtract: VEX_Vpsubd_ymm_ymm_ymmm256, EVEX_Vpsubd_zmm_k1z_zmm_zmmm512b32;
    MultiplyLow: VEX_Vpmulld_ymm_ymm_ymmm256, EVEX_Vpmulld_zmm_k1z_zmm_zmmm512b32;
    MinimumSigned: VEX_Vpminsd_ymm_ymm_ymmm256, EVEX_Vpminsd_zmm_k1z_zmm_zmmm512b32;
    MaximumSigned: VEX_Vpmaxsd_ymm_ymm_ymmm256, EVEX_Vpmaxsd_zmm_k1z_zmm_zmmm512b32;
    MinimumUnsigned: VEX_Vpminud_ymm_ymm_ymmm256, EVEX_Vpminud_zmm_k1z_zmm_zmmm512b32;
    MaximumUnsigned: VEX_Vpmaxud_ymm_ymm_ymmm256, EVEX_Vpmaxud_zmm_k1z_zmm_zmmm512b32;
    And: VEX_Vpand_ymm_ymm_ymmm256, EVEX_Vpandd_zmm_k1z_zmm_zmmm512b32;
    AndNot: VEX_Vpandn_ymm_ymm_ymmm256, EVEX_Vpandnd_zmm_k1z_zmm_zmmm512b32;
    Or: VEX_Vpor_ymm_ymm_ymmm256, EVEX_Vpord_zmm_k1z_zmm_zmmm512b32;
    Xor: VEX_Vpxor_ymm_ymm_ymmm256, EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32;
    ShiftLeft: VEX_Vpsllvd_ymm_ymm_ymmm256, EVEX_Vpsllvd_zmm_k1z_zmm_zmmm512b32;
    ShiftRight: VEX_Vpsrlvd_ymm_ymm_ymmm256, EVEX_Vpsrlvd_zmm_k1z_zmm_zmmm512b32;
    ShiftRightSigned: VEX_Vpsravd_ymm_ymm_ymmm256, EVEX_Vpsravd_zmm_k1z_zmm_zmmm512b32;
    AddWide: VEX_Vpaddq_ymm_ymm_ymmm256, EVEX_Vpaddq_zmm_k1z_zmm_zmmm512b64;
    MultiplySignedWide: VEX_Vpmuldq_ymm_ymm_ymmm256, EVEX_Vpmuldq_zmm_k1z_zmm_zmmm512b64;
    MultiplyUnsignedWide: VEX_Vpmuludq_ymm_ymm_ymmm256, EVEX_Vpmuludq_zmm_k1z_zmm_zmmm512b64;
    Equal: VEX_Vpcmpeqd_ymm_ymm_ymmm256, INVALID;
    Greater: VEX_Vpcmpgtd_ymm_ymm_ymmm256, INVALID;
    CompareSigned: INVALID, EVEX_Vpcmpd_kr_k1_zmm_zmmm512b32_imm8;
    CompareUnsigned: INVALID, EVEX_Vpcmpud_kr_k1_zmm_zmmm512b32_imm8;
}

/// A shift of all lanes by the same constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shift {
    Left,
    Right,
    RightSigned,
    /// Of pairs of lanes.
    LeftWide,
    RightWide,
}

impl Shift {
    /// Its encoding.
    pub fn code(self, set: Set) -> Code {
        match (self, set) {
            (Shift::Left, Set::Avx2) => Code::VEX_Vpslld_ymm_ymm_imm8,
            (Shift::Left, Set::Avx512) => Code::EVEX_Vpslld_zmm_k1z_zmmm512b32_imm8,
            (Shift::Right, Set::Avx2) => Code::VEX_Vpsrld_ymm_ymm_imm8,
            (Shift::Right, Set::Avx512) => Code::EVEX_Vpsrld_zmm_k1z_zmmm512b32_imm8,
            (Shift::RightSigned, Set::Avx2) => Code::VEX_Vpsrad_ymm_ymm_imm8,
            (Shift::RightSigned, Set::Avx512) => Code::EVEX_Vpsrad_zmm_k1z_zmmm512b32_imm8,
            (Shift::LeftWide, Set::Avx2) => Code::VEX_Vpsllq_ymm_ymm_imm8,
            (Shift::LeftWide, Set::Avx512) => Code::EVEX_Vpsllq_zmm_k1z_zmmm512b64_imm8,
            (Shift::RightWide, Set::Avx2) => Code::VEX_Vpsrlq_ymm_ymm_imm8,
            (Shift::RightWide, Set::Avx512) => Code::EVEX_Vpsrlq_zmm_k1z_zmmm512b64_imm8,
        }
    }
}
