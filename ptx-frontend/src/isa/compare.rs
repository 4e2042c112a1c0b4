//! Comparison and selection (PTX ISA 9.7.6, 9.7.7).

use super::row::rows;

rows! {
    pure {
        10 0 Set "set.CmpBits{.u32,.s32,.f32}{.b16,.b32,.b64} d:0, a:1, b:1";
        10 0 Set "set.CmpUnsigned{.u32,.s32,.f32}{.u16,.u32,.u64} d:0, a:1, b:1";
        10 0 Set "set.CmpSigned{.u32,.s32,.f32}{.s16,.s32,.s64} d:0, a:1, b:1";
        10 0 Set "set.CmpFloat[.ftz]{.u32,.s32,.f32}.f32 d:0, a:1, b:1";
        10 0 Set "set.CmpFloat{.u32,.s32,.f32}.f64 d:0, a:1, b:1";
        10 0 Set "set.CmpBits.BoolOp{.u32,.s32,.f32}{.b16,.b32,.b64} d:0, a:1, b:1, {!}c:pred";
        10 0 Set "set.CmpUnsigned.BoolOp{.u32,.s32,.f32}{.u16,.u32,.u64} d:0, a:1, b:1, {!}c:pred";
        10 0 Set "set.CmpSigned.BoolOp{.u32,.s32,.f32}{.s16,.s32,.s64} d:0, a:1, b:1, {!}c:pred";
        10 0 Set "set.CmpFloat.BoolOp[.ftz]{.u32,.s32,.f32}.f32 d:0, a:1, b:1, {!}c:pred";
        10 0 Set "set.CmpFloat.BoolOp{.u32,.s32,.f32}.f64 d:0, a:1, b:1, {!}c:pred";
        10 0 Setp "setp.CmpBits{.b16,.b32,.b64} p|q, a, b";
        10 0 Setp "setp.CmpUnsigned{.u16,.u32,.u64} p|q, a, b";
        10 0 Setp "setp.CmpSigned{.s16,.s32,.s64} p|q, a, b";
        10 0 Setp "setp.CmpFloat[.ftz].f32 p|q, a, b";
        10 0 Setp "setp.CmpFloat.f64 p|q, a, b";
        10 0 Setp "setp.CmpBits.BoolOp{.b16,.b32,.b64} p|q, a, b, {!}c:pred";
        10 0 Setp "setp.CmpUnsigned.BoolOp{.u16,.u32,.u64} p|q, a, b, {!}c:pred";
        10 0 Setp "setp.CmpSigned.BoolOp{.s16,.s32,.s64} p|q, a, b, {!}c:pred";
        10 0 Setp "setp.CmpFloat.BoolOp[.ftz].f32 p|q, a, b, {!}c:pred";
        10 0 Setp "setp.CmpFloat.BoolOp.f64 p|q, a, b, {!}c:pred";
        10 0 Selp "selp{.b16,.b32,.b64,.u16,.u32,.u64,.s16,.s32,.s64,.f32,.f64} d, a, b, {!}c:pred";
        10 0 Slct "slct{.b16,.b32,.b64,.u16,.u32,.u64,.s16,.s32,.s64,.f32,.f64}.s32 d:0, a:0, b:0, c:1";
        10 0 Slct "slct[.ftz]{.b16,.b32,.b64,.u16,.u32,.u64,.s16,.s32,.s64,.f32,.f64}.f32 d:0, a:0, b:0, c:1";
        42 53 Set "set.CmpFloat[.ftz]{.f16,.u16,.s16,.u32,.s32}.f16 d:0, a:1, b:1";
        42 53 Set "set.CmpFloat.BoolOp[.ftz]{.f16,.u16,.s16,.u32,.s32}.f16 d:0, a:1, b:1, {!}c:pred";
        42 53 Set "set.CmpFloat[.ftz].f16x2.f16x2 d:0, a:1, b:1";
        42 53 Set "set.CmpFloat.BoolOp[.ftz].f16x2.f16x2 d:0, a:1, b:1, {!}c:pred";
        78 90 Set "set.CmpFloat{.bf16,.u16,.s16,.u32,.s32}.bf16 d:0, a:1, b:1";
        78 90 Set "set.CmpFloat.BoolOp{.bf16,.u16,.s16,.u32,.s32}.bf16 d:0, a:1, b:1, {!}c:pred";
        78 90 Set "set.CmpFloat.bf16x2.bf16x2 d:0, a:1, b:1";
        78 90 Set "set.CmpFloat.BoolOp.bf16x2.bf16x2 d:0, a:1, b:1, {!}c:pred";
        42 53 Setp "setp.CmpFloat[.ftz].f16 p, a, b";
        42 53 Setp "setp.CmpFloat.BoolOp[.ftz].f16 p, a, b, {!}c:pred";
        42 53 Setp "setp.CmpFloat[.ftz].f16x2 p|q, a, b";
        42 53 Setp "setp.CmpFloat.BoolOp[.ftz].f16x2 p|q, a, b, {!}c:pred";
        78 90 Setp "setp.CmpFloat.bf16 p, a, b";
        78 90 Setp "setp.CmpFloat.BoolOp.bf16 p, a, b, {!}c:pred";
        78 90 Setp "setp.CmpFloat.bf16x2 p|q, a, b";
        78 90 Setp "setp.CmpFloat.BoolOp.bf16x2 p|q, a, b, {!}c:pred";
    }
}
