//! # Offsets and widths modulo 32; a width of 0 gives 0.
//! manual = "MI200 ISA, V_BFE_U32, V_BFE_I32, V_BFI_B32, V_BFM_B32"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0..=36, 0..=26",
//!   "u32 0..=30 by 5, 2..=32 by 5, 4..=29 by 5, 1..=31 by 5, 3..=28 by 5, 0..=30 by 5, 2..=32 by 5, 4..=29 by 5, 1..=31 by 5, 3..=18 by 5",
//! ]
//! out = [
//!   "u32 0, 27, 255, 15072, 0xb3da0, 0x75aee8, 0x23edf80, 2, 102, 3828, 61435, 0x12983d, 0x95c3f, 0, 15, 403, 6603, 19815, 9972, 5018, 1, 54, 639, 321, 161, 81, 40, 4, 10, 5, 2, 1, 0x9ec2ecf, 0, 23, 764, 17326, 0x63df2, 0x1fc207c, 0x2c3e9100, 0, 32, 616, 2368, 0x2c08a6, 0xb70656, 0, 7, 395, 12518, 0x5e083, 0x2f449, 0x17c28, 0, 12, 70, 6211, 3121, 1569, 788, 4, 199, 100, 50",
//!   "u32 0, 0xfffffffb, 255, 15072, 0xfffb3da0, 0x75aee8, 0xfe3edf80, 0xfffffffe, 0xffffffe6, 0xfffffef4, 61435, 0xfff2983d, 0xfff95c3f, 0, 0xffffffff, 0xffffff93, 6603, 0xffffcd67, 0xffffe6f4, 0xfffff39a, 0xffffffff, 0xfffffff6, 0xfffffe7f, 0xffffff41, 0xffffffa1, 0xffffffd1, 0xffffffe8, 0xfffffffc, 0xfffffffa, 0xfffffffd..=0xffffffff, 0xf9ec2ecf, 0, 0xfffffff7, 0xfffffefc, 0xffffc3ae, 0x63df2, 0xfffc207c, 0xec3e9100, 0, 32, 616, 2368, 0xffec08a6, 0xffb70656, 0, 7, 0xffffff8b, 0xfffff0e6, 0xfffde083, 0xfffef449, 0xffff7c28, 0, 12, 70, 0xfffff843, 0xfffffc31, 0xfffffe21, 0xffffff14, 0xfffffffc, 0xffffffc7, 0xffffffe4, 0xfffffff2",
//!   "u32 0..=2, 11, 20, 9, 6, 2, 0, 8, 0, 10, 24, 40, 4, 9, 16, 17, 16, 25, 16, 4, 2, 16, 16, 24, 26, 11, 24, 29, 18, 31, 16, 0, 0, 42, 36, 4, 1, 30, 3, 5, 13, 5, 23, 25, 1, 12, 11, 12, 31, 12, 15, 1, 7, 27, 19, 21, 31, 23, 19, 24, 13, 26",
//!   "u32 0, 62, 4092, 0x3fff8, 0xfffff0, 0x3fffffe0, 0xffffffc0, 384, 32512, 0x1ffe00, 0x7fffc00, 0xfffff800, 0xfffff000, 0, 0x3c000, 0xff8000, 0x3fff0000, 0xfffe0000, 0xfffc0000, 0xfff80000, 0x100000, 0x7e00000, 0xffc00000, 0xff800000, 0xff000000, 0xfe000000, 0xfc000000, 0x38000000, 0xf0000000, 0xe0000000, 0xc0000000, 0x80000000, 0xfffffff, 0, 124, 8184, 0x7fff0, 0xfffff, 0x3fffffe, 0xfffffffc, 24, 2032, 0x1ffe0, 0x7fffc0, 0x1fffff80, 0xffffff00, 0, 15360, 0xff800, 0x3fff000, 0xffffe000, 0xffffc000, 0xffff8000, 0x10000, 0x7e0000, 0x1ffc0000, 0xfff80000, 0xfff00000, 0xffe00000, 0xffc00000, 0x3800000, 0xff000000, 0xfe000000, 0xfc000000",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  LOAD v3
  v_bfe_u32 v4, v1, v2, v3
  STORE v4
  v_bfe_i32 v4, v1, v2, v3
  STORE v4
  v_bfi_b32 v4, v1, v2, v3
  STORE v4
  v_bfm_b32 v4, v3, v2
  STORE v4
END
