//! `cvt` and `cvt.pack` (PTX ISA 9.7.9.21, 9.7.9.22).

use super::row::rows;

rows! {
    pure {
        10 0 Cvt "cvt[.sat]{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64}{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64} d:0>, a:1>";
        10 0 Cvt "cvt.Rnd[.ftz][.sat].f32{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64} d:0>, a:1>";
        10 0 Cvt "cvt.Rnd[.sat]{.f16,.f64}{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64} d:0>, a:1>";
        78 90 Cvt "cvt.Rnd.bf16{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64} d:0>, a:1>";
        10 0 Cvt "cvt.IRnd[.ftz][.sat]{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64}.f32 d:0>, a:1>";
        10 0 Cvt "cvt.IRnd[.sat]{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64}{.f16,.f64} d:0>, a:1>";
        78 90 Cvt "cvt.IRnd{.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64}.bf16 d:0>, a:1>";
        10 0 Cvt "cvt[.IRnd][.ftz][.sat].f32.f32 d:0>, a:1>";
        10 0 Cvt "cvt[.IRnd][.sat].f64.f64 d:0>, a:1>";
        10 0 Cvt "cvt[.IRnd][.sat].f16.f16 d:0>, a:1>";
        78 90 Cvt "cvt[.IRnd].bf16.bf16 d:0>, a:1>";
        10 0 Cvt "cvt[.ftz][.sat].f64.f32 d:0>, a:1>";
        10 0 Cvt "cvt.Rnd[.ftz][.sat].f32.f64 d:0>, a:1>";
        10 0 Cvt "cvt.Rnd[.ftz][.sat].f16.f32 d:0>, a:1>";
        10 0 Cvt "cvt.Rnd[.sat].f16.f64 d:0>, a:1>";
        10 0 Cvt "cvt[.ftz][.sat].f32.f16 d:0>, a:1>";
        10 0 Cvt "cvt[.sat].f64.f16 d:0>, a:1>";
        70 80 Cvt "cvt{.rn,.rz}[.relu][.satfinite].bf16.f32 d:0>, a:1>";
        78 90 Cvt "cvt.Rnd.bf16{.f16,.f64} d:0>, a:1>";
        71 80 Cvt "cvt[.ftz].f32.bf16 d:0>, a:1>";
        78 90 Cvt "cvt.f64.bf16 d:0>, a:1>";
        78 90 Cvt "cvt.Rnd.f16.bf16 d:0>, a:1>";
        70 80 Cvt "cvt{.rn,.rz}.relu[.satfinite].f16.f32 d:0>, a:1>";
        81 80 Cvt "cvt{.rn,.rz}[.relu].satfinite.f16.f32 d:0>, a:1>";
        70 80 Cvt "cvt{.rn,.rz}[.relu][.satfinite].f16x2.f32 d:0, a:1, b:1";
        70 80 Cvt "cvt{.rn,.rz}[.relu][.satfinite].bf16x2.f32 d:0, a:1, b:1";
        86 (100 a) Cvt "cvt.rs[.relu][.satfinite]{.f16x2,.bf16x2}.f32 d:0, a:1, b:1, c:b32";
        70 80 Cvt "cvt.rna[.satfinite].tf32.f32 d:b32, a:1";
        78 90 Cvt "cvt{.rn,.rz}[.satfinite][.relu].tf32.f32 d:b32, a:1";
        78 89 Cvt "cvt.rn.satfinite[.relu]{.e4m3x2,.e5m2x2}.f32 d:b16, a:1, b:1";
        78 89 Cvt "cvt.rn.satfinite[.relu]{.e4m3x2,.e5m2x2}.f16x2 d:b16, a:b32";
        91 (100 a) Cvt "cvt.rn.satfinite[.relu]{.e4m3x2,.e5m2x2,.e2m3x2,.e3m2x2}.bf16x2 d:b16, a:b32";
        78 89 Cvt "cvt.rn[.relu].f16x2{.e4m3x2,.e5m2x2} d:b32, a:b16";
        92 (100 a) Cvt "cvt.rn[.satfinite][.relu][.scaled::n2::ue8m0].bf16x2{.e4m3x2,.e5m2x2,.e3m2x2,.e2m3x2} d:b32, a:b16, c:b16?scaled::n2::ue8m0";
        92 (100 a) Cvt "cvt.rn[.satfinite][.relu][.scaled::n2::ue8m0].bf16x2.e2m1x2 d:b32, a:b8, c:b16?scaled::n2::ue8m0";
        86 (100 a) Cvt "cvt.rn.satfinite[.relu].e2m1x2.f32 d:b8, a:1, b:1";
        91 (100 a) Cvt "cvt.rn.satfinite[.relu].e2m1x2{.f16x2,.bf16x2} d:b8, a:b32";
        86 (100 a) Cvt "cvt.rn.satfinite[.relu]{.e2m3x2,.e3m2x2}.f32 d:b16, a:1, b:1";
        91 (100 a) Cvt "cvt.rn.satfinite[.relu]{.e2m3x2,.e3m2x2}.f16x2 d:b16, a:b32";
        86 (100 a) Cvt "cvt.rn[.relu].f16x2{.e2m3x2,.e3m2x2} d:b32, a:b16";
        86 (100 a) Cvt "cvt.rn[.relu].f16x2.e2m1x2 d:b32, a:b8";
        86 (100 a) Cvt "cvt{.rz,.rp}[.satfinite].ue8m0x2.f32 d:b16, a:1, b:1";
        86 (100 a) Cvt "cvt{.rz,.rp}[.satfinite].ue8m0x2.bf16x2 d:b16, a:b32";
        86 (100 a) Cvt "cvt.rn.bf16x2.ue8m0x2 d:b32, a:b16";
        87 (100 a) Cvt "cvt.rs[.relu].satfinite{.e4m3x4,.e5m2x4,.e2m3x4,.e3m2x4}.f32 d:b32, a:f32*4, b:b32";
        87 (100 a) Cvt "cvt.rs[.relu].satfinite.e2m1x4.f32 d:b16, a:f32*4, b:b32";
        91 (100 a) Cvt "cvt.rn.satfinite[.relu][.scaled::n2::ue8m0].s2f6x2.f32 d:b16, a:1, b:1, c:b16?scaled::n2::ue8m0";
        91 (100 a) Cvt "cvt.rn.satfinite[.relu][.scaled::n2::ue8m0].s2f6x2.bf16x2 d:b16, a:b32, c:b16?scaled::n2::ue8m0";
        91 (100 a) Cvt "cvt.rn[.satfinite][.relu][.scaled::n2::ue8m0].bf16x2.s2f6x2 d:b32, a:b16, c:b16?scaled::n2::ue8m0";
        65 72 CvtPack "cvt.pack.sat{.u16,.s16}.s32 d:b32, a:1, b:1";
        65 72 CvtPack "cvt.pack.sat{.u2,.s2,.u4,.s4,.u8,.s8}.s32.b32 d:b32, a:s32, b:s32, c:b32";
    }
}
