//! # The last wave of a group of 100 starts with 36 lanes; the number of active lanes is counted in each wave.
//! manual = "HSA: EXEC at the start of a wave"
//! out = ["u32 64 x 64, 36 x 36"]
//! group = 100
.include "wave.inc"

KERNEL
  s_bcnt1_i32_b64 s30, exec
  STORE_S s30
END
