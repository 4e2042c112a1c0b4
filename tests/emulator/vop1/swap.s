//! # Both registers change places, in active lanes alone.
//! manual = "MI200 ISA, VOP1: V_SWAP_B32"
//! in = [
//!   "u32 100..=163",
//!   "u32 5 x 64",
//! ]
//! out = [
//!   "u32 100, 5, 102, 5, 104, 5, 106, 5, 108, 5, 110, 5, 112, 5, 114, 5, 116, 5, 118, 5, 120, 5, 122, 5, 124, 5, 126, 5, 128, 5, 130, 5 x 33",
//!   "u32 5, 101, 5, 103, 5, 105, 5, 107, 5, 109, 5, 111, 5, 113, 5, 115, 5, 117, 5, 119, 5, 121, 5, 123, 5, 125, 5, 127, 5, 129, 5, 131..=163",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  EXEC_IS 0xaaaaaaaa, -1
  v_swap_b32 v1, v2
  EXEC_ALL
  STORE v1
  STORE v2
END
