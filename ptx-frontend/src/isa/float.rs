//! Floating point in `.f32`, `.f64`, `.f32x2` and mixed precision (PTX ISA 9.7.3, 9.7.5).

use super::row::rows;

rows! {
    pure {
        20 0 Testp "testp{.finite,.infinite,.number,.notanumber,.normal,.subnormal}{.f32,.f64} p, a";
        20 20 Copysign "copysign{.f32,.f64} d, a, b";
        10 0 Add "add[.Rnd][.ftz][.sat].f32 d, a, b";
        10 0 Add "add[.Rnd].f64 d, a, b";
        86 100 Add "add[.Rnd][.ftz].f32x2 d, a, b";
        86 100 Add "add[.Rnd][.sat].f32{.f16,.bf16} d, a:1, c";
        10 0 Sub "sub[.Rnd][.ftz][.sat].f32 d, a, b";
        10 0 Sub "sub[.Rnd].f64 d, a, b";
        86 100 Sub "sub[.Rnd][.ftz].f32x2 d, a, b";
        86 100 Sub "sub[.Rnd][.sat].f32{.f16,.bf16} d, a:1, c";
        10 0 Mul "mul[.Rnd][.ftz][.sat].f32 d, a, b";
        10 0 Mul "mul[.Rnd].f64 d, a, b";
        86 100 Mul "mul[.Rnd][.ftz].f32x2 d, a, b";
        20 20 Fma "fma.Rnd[.ftz][.sat].f32 d, a, b, c";
        14 13 Fma "fma.Rnd.f64 d, a, b, c";
        86 100 Fma "fma.Rnd[.ftz].f32x2 d, a, b, c";
        86 100 Fma "fma.Rnd[.sat].f32{.f16,.bf16} d, a:1, b:1, c";
        10 0 Mad "mad.Rnd[.ftz][.sat].f32 d, a, b, c";
        10 13 Mad "mad.Rnd.f64 d, a, b, c";
        14 0 Div "div{.approx,.full}[.ftz].f32 d, a, b";
        14 20 Div "div.Rnd[.ftz].f32 d, a, b";
        14 13 Div "div.Rnd.f64 d, a, b";
        10 0 Abs "abs[.ftz].f32 d, a";
        10 0 Abs "abs.f64 d, a";
        10 0 Neg "neg[.ftz].f32 d, a";
        10 0 Neg "neg.f64 d, a";
        10 0 Min "min[.ftz].f32 d, a, b";
        70 80 Min "min[.ftz].NaN.f32 d, a, b";
        72 86 Min "min[.ftz][.NaN].xorsign.abs.f32 d, a, b";
        88 100 Min "min[.ftz][.NaN][.abs].f32 d, a, b, c";
        10 0 Min "min.f64 d, a, b";
        10 0 Max "max[.ftz].f32 d, a, b";
        70 80 Max "max[.ftz].NaN.f32 d, a, b";
        72 86 Max "max[.ftz][.NaN].xorsign.abs.f32 d, a, b";
        88 100 Max "max[.ftz][.NaN][.abs].f32 d, a, b, c";
        10 0 Max "max.f64 d, a, b";
        14 0 Rcp "rcp.approx[.ftz].f32 d, a";
        14 20 Rcp "rcp.Rnd[.ftz].f32 d, a";
        14 13 Rcp "rcp.Rnd.f64 d, a";
        21 20 Rcp "rcp.approx.ftz.f64 d, a";
        14 0 Sqrt "sqrt.approx[.ftz].f32 d, a";
        14 20 Sqrt "sqrt.Rnd[.ftz].f32 d, a";
        14 13 Sqrt "sqrt.Rnd.f64 d, a";
        10 0 Rsqrt "rsqrt.approx[.ftz].f32 d, a";
        10 13 Rsqrt "rsqrt.approx.f64 d, a";
        40 20 Rsqrt "rsqrt.approx.ftz.f64 d, a";
        10 0 Sin "sin.approx[.ftz].f32 d, a";
        10 0 Cos "cos.approx[.ftz].f32 d, a";
        10 0 Lg2 "lg2.approx[.ftz].f32 d, a";
        10 0 Ex2 "ex2.approx[.ftz].f32 d, a";
        70 75 Tanh "tanh.approx.f32 d, a";
    }
}
