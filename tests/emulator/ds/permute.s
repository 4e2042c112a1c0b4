//! # Each lane pushes to the lane named by its address; lanes that nobody writes get 0; of several writers the highest lane wins.
//! manual = "MI200 ISA, DS_PERMUTE_B32"
//! in = [
//!   "u32 100..=163",
//!   "u32 11, 48, 21, 58..=4 by -27, 41, 14, 51, 24, 61..=7 by -27, 44, 17, 54..=0 by -27, 37, 10, 47, 20, 57..=3 by -27, 40, 13, 50, 23, 60..=6 by -27, 43, 16, 53, 26, 63..=9 by -27, 46, 19, 56..=2 by -27, 39, 12, 49, 22, 59..=5 by -27, 42, 15, 52, 25, 62..=8 by -27, 45, 18, 55..=1 by -27, 38",
//! ]
//! out = [
//!   "u32 117, 162..=105 by -19, 150..=112 by -19, 157..=100 by -19, 145..=107 by -19, 152..=114 by -19, 159..=102 by -19, 147..=109 by -19, 154..=116 by -19, 161..=104 by -19, 149..=111 by -19, 156..=118 by -19, 163..=106 by -19, 151..=113 by -19, 158..=101 by -19, 146..=108 by -19, 153..=115 by -19, 160..=103 by -19, 148..=110 by -19, 155, 136",
//!   "u32 103..=163 by 4, 0 x 48",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_lshlrev_b32_e32 v3, 2, v2
  ds_permute_b32 v4, v3, v1
  STORE v4
  v_and_b32_e32 v5, 0x3c, v0
  ds_permute_b32 v6, v5, v1
  STORE v6
END
