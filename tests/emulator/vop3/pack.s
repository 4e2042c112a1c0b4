//! # Packing pairs: saturated integers, f16 rounded towards zero, fractions of 32767 and 65535, a byte inserted.
//! manual = "MI200 ISA, V_CVT_PK_*, V_CVT_PKRTZ_F16_F32, V_CVT_PKNORM_*, V_PACK_B32_F16, V_SAT_PK_U8_I16"
//! in = [
//!   "s32 -96000..=93000 by 3000",
//!   "s32 40000..=-54500 by -1500",
//!   "f32 (0.3333333432674408, -0.3333333432674408, 65519, -65530, 1, 9.999999974752427e-07, 2049, -0.10000000149011612) x 8",
//!   "f32 (0, 1, -1, 2, -2, 0.25, -0.25, 0.75) x 8",
//!   "f32 (300, -3, 17, 255, 0, 128, 1, 99) x 8",
//! ]
//! out = [
//!   "u32 0x7fff8000 x 5, 0x7ef48000..=0x21348000 by -98304000, 0x1b588ad0..=0x3e8b9b0 by -98301000, 0xfe0cc568..=0xe69cf448 by -98301000, 0xe0c00000..=0xa6287530 by -98301000, 0xa04c7fff..=0x83007fff by -98304000, 0x80007fff x 15",
//!   "u32 0x9c40ffff..=0x3e8ffff by -98304000, 0xffffffff x 5, 0xffff0000..=0xfffff618 by 3000, 0xffffffff x 10",
//!   "u32 (0x35553555, 0xb555b555, 0x7bff7bff, 0xfbfffbff, 0x3c003c00, 0x100010, 0x68006800, 0xae66ae66) x 8",
//!   "u32 (0, 0x80017fff, 0x7fff8001, 0x80017fff, 0x7fff8001, 0xe0002000, 0x2000e000, 0xa0015fff) x 8",
//!   "u32 (0, 65535, 0xffff0000, 65535, 0xffff0000, 16384, 0x40000000, 49151) x 8",
//!   "u32 (0, 0x7fff7fff, 0x80018001, 0x7fff7fff, 0x80018001, 0x20002000, 0xe000e000, 0x5fff5fff) x 8",
//!   "u32 (0, 0xffffffff, 0, 0xffffffff, 0, 0x40004000, 0, 0xbfffbfff) x 8",
//!   "u32 (0, 32767, 32769, 32767, 32769, 8192, 57344, 24575) x 8",
//!   "u32 (0, 65535, 0, 65535, 0, 16384, 0, 49151) x 8",
//!   "u32 (0x112233ff, 0x11220044, 0x11113344, 0xff223344, 0x11223300, 0x11228044, 0x11013344, 0x63223344) x 8",
//!   "u32 (0x112233ff, 0x11220044, 0x11113344, 0xff223344, 0x11223300, 0x11228044, 0x11013344, 0x63223344) x 8",
//!   "u32 (0x3eaa0000, 0xbeaa3c00, 0x477fbc00, 0xc77f4000, 0x3f80c000, 0x35863400, 0x4500b400, 0xbdcc3a00) x 8",
//!   "u32 0 x 11, 255 x 11, 0 x 11, 255 x 10, 0 x 11, 511 x 10",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_cvt_pk_i16_i32 v5, v1, v2
  STORE v5
  v_cvt_pk_u16_u32 v5, v1, v2
  STORE v5
  LOAD v3
  v_cvt_pkrtz_f16_f32 v5, v3, v3
  STORE v5
  LOAD v4
  v_cvt_pknorm_i16_f32 v5, v4, -v4
  STORE v5
  v_cvt_pknorm_u16_f32 v5, v4, -v4
  STORE v5
  v_cvt_f16_f32_e32 v6, v4
  v_cvt_pknorm_i16_f16 v5, v6, v6
  STORE v5
  v_cvt_pknorm_u16_f16 v5, v6, v6
  STORE v5
  v_cvt_norm_i16_f16_e32 v5, v6
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
  v_cvt_norm_u16_f16_e32 v5, v6
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
  LOAD v7
  v_mov_b32_e32 v8, 0x11223344
  v_and_b32_e32 v9, 3, v0
  v_cvt_pk_u8_f32 v5, v7, v9, v8
  STORE v5
  v_mov_b32_e32 v5, v8
  v_cvt_pkaccum_u8_f32 v5, v7, v9
  STORE v5
  v_pack_b32_f16 v5, v6, v3 op_sel:[0,1,0]
  STORE v5
  v_sat_pk_u8_i16_e32 v5, v1
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
END
