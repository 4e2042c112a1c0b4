//! # 16-bit sums and differences that saturate.
//! manual = "MI200 ISA, VOP3: CLAMP on integers"
//! in = [
//!   "u32 0x89abcdef..=0xc92a8ca8 by 16909063",
//!   "u32 0x10f00ff0..=0xfda13964 by 66183891, 0x1931c37..=0x976e1dd by 66183891",
//! ]
//! out = [
//!   "u32 56799, 65535 x 8, 62089, 65535 x 7, 8537, 1843, 60685..=13827 by -6694, 65535, 65535, 59281..=19117 by -6694, 65535, 65535, 64571..=24407 by -6694, 65535 x 3, 63167..=29697 by -6694, 65535 x 4, 61763..=41681 by -6694, 65535, 65535",
//!   "u32 48639, 0, 0, 7835..=57299 by 8244, 7..=49471 by 8244, 0, 423, 0 x 7, 839, 0 x 7, 1255, 9499, 0 x 6, 1671..=18159 by 8244, 0 x 5, 2087..=26819 by 8244, 0 x 4, 2503..=27235 by 8244, 0, 0",
//!   "u32 0, 8653, 409, 0 x 14, 7821, 0, 56869..=7405 by -8244, 0, 56453..=6989 by -8244, 0, 0, 47793..=6573 by -8244, 0 x 3, 39133..=6157 by -8244, 0 x 4, 30473..=5741 by -8244, 0 x 4, 30057, 21813",
//!   "u32 56799..=36717 by -6694, 32768, 23329..=3247 by -6694, 62089..=1843 by -6694, 60685..=40603 by -6694, 32767, 27215..=439 by -6694, 59281..=45893 by -6694, 32767, 32505..=5729 by -6694, 64571..=51183 by -6694, 32767, 32767, 31101..=4325 by -6694, 63167, 32767 x 4, 29697..=2921 by -6694, 32767, 55069..=34987 by -6694, 32768",
//!   "u32 48639..=65127 by 8244, 7835, 16079, 32768, 32768, 40811..=57299 by 8244, 7..=57715 by 8244, 423..=25155 by 8244, 32767, 41643..=58131 by 8244, 839..=25571 by 8244, 32767, 32767, 50303, 58547, 1255..=25987 by 8244, 32767 x 3, 58963, 1671..=26403 by 8244, 32767 x 3, 59379, 2087..=26819 by 8244, 32767 x 4, 2503, 32768 x 3, 35479, 43723",
//!   "u32 0x9a9bdddf, 0x9f8ec3b9..=0xa9768f6d by 83092954, 0xae6a8000, 0xb35e5b21..=0xc23a0caf by 83092954, 0xc72ef289, 0xcc21d863..=0xe9d93b7f by 83092954, 0xeece2159..=0xfda9d2e7 by 83092954, 0x29db8c1, 0x7919e9b, 0xc857fff, 0x11796a4f..=0x1b613603 by 83092954, 0x20541bdd, 0x254801b7, 0x8000e791..=0x8000b345 by -6694, 0x80007fff, 0x80007ef9..=0x80001661 by -6694, 0x8000fc3b..=0x8000c7ef by -6694, 0x80007fff, 0x80007fff, 0x8000797d..=0x80002b0b by -6694, 0x836210e5, 0x8856f6bf, 0x8d4a7fff..=0x9c267fff by 83099648, 0xa11a7401, 0xa60d59db..=0xb4e90b69 by 83092954, 0xb9dd7fff, 0xbed1d71d..=0xc8b9a2d1 by 83092954, 0xcdac88ab, 0xd2a08000",
//!   "u32 0x8000bdff..=0x8000fe67 by 8244, 0x80001e9b, 0x80003ecf, 0x80008000, 0x80008000, 0x80009f6b..=0x8000dfd3 by 8244, 0x80000007..=0x8000e173 by 8244, 0x800001a7..=0x80006243 by 8244, 0x80007fff, 0x8000a2ab..=0x8000e313 by 8244, 0x80000347..=0x800043af by 8244, 0x239063e3, 0x20a07fff, 0x1db07fff, 0x1ac0c47f, 0x17d0e4b3, 0x14e004e7, 0x11f0251b, 0xf01454f, 0xc116583, 0x9217fff..=0x3417fff by -49283072, 0x51e653, 0xfd610687..=0xf78146ef by -49274828, 0xf4926723, 0xf1a27fff..=0xebc27fff by -49283072, 0xe8d2e7f3, 0xe5e20827..=0xdd1268c3 by -49274828, 0xda237fff..=0xd1537fff by -49283072, 0xce6309c7, 0xcb738000..=0xc5938000 by -49283072, 0xc2a48a97, 0xbfb4aacb",
//!   "u32 0x9a9bdddf, 0x9f8effff..=0xc23affff by 83099648, 0xc72ef289, 0xcc21ffff..=0xe9d9ffff by 83099648, 0xeece2159..=0xfda9d2e7 by 83092954, 0xffffb8c1..=0xffff3603 by -6694, 0xffffffff, 0xffffffff, 0xffffe791..=0xffff4aad by -6694, 0xffffffff, 0xffffffff, 0xfffffc3b..=0xffff5f57 by -6694, 0xffffffff x 3, 0xfffff6bf..=0xffff7401 by -6694, 0xffffffff x 4, 0xfffff143..=0xffffbcf7 by -6694, 0xc8b9a2d1, 0xcdacffff, 0xd2a0ffff",
//!   "u32 0x78bbbdff, 0x75cc0000, 0x72dc0000, 0x6fec1e9b..=0x49bdc13f by -49274828, 0x46ce0000, 0x43de01a7, 0x40ef0000..=0x2f4f0000 by -49283072, 0x2c5f0347, 0x29700000..=0x17d00000 by -49283072, 0x14e004e7, 0x11f0251b, 0xf010000..=0x510000 by -49283072, 1671..=18159 by 8244, 0 x 5, 2087..=26819 by 8244, 0 x 4, 2503..=18991 by 8244, 0xc5936a63, 0xc2a40000, 0xbfb40000",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  LOAD v2
  v_add_u16_e64 v5, v1, v2 clamp
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
  v_sub_u16_e64 v5, v1, v2 clamp
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
  v_subrev_u16_e64 v5, v1, v2 clamp
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
  v_add_i16 v5, v1, v2 clamp
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
  v_sub_i16 v5, v1, v2 clamp
  v_and_b32_e32 v5, 0xffff, v5
  STORE v5
  v_pk_add_i16 v5, v1, v2 clamp
  STORE v5
  v_pk_sub_i16 v5, v1, v2 clamp
  STORE v5
  v_pk_add_u16 v5, v1, v2 clamp
  STORE v5
  v_pk_sub_u16 v5, v1, v2 clamp
  STORE v5
END
