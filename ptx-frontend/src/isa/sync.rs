//! Barriers, fences and `mbarrier` (PTX ISA 9.7.13).

use super::row::rows;

rows! {
    convergent_memory {
        10 0 BarSync "bar.sync a:u32{, b:u32}";
        78 0 BarSync "bar.cta.sync a:u32{, b:u32}";
        60 30 BarSync "barrier.sync[.aligned] a:u32{, b:u32}";
        78 30 BarSync "barrier.cta.sync[.aligned] a:u32{, b:u32}";
        20 20 BarArrive "bar.arrive a:u32, b:u32";
        78 20 BarArrive "bar.cta.arrive a:u32, b:u32";
        60 30 BarArrive "barrier.arrive[.aligned] a:u32, b:u32";
        78 30 BarArrive "barrier.cta.arrive[.aligned] a:u32, b:u32";
        20 20 BarRed "bar.red.popc.u32 d, a:u32, {!}c:pred";
        20 20 BarRed "bar.red.popc.u32 d, a:u32, b:u32, {!}c:pred";
        20 20 BarRed "bar.red.RedOp.pred p, a:u32, {!}c:pred";
        20 20 BarRed "bar.red.RedOp.pred p, a:u32, b:u32, {!}c:pred";
        78 20 BarRed "bar.cta.red.popc.u32 d, a:u32, {!}c:pred";
        78 20 BarRed "bar.cta.red.popc.u32 d, a:u32, b:u32, {!}c:pred";
        78 20 BarRed "bar.cta.red.RedOp.pred p, a:u32, {!}c:pred";
        78 20 BarRed "bar.cta.red.RedOp.pred p, a:u32, b:u32, {!}c:pred";
        60 30 BarRed "barrier.red.popc[.aligned].u32 d, a:u32, {!}c:pred";
        60 30 BarRed "barrier.red.popc[.aligned].u32 d, a:u32, b:u32, {!}c:pred";
        60 30 BarRed "barrier.red.RedOp[.aligned].pred p, a:u32, {!}c:pred";
        60 30 BarRed "barrier.red.RedOp[.aligned].pred p, a:u32, b:u32, {!}c:pred";
        78 30 BarRed "barrier.cta.red.popc[.aligned].u32 d, a:u32, {!}c:pred";
        78 30 BarRed "barrier.cta.red.popc[.aligned].u32 d, a:u32, b:u32, {!}c:pred";
        78 30 BarRed "barrier.cta.red.RedOp[.aligned].pred p, a:u32, {!}c:pred";
        78 30 BarRed "barrier.cta.red.RedOp[.aligned].pred p, a:u32, b:u32, {!}c:pred";
        60 30 BarWarpSync "bar.warp.sync a:u32";
        78 90 BarrierClusterArrive "barrier.cluster.arrive[{.release,.relaxed}][.aligned]";
        78 90 BarrierClusterWait "barrier.cluster.wait[.acquire][.aligned]";
    }
    reads_writes {
        14 0 Membar "membar{.cta,.gl}";
        20 20 Membar "membar.sys";
        75 70 MembarProxy "membar.proxy{.alias,.async}";
        60 70 Fence "fence[{.sc,.acq_rel}].Scope";
        86 90 Fence "fence{.acquire,.release}.Scope";
        80 90 FenceMbarrierInit "fence.mbarrier_init.release.cluster";
        75 70 FenceProxy "fence.proxy.alias";
        80 90 FenceProxyAsync "fence.proxy{.async,.async.global,.async.shared::cta,.async.shared::cluster}";
        83 90 FenceProxyTensormap "fence.proxy.tensormap::generic.release.Scope";
        83 90 FenceProxyTensormap "fence.proxy.tensormap::generic.acquire.Scope [a], b:imm";
        86 90 FenceAcquireRestrict "fence.acquire.sync_restrict::shared::cluster.cluster";
        86 90 FenceAcquireRestrict "fence.release.sync_restrict::shared::cta.cluster";
        86 90 FenceProxyAsync "fence.proxy.async::generic.acquire.sync_restrict::shared::cluster.cluster";
        86 90 FenceProxyAsync "fence.proxy.async::generic.release.sync_restrict::shared::cta.cluster";
        70 80 MbarrierInit "mbarrier.init[.SharedCta].b64 [a], b:u32";
        70 80 MbarrierInval "mbarrier.inval[.SharedCta].b64 [a]";
        80 90 MbarrierExpectTx "mbarrier.expect_tx[.relaxed][{.cta,.cluster}][.Shared].b64 [a], b:u32";
        80 90 MbarrierCompleteTx "mbarrier.complete_tx[.relaxed][{.cta,.cluster}][.Shared].b64 [a], b:u32";
        70 80 MbarrierArrive "mbarrier.arrive[{.release,.relaxed}][{.cta,.cluster}][.Shared].b64 d, [a]{, b:u32}";
        80 90 MbarrierArrive "mbarrier.arrive.expect_tx[{.release,.relaxed}][{.cta,.cluster}][.Shared].b64 d, [a], b:u32";
        70 80 MbarrierArrive "mbarrier.arrive.noComplete[.release][.cta][.SharedCta].b64 d, [a], b:u32";
        70 80 MbarrierArriveDrop "mbarrier.arrive_drop[{.release,.relaxed}][{.cta,.cluster}][.Shared].b64 d, [a]{, b:u32}";
        80 90 MbarrierArriveDrop "mbarrier.arrive_drop.expect_tx[{.release,.relaxed}][{.cta,.cluster}][.Shared].b64 d, [a], b:u32";
        70 80 MbarrierArriveDrop "mbarrier.arrive_drop.noComplete[.release][.cta][.SharedCta].b64 d, [a], b:u32";
        70 80 MbarrierTestWait "mbarrier.test_wait[{.acquire,.relaxed}][{.cta,.cluster}][.SharedCta].b64 p, [a], b";
        71 80 MbarrierTestWait "mbarrier.test_wait.parity[{.acquire,.relaxed}][{.cta,.cluster}][.SharedCta].b64 p, [a], b:u32";
        78 90 MbarrierTryWait "mbarrier.try_wait[{.acquire,.relaxed}][{.cta,.cluster}][.SharedCta].b64 p, [a], b{, c:u32}";
        78 90 MbarrierTryWait "mbarrier.try_wait.parity[{.acquire,.relaxed}][{.cta,.cluster}][.SharedCta].b64 p, [a], b:u32{, c:u32}";
    }
    pure {
        70 80 MbarrierPendingCount "mbarrier.pending_count.b64 d:u32, a";
    }
    convergent_memory {
        78 90 GriddepcontrolLaunchDependents "griddepcontrol.launch_dependents";
        78 90 GriddepcontrolWait "griddepcontrol.wait";
        86 100 ClusterlaunchcontrolTryCancel "clusterlaunchcontrol.try_cancel.async[.shared::cta].mbarrier::complete_tx::bytes.b128 [a], [b]";
        86 (100 a) ClusterlaunchcontrolTryCancel "clusterlaunchcontrol.try_cancel.async[.shared::cta].mbarrier::complete_tx::bytes.multicast::cluster::all.b128 [a], [b]";
    }
    pure {
        86 100 ClusterlaunchcontrolQueryCancelIsCanceled "clusterlaunchcontrol.query_cancel.is_canceled.pred.b128 p, a:b128";
        86 100 ClusterlaunchcontrolQueryCancelGetFirstCtaid "clusterlaunchcontrol.query_cancel.get_first_ctaid.v4.b32.b128 d:b32*4, a:b128";
        86 100 ClusterlaunchcontrolQueryCancelGetFirstCtaid "clusterlaunchcontrol.query_cancel{.get_first_ctaid::x,.get_first_ctaid::y,.get_first_ctaid::z}.b32.b128 d:b32, a:b128";
    }
}
