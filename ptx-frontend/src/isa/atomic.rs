//! Atomics and reductions in memory (PTX ISA 9.7.13.14 to 9.7.13.17).

use super::row::rows;

rows! {
    reads_writes {
        11 11 Atom "atom[.AtomSem][.Scope][.AtomSpace].AddOp[.L2::cache_hint]{.u32,.s32,.u64,.f32,.f64} d, [a], b, c:b64?L2::cache_hint";
        11 11 Atom "atom[.AtomSem][.Scope][.AtomSpace].MinMax[.L2::cache_hint]{.u32,.s32,.u64,.s64} d, [a], b, c:b64?L2::cache_hint";
        11 11 Atom "atom[.AtomSem][.Scope][.AtomSpace].AtomBits[.L2::cache_hint]{.b32,.b64} d, [a], b, c:b64?L2::cache_hint";
        11 11 Atom "atom[.AtomSem][.Scope][.AtomSpace].AtomCount[.L2::cache_hint].u32 d, [a], b, c:b64?L2::cache_hint";
        11 11 Atom "atom[.AtomSem][.Scope][.AtomSpace].Exch[.L2::cache_hint]{.b32,.b64} d, [a], b, c:b64?L2::cache_hint";
        83 90 Atom "atom[.AtomSem][.Scope][.AtomSpace].Exch[.L2::cache_hint].b128 d, [a], b, c:b64?L2::cache_hint";
        11 11 Atom "atom[.AtomSem][.Scope][.AtomSpace].Cas{.b32,.b64} d, [a], b, c";
        63 70 Atom "atom[.AtomSem][.Scope][.AtomSpace].Cas.b16 d, [a], b, c";
        83 90 Atom "atom[.AtomSem][.Scope][.AtomSpace].Cas.b128 d, [a], b, c";
        62 60 Atom "atom[.AtomSem][.Scope][.AtomSpace].AddOp.noftz[.L2::cache_hint].f16x2 d, [a], b, c:b64?L2::cache_hint";
        63 70 Atom "atom[.AtomSem][.Scope][.AtomSpace].AddOp.noftz[.L2::cache_hint].f16 d, [a], b, c:b64?L2::cache_hint";
        78 90 Atom "atom[.AtomSem][.Scope][.AtomSpace].AddOp.noftz[.L2::cache_hint]{.bf16,.bf16x2} d, [a], b, c:b64?L2::cache_hint";
        81 90 Atom "atom[.AtomSem][.Scope][.global].AddOp[.L2::cache_hint]{.v2,.v4}.f32 d:v, [a], b:v, c:b64?L2::cache_hint";
        81 90 Atom "atom[.AtomSem][.Scope][.global]{.add,.min,.max}.noftz[.L2::cache_hint]{.v2,.v4,.v8}{.f16,.bf16} d:v, [a], b:v, c:b64?L2::cache_hint";
        81 90 Atom "atom[.AtomSem][.Scope][.global]{.add,.min,.max}.noftz[.L2::cache_hint]{.v2,.v4}{.f16x2,.bf16x2} d:v, [a], b:v, c:b64?L2::cache_hint";
        12 11 Red "red[{.relaxed,.release}][.Scope][.AtomSpace].AddOp[.L2::cache_hint]{.u32,.s32,.u64,.f32,.f64} [a], b, c:b64?L2::cache_hint";
        12 11 Red "red[{.relaxed,.release}][.Scope][.AtomSpace].MinMax[.L2::cache_hint]{.u32,.s32,.u64,.s64} [a], b, c:b64?L2::cache_hint";
        12 11 Red "red[{.relaxed,.release}][.Scope][.AtomSpace].AtomBits[.L2::cache_hint]{.b32,.b64} [a], b, c:b64?L2::cache_hint";
        12 11 Red "red[{.relaxed,.release}][.Scope][.AtomSpace].AtomCount[.L2::cache_hint].u32 [a], b, c:b64?L2::cache_hint";
        62 60 Red "red[{.relaxed,.release}][.Scope][.AtomSpace].AddOp.noftz[.L2::cache_hint].f16x2 [a], b, c:b64?L2::cache_hint";
        63 70 Red "red[{.relaxed,.release}][.Scope][.AtomSpace].AddOp.noftz[.L2::cache_hint].f16 [a], b, c:b64?L2::cache_hint";
        78 90 Red "red[{.relaxed,.release}][.Scope][.AtomSpace].AddOp.noftz[.L2::cache_hint]{.bf16,.bf16x2} [a], b, c:b64?L2::cache_hint";
        81 90 Red "red[{.relaxed,.release}][.Scope][.global].AddOp[.L2::cache_hint]{.v2,.v4}.f32 [a], b:v, c:b64?L2::cache_hint";
        81 90 Red "red[{.relaxed,.release}][.Scope][.global]{.add,.min,.max}.noftz[.L2::cache_hint]{.v2,.v4,.v8}{.f16,.bf16} [a], b:v, c:b64?L2::cache_hint";
        81 90 Red "red[{.relaxed,.release}][.Scope][.global]{.add,.min,.max}.noftz[.L2::cache_hint]{.v2,.v4}{.f16x2,.bf16x2} [a], b:v, c:b64?L2::cache_hint";
    }
    writes {
        81 90 RedAsync "red.async.relaxed.cluster[.shared::cluster].mbarrier::complete_tx::bytes.AtomCount.u32 [a], b, [mbar]";
        81 90 RedAsync "red.async.relaxed.cluster[.shared::cluster].mbarrier::complete_tx::bytes.MinMax{.u32,.s32} [a], b, [mbar]";
        81 90 RedAsync "red.async.relaxed.cluster[.shared::cluster].mbarrier::complete_tx::bytes.AtomBits.b32 [a], b, [mbar]";
        81 90 RedAsync "red.async.relaxed.cluster[.shared::cluster].mbarrier::complete_tx::bytes.AddOp{.u32,.s32,.u64} [a], b, [mbar]";
        87 100 RedAsync "red.async[.mmio].release{.gpu,.sys}.global.AddOp{.u32,.s32,.u64,.s64} [a], b";
    }
}
