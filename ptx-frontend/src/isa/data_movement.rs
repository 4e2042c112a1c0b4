//! Moving data within a thread, between threads and memory (PTX ISA 9.7.9), conversions and asynchronous copies apart.

use super::row::rows;

rows! {
    pure {
        10 0 Mov "mov{.b16,.b32,.b64} d:pack, a:pack";
        10 0 Mov "mov{.u16,.u32,.u64,.s16,.s32,.s64,.f32,.f64} d, a";
        10 0 Mov "mov.pred d, a";
        83 70 Mov "mov.b128 d:pack, a:pack";
        10 0 Mov "mov.Vec{.b16,.b32,.b64,.u16,.u32,.u64,.s16,.s32,.s64,.f32,.f64} d:v, a:v";
        20 0 Prmt "prmt.b32[{.f4e,.b4e,.rc8,.ecl,.ecr,.rc16}] d, a, b, c:b32";
        20 20 Isspacep "isspacep{.const,.global,.local,.shared,.shared::cta,.shared::cluster,.param} p, a:b64>";
        77 70 Isspacep "isspacep.param::entry p, a:b64>";
        20 20 Cvta "cvta{.const,.global,.local,.shared,.shared::cta,.shared::cluster,.param,.param::entry}{.u32,.u64} d, a";
        20 20 Cvta "cvta.to{.const,.global,.local,.shared,.shared::cta,.shared::cluster,.param,.param::entry}{.u32,.u64} d, a";
        78 90 Mapa "mapa[.shared::cluster]{.u32,.u64} d, a, b:u32";
        78 90 Getctarank "getctarank[.shared::cluster]{.u32,.u64} d:u32, a";
        74 80 CreatepolicyFractional "createpolicy.fractional{.L2::evict_last,.L2::evict_normal,.L2::evict_first,.L2::evict_unchanged}[{.L2::evict_first,.L2::evict_unchanged}].b64 d{, a:f32}";
        74 80 CreatepolicyRange "createpolicy.range[.global]{.L2::evict_last,.L2::evict_normal,.L2::evict_first,.L2::evict_unchanged}[{.L2::evict_first,.L2::evict_unchanged}].b64 d, [a], b:u32, c:u32";
        74 80 CreatepolicyCvt "createpolicy.cvt.L2.b64 d, a:b64";
    }
    convergent {
        13 0 Shfl "shfl{.up,.down,.bfly,.idx}.b32 d|p, a, b:u32, c:u32";
        60 30 ShflSync "shfl.sync{.up,.down,.bfly,.idx}.b32 d|p, a, b:u32, c:u32, m:u32";
    }
    reads {
        10 0 Ld "ld[.weak][.LdSpace][.LdCop][.L2::cache_hint][.Prefetch][.Vec].LdTypes d:v>, [a], c:b64?L2::cache_hint";
        74 70 Ld "ld[.weak][.LdSpace].L1Evict[.L2::cache_hint][.Prefetch][.Vec].LdTypes d:v>, [a], c:b64?L2::cache_hint";
        10 0 Ld "ld.volatile[.AccessSpace][.Prefetch][.Vec].LdTypes d:v>, [a]";
        60 70 Ld "ld{.relaxed,.acquire}.Scope[.AtomSpace][.L1Evict][.L2::cache_hint][.Prefetch][.Vec].LdTypes d:v>, [a], c:b64?L2::cache_hint";
        82 70 Ld "ld.mmio.relaxed.sys[.global].LdTypes d:v>, [a]";
        31 32 Ld "ld.global[.NcCop].nc[.L1Evict][.L2::cache_hint][.Prefetch][.Vec].LdTypes d:v>, [a], c:b64?L2::cache_hint";
        83 70 Ld "ld[.weak][.LdSpace][.LdCop][.L1Evict][.L2::cache_hint][.Prefetch].b128 d, [a], c:b64?L2::cache_hint";
        83 70 Ld "ld{.relaxed,.acquire}.Scope[.AtomSpace][.L1Evict][.L2::cache_hint][.Prefetch].b128 d, [a], c:b64?L2::cache_hint";
        83 70 Ld "ld.volatile[.AccessSpace][.Prefetch].b128 d, [a]";
        83 70 Ld "ld.global[.NcCop].nc[.L1Evict][.L2::cache_hint][.Prefetch].b128 d, [a], c:b64?L2::cache_hint";
        88 100 Ld "ld[.weak][.global][.L1Evict][.L2Evict][.L2::cache_hint][.Prefetch].v8{.b32,.u32,.s32,.f32} d:v>, [a], c:b64?L2::cache_hint";
        88 100 Ld "ld[.weak][.global][.L1Evict][.L2Evict][.L2::cache_hint][.Prefetch].v4{.b64,.u64,.s64,.f64} d:v>, [a], c:b64?L2::cache_hint";
        88 100 Ld "ld.global.nc[.L1Evict][.L2Evict][.L2::cache_hint][.Prefetch].v8{.b32,.u32,.s32,.f32} d:v>, [a], c:b64?L2::cache_hint";
        88 100 Ld "ld{.relaxed,.acquire}.Scope[.global][.L1Evict][.L2Evict][.L2::cache_hint][.Prefetch].v8{.b32,.u32,.s32,.f32} d:v>, [a], c:b64?L2::cache_hint";
        88 100 Ld "ld.volatile[.global][.Prefetch].v8{.b32,.u32,.s32,.f32} d:v>, [a]";
        20 20 Ldu "ldu[.global][.Vec].LdTypes d:v>, [a]";
    }
    writes {
        10 0 St "st[.weak][.StSpace][.StCop][.L2::cache_hint][.Vec].LdTypes [a], b:v>, c:b64?L2::cache_hint";
        74 70 St "st[.weak][.StSpace].L1Evict[.L2::cache_hint][.Vec].LdTypes [a], b:v>, c:b64?L2::cache_hint";
        11 0 St "st.volatile[{.global,.local,.shared,.shared::cta,.shared::cluster}][.Vec].LdTypes [a], b:v>";
        60 70 St "st{.relaxed,.release}.Scope[.AtomSpace][.L1Evict][.L2::cache_hint][.Vec].LdTypes [a], b:v>, c:b64?L2::cache_hint";
        82 70 St "st.mmio.relaxed.sys[.global].LdTypes [a], b:v>";
        83 70 St "st[.weak][.StSpace][.StCop][.L1Evict][.L2::cache_hint].b128 [a], b, c:b64?L2::cache_hint";
        83 70 St "st{.relaxed,.release}.Scope[.AtomSpace][.L1Evict][.L2::cache_hint].b128 [a], b, c:b64?L2::cache_hint";
        83 70 St "st.volatile[{.global,.local,.shared,.shared::cta,.shared::cluster}].b128 [a], b";
        88 100 St "st[.weak][.global][.L1Evict][.L2Evict][.L2::cache_hint].v8{.b32,.u32,.s32,.f32} [a], b:v>, c:b64?L2::cache_hint";
        88 100 St "st[.weak][.global][.L1Evict][.L2Evict][.L2::cache_hint].v4{.b64,.u64,.s64,.f64} [a], b:v>, c:b64?L2::cache_hint";
        88 100 St "st{.relaxed,.release}.Scope[.global][.L1Evict][.L2Evict][.L2::cache_hint].v8{.b32,.u32,.s32,.f32} [a], b:v>, c:b64?L2::cache_hint";
        88 100 St "st.volatile[.global].v8{.b32,.u32,.s32,.f32} [a], b:v>";
        81 90 StAsync "st.async[.weak].shared::cluster.mbarrier::complete_tx::bytes[.Vec]{.b32,.b64,.u32,.u64,.s32,.s64,.f32,.f64} [a], b:v, [mbar]";
        92 90 StAsync "st.async[.weak].shared::cluster.mbarrier::complete_tx::bytes.b128 [a], b, [mbar]";
        87 100 StAsync "st.async[.mmio].release{.gpu,.sys}.global{.b8,.b16,.b32,.b64,.u8,.u16,.u32,.u64,.s8,.s16,.s32,.s64,.f32,.f64} [a], b:0>";
        86 100 StBulk "st.bulk[.weak][.shared::cta] [a], b:b64, c:imm";
        20 20 Prefetch "prefetch[{.global,.local}]{.L1,.L2} [a]";
        74 80 Prefetch "prefetch.global{.L2::evict_last,.L2::evict_normal} [a]";
        80 90 Prefetch "prefetch[{.const,.param}].tensormap [a]";
        20 20 Prefetchu "prefetchu.L1 [a]";
        74 80 Applypriority "applypriority[.global].L2::evict_normal [a], b:imm";
        74 80 Discard "discard[.global].L2 [a], b:imm";
    }
    reads_writes {
        81 90 MultimemLdReduce "multimem.ld_reduce[.weak][.global].AtomInt{.u32,.s32,.u64,.s64} d, [a]";
        81 90 MultimemLdReduce "multimem.ld_reduce{.relaxed,.acquire}.Scope[.global].AtomInt{.u32,.s32,.u64,.s64} d, [a]";
        81 90 MultimemLdReduce "multimem.ld_reduce[.weak][.global].AtomBits{.b32,.b64} d, [a]";
        81 90 MultimemLdReduce "multimem.ld_reduce{.relaxed,.acquire}.Scope[.global].AtomBits{.b32,.b64} d, [a]";
        81 90 MultimemLdReduce "multimem.ld_reduce[.weak][.global].AtomInt[.acc::f32][{.v2,.v4,.v8}]{.f16,.f16x2,.bf16,.bf16x2,.f32,.f64,.e5m2,.e5m2x2,.e5m2x4,.e4m3,.e4m3x2,.e4m3x4} d:v, [a]";
        81 90 MultimemLdReduce "multimem.ld_reduce{.relaxed,.acquire}.Scope[.global].AtomInt[.acc::f32][{.v2,.v4,.v8}]{.f16,.f16x2,.bf16,.bf16x2,.f32,.f64,.e5m2,.e5m2x2,.e5m2x4,.e4m3,.e4m3x2,.e4m3x4} d:v, [a]";
        81 90 MultimemSt "multimem.st[.weak][.global]{.b32,.b64,.u32,.u64,.s32,.s64,.f32,.f64} [a], b";
        81 90 MultimemSt "multimem.st{.relaxed,.release}.Scope[.global]{.b32,.b64,.u32,.u64,.s32,.s64,.f32,.f64} [a], b";
        81 90 MultimemSt "multimem.st[.weak][.global][{.v2,.v4,.v8}]{.f16,.f16x2,.bf16,.bf16x2,.f32,.f64,.e5m2,.e5m2x2,.e5m2x4,.e4m3,.e4m3x2,.e4m3x4} [a], b:v";
        81 90 MultimemSt "multimem.st{.relaxed,.release}.Scope[.global][{.v2,.v4,.v8}]{.f16,.f16x2,.bf16,.bf16x2,.f32,.f64,.e5m2,.e5m2x2,.e5m2x4,.e4m3,.e4m3x2,.e4m3x4} [a], b:v";
        81 90 MultimemRed "multimem.red[{.relaxed,.release}][.Scope][.global].AtomInt{.u32,.s32,.u64,.s64} [a], b";
        81 90 MultimemRed "multimem.red[{.relaxed,.release}][.Scope][.global].AtomBits{.b32,.b64} [a], b";
        81 90 MultimemRed "multimem.red[{.relaxed,.release}][.Scope][.global].AtomInt[{.v2,.v4,.v8}]{.f16,.f16x2,.bf16,.bf16x2,.f32,.f64} [a], b:v";
    }
}
