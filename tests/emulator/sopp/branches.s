//! # Branches on SCC, VCC and EXEC; a loop of seven rounds.
//! manual = "MI200 ISA, SOPP"
//! out = [
//!   "u32 21 x 64",
//!   "u32 28 x 64",
//! ]
.include "wave.inc"

KERNEL
  s_mov_b32 s30, 0
  s_mov_b32 s31, 0
loop:
  s_add_u32 s30, s30, s31
  s_add_u32 s31, s31, 1
  s_cmp_lt_u32 s31, 7
  s_cbranch_scc1 loop
  STORE_S s30
  s_mov_b32 s32, 0
  s_mov_b64 vcc, 0
  s_nop 4
  s_cbranch_vccz vcc_zero
  s_or_b32 s32, s32, 1
vcc_zero:
  s_mov_b64 vcc, 2
  s_nop 4
  s_cbranch_vccnz vcc_set
  s_or_b32 s32, s32, 2
vcc_set:
  s_mov_b64 exec, 0
  s_cbranch_execnz exec_set
  s_or_b32 s32, s32, 4
exec_set:
  s_mov_b64 exec, 1
  s_cbranch_execz exec_zero
  s_or_b32 s32, s32, 8
exec_zero:
  EXEC_ALL
  s_cmp_eq_u32 s32, s32
  s_cbranch_scc0 done
  s_or_b32 s32, s32, 16
done:
  STORE_S s32
END
