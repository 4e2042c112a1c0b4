//! # Reversed bits and the first one from above, below, and below the sign; -1 if there is none.
//! manual = "MI200 ISA, VOP1: V_BFREV_B32, V_FFBH_U32, V_FFBL_B32, V_FFBH_I32, V_NOT_B32"
//! in = ["u32 0x89abcdef, 0xaadd0f6..=0xdb3da0b by 16909063, 0x6b5dd12..=0xb9e320 by -50199801, 0xbbe627, 0x3de92e, 0x3fec35, 0x1ef3c..=0x5f54a by 131847, 0x3f851, 0x1fb58..=358 by -64761, 1133..=2683 by 775, 1410, 137, 400, 151, 30, 37, 12, 3..=0 by -1, 0, 0xaaee31d6, 0x2bf034dd, 0x2cf237e4, 0xdf43aeb, 0xef63df2..=0xfa4400 by -117308665, 0x1fc4707..=19733 by -16645369, 0x2501c..=0x6562a by 131847, 22833, 0x25c38, 24383..=25933 by 775, 10324, 2907, 3682, 361, 112, 375, 126, 5..=19 by 7, 10, 1, 0"]
//! out = [
//!   "u32 0xf7b3d591, 0x6f0bb550, 0xbfcbf5d0, 0x20eb8d30, 0xd05bcdb0, 0x48bbad60, 0x9807edc0, 0x4c79d00, 0xe467dd00, 0x7497bc00, 0xac37fc00, 0x3cf78000, 0xc24fc000, 0x52afa000, 0x8a1fc000, 0x1adf8000, 0xfa7f0000, 0x66800000, 0xb6200000, 0x2ee00000, 0xde500000, 0x41a00000, 0x91000000, 0x9800000, 0xe9000000, 0x78000000, 0xa4000000, 0x30000000, 0xc0000000, 0x40000000, 0x80000000, 0, 0, 0x6b8c7755, 0xbb2c0fd4, 0x27ec4f34, 0xd75c2fb0, 0x4fbc6f70, 0x9f021fe0, 0x225f00, 0xe0e23f80, 0x70527f00, 0xa8b20000, 0x380a4000, 0xc4ca2000, 0x546a6000, 0x8c9a0000, 0x1c3a4000, 0xfcfa0000, 0x62460000, 0xb2a60000, 0x2a140000, 0xdad00000, 0x46700000, 0x96800000, 0xe000000, 0xee800000, 0x7e000000, 0xa0000000, 0x30000000, 0xc8000000, 0x50000000, 0x80000000, 0",
//!   "u32 0, 4 x 4, 5, 6, 8, 8, 10, 10, 15..=13 by -1, 14..=16, 23, 21, 21, 20, 21, 24, 23, 24, 27, 26..=30 by 2, 30, 31, 0xffffffff, 0xffffffff, 0, 2, 2, 4, 4, 5, 8, 7, 8, 17, 14, 13, 13, 17, 14, 17 x 3, 18, 20, 20, 23, 25, 23, 25, 29..=27 by -1, 28, 31, 0xffffffff",
//!   "u32 0, 1, 0, 2, 0, 1, 0, 5, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 0xffffffff, 0xffffffff, 1, 0, 2, 0, 1, 0, 10, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 0xffffffff",
//!   "u32 1, 4 x 4, 5, 6, 8, 8, 10, 10, 15..=13 by -1, 14..=16, 23, 21, 21, 20, 21, 24, 23, 24, 27, 26..=30 by 2, 30, 31, 0xffffffff, 0xffffffff, 1, 2, 2, 4, 4, 5, 8, 7, 8, 17, 14, 13, 13, 17, 14, 17 x 3, 18, 20, 20, 23, 25, 23, 25, 29..=27 by -1, 28, 31, 0xffffffff",
//!   "u32 0x76543210, 0xf5522f09..=0xf24c25f4 by -16909063, 0xf94a22ed..=0xff461cdf by 50199801, 0xff4419d8, 0xffc216d1, 0xffc013ca, 0xfffe10c3..=0xfffa0ab5 by -131847, 0xfffc07ae, 0xfffe04a7..=0xfffffe99 by 64761, 0xfffffb92..=0xfffff584 by -775, 0xfffffa7d, 0xffffff76, 0xfffffe6f, 0xffffff68, 0xffffffe1, 0xffffffda, 0xfffffff3, 0xfffffffc..=0xffffffff, 0xffffffff, 0x5511ce29, 0xd40fcb22, 0xd30dc81b, 0xf20bc514, 0xf109c20d..=0xff05bbff by 117308665, 0xfe03b8f8..=0xffffb2ea by 16645369, 0xfffdafe3..=0xfff9a9d5 by -131847, 0xffffa6ce, 0xfffda3c7, 0xffffa0c0..=0xffff9ab2 by -775, 0xffffd7ab, 0xfffff4a4, 0xfffff19d, 0xfffffe96, 0xffffff8f, 0xfffffe88, 0xffffff81, 0xfffffffa..=0xffffffec by -7, 0xfffffff5, 0xfffffffe, 0xffffffff",
//!   "u32 20, 17, 23, 16, 20 x 3, 18, 23, 23, 25, 23, 22, 24, 24, 26, 29, 22..=28 by 2, 25, 25, 26, 29 x 4, 30, 30, 31, 31, 32, 51, 51, 52..=56 by 2, 53, 47, 54, 54, 49, 49, 52, 54, 53, 55, 60, 55, 58, 56, 60, 59, 59, 58, 63, 63, 60, 61, 63 x 4",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_bfrev_b32_e32 v2, v1
  STORE v2
  v_ffbh_u32_e32 v2, v1
  STORE v2
  v_ffbl_b32_e32 v2, v1
  STORE v2
  v_ffbh_i32_e32 v2, v1
  STORE v2
  v_not_b32_e32 v2, v1
  STORE v2
  v_bcnt_u32_b32 v2, v1, v0
  STORE v2
END
