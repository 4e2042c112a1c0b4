//! # The six integer orders, signed and unsigned, as masks of the wave.
//! manual = "MI200 ISA, VOPC"
//! in = [
//!   "u32 0x10f00ff0, 0x8aadd0f6..=0x8cb1d704 by 16909063, 0x20b79b3c, 0x8eb5dd12..=0x90b9e320 by 16909063, 0x307f2688, 0x92bde92e..=0x94c1ef3c by 16909063, 0x4046b1d4, 0x96c5f54a..=0x98c9fb58 by 16909063, 0x500e3d20, 0x9ace0166..=0x9cd20774 by 16909063, 0x5fd5c86c, 0x9ed60d82..=0xa0da1390 by 16909063, 0x6f9d53b8, 0xa2de199e..=0xa4e21fac by 16909063, 0x7f64df04, 0xa6e625ba..=0xa8ea2bc8 by 16909063, 0x8f2c6a50, 0xaaee31d6..=0xacf237e4 by 16909063, 0x9ef3f59c, 0xaef63df2..=0xb0fa4400 by 16909063, 0xaebb80e8, 0xb2fe4a0e..=0xb502501c by 16909063, 0xbe830c34, 0xb706562a..=0xb90a5c38 by 16909063, 0xce4a9780, 0xbb0e6246..=0xbd126854 by 16909063, 0xde1222cc, 0xbf166e62..=0xc11a7470 by 16909063, 0xedd9ae18, 0xc31e7a7e..=0xc522808c by 16909063, 0xfda13964, 0xc726869a..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 0xeeeeeee x 64",
//!   "u32 0xeeeeec00 x 64",
//!   "u32 0 x 64",
//!   "u32 0xeeeec00 x 64",
//!   "u32 0x11111111 x 64",
//!   "u32 0x11111111 x 64",
//!   "u32 0x11111111 x 64",
//!   "u32 0x11111111 x 64",
//!   "u32 0x1fffffff x 64",
//!   "u32 0xfffffd11 x 64",
//!   "u32 0x11111111 x 64",
//!   "u32 0x1ffffd11 x 64",
//!   "u32 0xe0000000 x 64",
//!   "u32 750 x 64",
//!   "u32 0xeeeeeeee x 64",
//!   "u32 0xe00002ee x 64",
//!   "u32 0xeeeeeeee x 64",
//!   "u32 0xeeeeeeee x 64",
//!   "u32 0xeeeeeeee x 64",
//!   "u32 0xeeeeeeee x 64",
//!   "u32 0xf1111111 x 64",
//!   "u32 0x111113ff x 64",
//!   "u32 0xffffffff x 64",
//!   "u32 0xf11113ff x 64",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_cmp_lt_i32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_lt_u32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_eq_i32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_eq_u32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_le_i32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_le_u32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_gt_i32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_gt_u32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_ne_i32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_ne_u32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_ge_i32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
  v_cmp_ge_u32_e32 vcc, v1, v2
  s_mov_b64 s[30:31], vcc
  STORE_S s30
  STORE_S s31
END
