//! # Each lane has scratch memory of its own: stores and loads by immediate and register offset, swizzled, and by a scalar
//! # offset, which counts bytes of the whole wave; four dwords; bytes.
//! manual = "MI200 ISA, MUBUF and the scratch buffer descriptor (swizzled by lane)"
//! in = ["u32 36720..=36783"]
//! out = [
//!   "u32 36720..=36783",
//!   "u32 0..=6 by 2, 4..=10 by 2, 8..=14 by 2, 12..=18 by 2, 16..=22 by 2, 20..=26 by 2, 24..=30 by 2, 28..=34 by 2, 32..=38 by 2, 36..=42 by 2, 40..=46 by 2, 44..=50 by 2, 48..=54 by 2, 52..=58 by 2, 56..=62 by 2, 60..=66 by 2",
//!   "u32 0..=6 by 2, 4..=10 by 2, 8..=14 by 2, 12..=18 by 2, 16..=22 by 2, 20..=26 by 2, 24..=30 by 2, 28..=34 by 2, 32..=38 by 2, 36..=42 by 2, 40..=46 by 2, 44..=50 by 2, 48..=54 by 2, 52..=58 by 2, 56..=62 by 2, 60..=66 by 2",
//!   "u32 2..=65",
//!   "u32 0x700000..=0xaf003f by 65537",
//!   "u32 0xffff8f70..=0xffff8faf",
//!   "u32 143 x 64",
//! ]
.include "wave.inc"

KERNEL scratch=64
  LOAD v1
  v_mov_b32_e32 v2, v0
  v_add_u32_e32 v3, 1, v0
  v_add_u32_e32 v4, 2, v0
  v_add_u32_e32 v5, 3, v0
  s_movk_i32 s30, 0x800
  buffer_store_dword v1, off, s[0:3], 0 offset:4
  buffer_store_dwordx4 v[2:5], off, s[0:3], s30
  v_and_b32_e32 v6, 3, v0
  v_lshlrev_b32_e32 v6, 2, v6
  s_waitcnt vmcnt(0)
  buffer_load_dword v7, off, s[0:3], 0 offset:4
  buffer_load_dword v8, v6, s[0:3], s30 offen
  buffer_load_dword v9, v6, s[0:3], 0 offen offset:32
  buffer_load_dwordx2 v[10:11], off, s[0:3], 0 offset:36
  s_waitcnt vmcnt(0)
  STORE v7
  STORE v8
  STORE v9
  STORE v11
  buffer_store_byte v1, off, s[0:3], 0 offset:34
  buffer_store_short v1, off, s[0:3], 0 offset:40
  s_waitcnt vmcnt(0)
  buffer_load_dword v12, off, s[0:3], 0 offset:32
  buffer_load_sshort v13, off, s[0:3], 0 offset:40
  buffer_load_ubyte v14, off, s[0:3], 0 offset:41
  s_waitcnt vmcnt(0)
  STORE v12
  STORE v13
  STORE v14
END
