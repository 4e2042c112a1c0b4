//! Asynchronous copies, in bulk and of tensors (PTX ISA 9.7.9.25 to 9.7.9.28).

use super::row::rows;

rows! {
    reads_writes {
        70 80 CpAsync "cp.async.ca.Shared.global[.L2::cache_hint][.Prefetch] [d], [a], b:imm, c:b64?L2::cache_hint";
        70 80 CpAsync "cp.async.cg.Shared.global[.L2::cache_hint][.Prefetch] [d], [a], b:imm, c:b64?L2::cache_hint";
        70 80 CpAsync "cp.async{.ca,.cg}.Shared.global[.L2::cache_hint][.Prefetch] [d], [a], b:imm, c:u32, e:b64?L2::cache_hint";
        70 80 CpAsync "cp.async{.ca,.cg}.Shared.global[.L2::cache_hint][.Prefetch] [d], [a], b:imm, {!}c:pred, e:b64?L2::cache_hint";
        70 80 CpAsyncCommitGroup "cp.async.commit_group";
        70 80 CpAsyncWaitGroup "cp.async.wait_group a:imm";
        70 80 CpAsyncWaitAll "cp.async.wait_all";
        70 80 CpAsyncMbarrierArrive "cp.async.mbarrier.arrive[.noinc][.Shared].b64 [a]";
        80 90 CpAsyncBulk "cp.async.bulk{.shared::cta,.shared::cluster}.global.mbarrier::complete_tx::bytes[.multicast::cluster][.L2::cache_hint] [d], [a], b:u32, [mbar], c:b16?multicast::cluster, e:b64?L2::cache_hint";
        92 100 CpAsyncBulk "cp.async.bulk{.shared::cta,.shared::cluster}.global.mbarrier::complete_tx::bytes[.multicast::cluster].ignore_oob[.L2::cache_hint] [d], [a], b:u32, f:u32, g:u32, [mbar], c:b16?multicast::cluster, e:b64?L2::cache_hint";
        86 100 CpAsyncBulk "cp.async.bulk.global.shared::cta.bulk_group[.L2::cache_hint].cp_mask [d], [a], b:u32, c:b64?L2::cache_hint, e:b16";
        91 90 MultimemCpAsyncBulk "multimem.cp.async.bulk.global.shared::cta.bulk_group[.cp_mask] [d], [a], b:u32, c:b16?cp_mask";
        91 90 MultimemCpReduceAsyncBulk "multimem.cp.reduce.async.bulk.global.shared::cta.bulk_group{.AtomInt,.AtomBits,.AtomCount}{.b32,.u32,.s32,.b64,.u64,.s64,.f16,.bf16,.f32,.f64} [d], [a], b:u32";
        91 90 MultimemCpReduceAsyncBulk "multimem.cp.reduce.async.bulk.global.shared::cta.bulk_group.AddOp.noftz{.f16,.bf16} [d], [a], b:u32";
        80 90 CpAsyncBulkTensor "cp.async.bulk.tensor.Dim{.shared::cta,.shared::cluster}.global[{.tile,.tile::gather4}].mbarrier::complete_tx::bytes[.multicast::cluster][.CtaGroup][.L2::cache_hint] [d], [a, c], [mbar], f:b16?multicast::cluster, g:b64?L2::cache_hint";
        80 90 CpAsyncBulkTensor "cp.async.bulk.tensor.Dim{.shared::cta,.shared::cluster}.global{.im2col,.im2col::w,.im2col::w::128}.mbarrier::complete_tx::bytes[.multicast::cluster][.CtaGroup][.L2::cache_hint] [d], [a, c], [mbar], e:b16*, f:b16?multicast::cluster, g:b64?L2::cache_hint";
        80 90 CpAsyncBulkPrefetchTensor "cp.async.bulk.prefetch.tensor.Dim.L2.global[{.tile,.tile::gather4}][.L2::cache_hint] [a, c], f:b64?L2::cache_hint";
        80 90 CpAsyncBulkPrefetchTensor "cp.async.bulk.prefetch.tensor.Dim.L2.global{.im2col,.im2col::w,.im2col::w::128}[.L2::cache_hint] [a, c], e:b16*, f:b64?L2::cache_hint";
        80 90 CpAsyncBulk "cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [d], [a], b:u32, [mbar]";
        80 90 CpAsyncBulk "cp.async.bulk.global.shared::cta.bulk_group[.L2::cache_hint] [d], [a], b:u32, c:b64?L2::cache_hint";
        80 90 CpReduceAsyncBulk "cp.reduce.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes{.AtomInt,.AtomBits,.AtomCount}{.s32,.u32,.s64,.u64,.b32,.b64} [d], [a], b:u32, [mbar]";
        80 90 CpReduceAsyncBulk "cp.reduce.async.bulk.global.shared::cta.bulk_group[.L2::cache_hint]{.AtomInt,.AtomBits,.AtomCount}[.noftz]{.f16,.bf16,.b32,.u32,.s32,.b64,.u64,.s64,.f32,.f64} [d], [a], b:u32, c:b64?L2::cache_hint";
        80 90 CpAsyncBulkPrefetch "cp.async.bulk.prefetch.L2.global[.L2::cache_hint] [a], b:u32, c:b64?L2::cache_hint";
        80 90 CpAsyncBulkTensor "cp.async.bulk.tensor.Dim.global.shared::cta[{.tile,.tile::scatter4,.im2col_no_offs}].bulk_group[.L2::cache_hint] [d, c], [a], e:b64?L2::cache_hint";
        80 90 CpReduceAsyncBulkTensor "cp.reduce.async.bulk.tensor.Dim.global.shared::cta{.AtomInt,.AtomBits,.AtomCount}[{.tile,.im2col_no_offs}].bulk_group[.L2::cache_hint] [d, c], [a], e:b64?L2::cache_hint";
        80 90 CpAsyncBulkCommitGroup "cp.async.bulk.commit_group";
        80 90 CpAsyncBulkWaitGroup "cp.async.bulk.wait_group[.read] a:imm";
        83 (90 a) TensormapReplace "tensormap.replace[.tile].global_address[{.global,.shared::cta}].b1024.b64 [a], b:b64";
        83 (90 a) TensormapReplace "tensormap.replace[.tile].rank[{.global,.shared::cta}].b1024.b32 [a], b:b32";
        83 (90 a) TensormapReplace "tensormap.replace[.tile]{.box_dim,.global_dim,.element_stride}[{.global,.shared::cta}].b1024.b32 [a], b:imm, c:b32";
        83 (90 a) TensormapReplace "tensormap.replace[.tile].global_stride[{.global,.shared::cta}].b1024.b64 [a], b:imm, c:b64";
        83 (90 a) TensormapReplace "tensormap.replace[.tile]{.elemtype,.interleave_layout,.swizzle_mode,.fill_mode,.swizzle_atomicity}[{.global,.shared::cta}].b1024.b32 [a], b:imm";
        83 90 TensormapCpFenceproxy "tensormap.cp_fenceproxy.global.shared::cta.tensormap::generic.release.Scope.sync.aligned [d], [a], b:imm";
    }
}
