//! Half precision: `.f16`, `.f16x2`, `.bf16`, `.bf16x2` (PTX ISA 9.7.4).

use super::row::rows;

rows! {
    pure {
        42 53 Add "add[.rn][.ftz][.sat]{.f16,.f16x2} d, a, b";
        78 90 Add "add[.rn]{.bf16,.bf16x2} d, a, b";
        42 53 Sub "sub[.rn][.ftz][.sat]{.f16,.f16x2} d, a, b";
        78 90 Sub "sub[.rn]{.bf16,.bf16x2} d, a, b";
        42 53 Mul "mul[.rn][.ftz][.sat]{.f16,.f16x2} d, a, b";
        78 90 Mul "mul[.rn]{.bf16,.bf16x2} d, a, b";
        42 53 Fma "fma.rn[.ftz][.sat]{.f16,.f16x2} d, a, b, c";
        70 80 Fma "fma.rn[.ftz].relu{.f16,.f16x2} d, a, b, c";
        70 80 Fma "fma.rn[.relu]{.bf16,.bf16x2} d, a, b, c";
        81 90 Fma "fma.rn.oob[.relu]{.f16,.f16x2,.bf16,.bf16x2} d, a, b, c";
        60 53 Neg "neg[.ftz]{.f16,.f16x2} d, a";
        70 80 Neg "neg{.bf16,.bf16x2} d, a";
        65 53 Abs "abs[.ftz]{.f16,.f16x2} d, a";
        70 80 Abs "abs{.bf16,.bf16x2} d, a";
        70 80 Min "min[.ftz][.NaN]{.f16,.f16x2} d, a, b";
        72 86 Min "min[.ftz][.NaN].xorsign.abs{.f16,.f16x2} d, a, b";
        70 80 Min "min[.NaN]{.bf16,.bf16x2} d, a, b";
        72 86 Min "min[.NaN].xorsign.abs{.bf16,.bf16x2} d, a, b";
        70 80 Max "max[.ftz][.NaN]{.f16,.f16x2} d, a, b";
        72 86 Max "max[.ftz][.NaN].xorsign.abs{.f16,.f16x2} d, a, b";
        70 80 Max "max[.NaN]{.bf16,.bf16x2} d, a, b";
        72 86 Max "max[.NaN].xorsign.abs{.bf16,.bf16x2} d, a, b";
        70 75 Tanh "tanh.approx{.f16,.f16x2} d, a";
        78 90 Tanh "tanh.approx{.bf16,.bf16x2} d, a";
        70 75 Ex2 "ex2.approx{.f16,.f16x2} d, a";
        78 90 Ex2 "ex2.approx.ftz{.bf16,.bf16x2} d, a";
    }
}
