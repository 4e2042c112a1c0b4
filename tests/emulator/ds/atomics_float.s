//! # Float atomics: 64 additions to one place (exact sums), returns of add, min and max, f64 add.
//! manual = "MI200 ISA, Local Data Share instructions: atomics, DS_ADD_F32, DS_MIN_F32"
//! in = ["f32 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63"]
//! out = [
//!   "f32 2016 x 64",
//!   "f64 2016 x 64",
//!   "f32 32 x 64",
//!   "f32 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 x 32",
//!   "f32 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32 x 32",
//!   "f32 32 x 64",
//! ]
.include "wave.inc"

KERNEL lds=512
  LOAD v1
  v_mov_b32_e32 v2, 0
  ds_write_b32 v2, v2
  v_cvt_f64_f32_e32 v[4:5], v1
  v_mov_b32_e32 v6, 0
  v_mov_b32_e32 v7, 0
  ds_write_b64 v2, v[6:7] offset:8
  s_waitcnt lgkmcnt(0)
  ds_add_f32 v2, v1
  ds_add_f64 v2, v[4:5] offset:8
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v8, v2
  STORE v8
  ds_read_b64 v[10:11], v2 offset:8
  STORE64 v[10:11]
  v_lshlrev_b32_e32 v3, 2, v0
  v_mov_b32_e32 v12, 0x42000000
  ds_write_b32 v3, v12 offset:16
  s_waitcnt lgkmcnt(0)
  ds_min_rtn_f32 v13, v3, v1 offset:16
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v14, v3 offset:16
  STORE v13
  STORE v14
  ds_max_rtn_f32 v13, v3, v12 offset:16
  s_waitcnt lgkmcnt(0)
  ds_read_b32 v14, v3 offset:16
  STORE v13
  STORE v14
END
