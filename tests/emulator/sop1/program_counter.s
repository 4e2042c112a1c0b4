//! # A call by address and back: getpc gives the address of the next instruction.
//! manual = "MI200 ISA, S_GETPC_B64, S_SWAPPC_B64, S_SETPC_B64"
//! out = ["u32 107 x 64"]
.include "wave.inc"

KERNEL
  s_mov_b32 s40, 1
  s_getpc_b64 s[30:31]
here:
  s_add_u32 s30, s30, callee-here
  s_addc_u32 s31, s31, 0
  s_swappc_b64 s[32:33], s[30:31]
  s_add_u32 s40, s40, 100
  s_branch done
callee:
  s_mul_i32 s40, s40, 7
  s_setpc_b64 s[32:33]
done:
  STORE_S s40
END
