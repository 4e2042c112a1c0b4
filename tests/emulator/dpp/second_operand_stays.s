//! # DPP moves src0 alone: src1 is the own lane's. The shifted operand is subtracted from the unshifted and the reverse.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = [
//!   "u32 100..=163",
//!   "u32 1000..=1189 by 3",
//! ]
//! out = [
//!   "u32 7, 0xfffffc79..=0xfffffc5d by -2, 7, 0xfffffc59..=0xfffffc3d by -2, 7, 0xfffffc39..=0xfffffc1d by -2, 7, 0xfffffc19..=0xfffffbfd by -2",
//!   "u32 7, 903..=931 by 2, 7, 935..=963 by 2, 7, 967..=995 by 2, 7, 999..=1027 by 2",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_mov_b32_e32 v3, 7
  v_mov_b32_e32 v4, 7
  s_nop 1
  v_sub_u32_dpp v3, v1, v2 row_shr:1 row_mask:0xf bank_mask:0xf
  v_subrev_u32_dpp v4, v1, v2 row_shr:1 row_mask:0xf bank_mask:0xf
  STORE v3
  STORE v4
END
