//! # row_newbcast:k for every k: lane k of each row goes to all lanes of that row.
//! manual = "MI200 ISA, Data Parallel Processing (DPP), table DPP_CTRL"
//! in = ["u32 100..=163"]
//! out = [
//!   "u32 100 x 16, 116 x 16, 132 x 16, 148 x 16",
//!   "u32 101 x 16, 117 x 16, 133 x 16, 149 x 16",
//!   "u32 102 x 16, 118 x 16, 134 x 16, 150 x 16",
//!   "u32 103 x 16, 119 x 16, 135 x 16, 151 x 16",
//!   "u32 104 x 16, 120 x 16, 136 x 16, 152 x 16",
//!   "u32 105 x 16, 121 x 16, 137 x 16, 153 x 16",
//!   "u32 106 x 16, 122 x 16, 138 x 16, 154 x 16",
//!   "u32 107 x 16, 123 x 16, 139 x 16, 155 x 16",
//!   "u32 108 x 16, 124 x 16, 140 x 16, 156 x 16",
//!   "u32 109 x 16, 125 x 16, 141 x 16, 157 x 16",
//!   "u32 110 x 16, 126 x 16, 142 x 16, 158 x 16",
//!   "u32 111 x 16, 127 x 16, 143 x 16, 159 x 16",
//!   "u32 112 x 16, 128 x 16, 144 x 16, 160 x 16",
//!   "u32 113 x 16, 129 x 16, 145 x 16, 161 x 16",
//!   "u32 114 x 16, 130 x 16, 146 x 16, 162 x 16",
//!   "u32 115 x 16, 131 x 16, 147 x 16, 163 x 16",
//! ]
.include "wave.inc"

KERNEL
  LOAD v1
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:0 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:1 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:2 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:3 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:4 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:5 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:6 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:7 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:8 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:9 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:10 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:11 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:12 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:13 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:14 row_mask:0xf bank_mask:0xf
  STORE v2
  v_mov_b32_e32 v2, 7
  s_nop 1
  v_mov_b32_dpp v2, v1 row_newbcast:15 row_mask:0xf bank_mask:0xf
  STORE v2
END
