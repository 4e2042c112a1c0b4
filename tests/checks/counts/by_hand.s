//! # What two waves execute, counted by hand: the macro KERNEL is 7 scalar, 2 scalar memory, 1 wait, 1 vector.
//! memory = "u32 0 x 256"
//! group = 128
//! [counts]
//! "/workgroups" = 1
//! "/waves" = 2
//! "/instructions" = 50                    # 2 x (11 + 14)
//! "/instructions_by_class/scalar" = 16    # 2 x (7 + 1)
//! "/instructions_by_class/scalar_memory" = 4
//! "/instructions_by_class/vector" = 8     # 2 x (1 + 3)
//! "/instructions_by_class/global" = 6     # 2 x 3
//! "/instructions_by_class/lds" = 6        # 2 x 3
//! "/instructions_by_class/wait" = 6
//! "/instructions_by_class/barrier" = 2
//! "/instructions_by_class/other" = 2      # s_endpgm
//! "/barriers" = 2
//! "/active_lanes" = 1216                  # 2 x (9 x 64 + 1 x 32)
//! "/global/loads" = 2
//! "/global/stores" = 2
//! "/global/atomics" = 2
//! "/global/bytes_read" = 768              # 2 x (64 + 32) x 4
//! "/global/bytes_written" = 768
//! "/global/lines_64" = 20                 # load 2 x 4, store 2 x 4, atomic 2 x 2
//! "/global/lines_128" = 10
//! "/lds/loads" = 4
//! "/lds/stores" = 2
//! "/lds/bytes_read" = 1536                # 2 x 64 x (4 + 8)
//! "/lds/bytes_written" = 512
//! "/lds/bank_conflict_cycles" = 4         # the stride of two dwords: 1 for each half of each wave
//! "/waves_per_workgroup" = 2
//! "/lds_bytes" = 1024
//! "/vgprs" = 64
//! "/agprs" = 64
//! "/waves_per_simd" = 4                   # 512 registers / 128
.include "wave.inc"

KERNEL lds=1024
  v_lshlrev_b32_e32 v1, 2, v0
  v_lshlrev_b32_e32 v2, 3, v0
  v_mov_b32_e32 v3, 1
  global_load_dword v4, v1, s[12:13]
  s_waitcnt vmcnt(0)
  global_store_dword v1, v3, s[12:13]
  ds_write_b32 v1, v3
  ds_read_b32 v5, v2
  ds_read_b64 v[6:7], v2
  s_waitcnt lgkmcnt(0)
  s_barrier
  s_mov_b32 exec_hi, 0
  global_atomic_add v1, v3, s[12:13]
END
