//! # 53 bits of 2 / pi from bit 53 k, further down for large arguments.
//! manual = "MI200 ISA, V_TRIG_PREOP_F64"
//! in = ["f64 (1, 10000000000, 1e+50, 1e+100, 1e+200, 1e+300, 3, 1e+20) x 8"]
//! out = ["f64 (0.6366197723675813, 7.166494911215067e-17, 1.6272306915159566e-66, 2.5520217551098927e-132, 1.2227221631318176e-185, 3.7785539594603453e-262, 1.0181664387499708e-32, 3.7204748827448505e-53) x 8"]
.include "wave.inc"

KERNEL
  LOAD64 v[2:3]
  v_and_b32_e32 v1, 3, v0
  v_trig_preop_f64 v[4:5], v[2:3], v1
  STORE64 v[4:5]
END
