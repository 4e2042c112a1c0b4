//! # A trap stops the queue with an error; the kernel does not complete.
//! manual = "AMDGPU ABI: s_trap 2"
//! fault = true
.include "wave.inc"

KERNEL
  s_trap 2
END
