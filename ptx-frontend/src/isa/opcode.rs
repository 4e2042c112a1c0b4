//! The names of the instructions: one variant for each mnemonic (with the words that make it another instruction,
//! as in `bar.warp.sync`). The rows of the chapters say what each takes.

macro_rules! opcodes {
    ($($(#[$meta:meta])* $variant:ident)*) => {
        /// An instruction of PTX. What its words mean is in [`super::Modifiers`].
        #[allow(missing_docs, reason = "a variant is the mnemonic that it spells")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Opcode { $($(#[$meta])* $variant,)* }

        impl Opcode {
            /// Every one of them.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$variant),*];
        }
    };
}

opcodes! {
    // Integer, float, half: `add` of every type is `Add`, and so on.
    Add Sub Mul Mad Mul24 Mad24 Clmad Sad Div Rem Abs Neg Min Max Popc Clz Bfind Fns Brev Bfe Bfi Szext Bmsk Dp4a Dp2a
    // Carry: `add.cc` is `Add` with `carry_out`.
    Addc Subc Madc
    Fma Rcp Sqrt Rsqrt Sin Cos Lg2 Ex2 Tanh Copysign Testp
    Set Setp Selp Slct
    And Or Xor Not Cnot Lop3 Shf Shl Shr
    Mov MovMatrix
    /// `shfl` without `.sync`.
    Shfl
    ShflSync Prmt Ld
    /// `ld.global.nc`: `Ld` with `non_coherent`.
    Ldu St StAsync StBulk RedAsync MultimemLdReduce MultimemSt MultimemRed MultimemCpAsyncBulk MultimemCpReduceAsyncBulk
    Prefetch Prefetchu Applypriority Discard CreatepolicyFractional CreatepolicyRange CreatepolicyCvt
    Isspacep Cvta Cvt CvtPack Mapa Getctarank
    CpAsync CpAsyncCommitGroup CpAsyncWaitGroup CpAsyncWaitAll CpAsyncMbarrierArrive
    CpAsyncBulk CpReduceAsyncBulk CpAsyncBulkPrefetch CpAsyncBulkTensor CpReduceAsyncBulkTensor
    CpAsyncBulkPrefetchTensor CpAsyncBulkCommitGroup CpAsyncBulkWaitGroup
    TensormapReplace TensormapCpFenceproxy
    Tex Tld4 Txq Istypep Suld Sust Sured Suq
    Bra BrxIdx Call Ret Exit Trap Brkpt
    /// `bar.sync`, `barrier.sync`, `bar.cta.sync`, `barrier.cta.sync`.
    BarSync BarArrive
    /// `bar.red`, `barrier.red` and their `.cta` forms; `boolean` says which.
    BarRed BarWarpSync BarrierClusterArrive BarrierClusterWait
    /// `membar.cta`, `.gl`, `.sys`: `scope` is `Cta`, `Gpu`, `Sys`.
    Membar MembarProxy Fence FenceMbarrierInit FenceProxy FenceProxyAsync FenceProxyTensormap FenceAcquireRestrict
    Atom Red
    /// `vote` without `.sync`.
    Vote
    VoteSync MatchAny MatchAll Activemask ReduxSync GriddepcontrolLaunchDependents GriddepcontrolWait ElectSync
    MbarrierInit MbarrierInval MbarrierExpectTx MbarrierCompleteTx MbarrierArrive MbarrierArriveDrop MbarrierTestWait
    MbarrierTryWait MbarrierPendingCount
    ClusterlaunchcontrolTryCancel ClusterlaunchcontrolQueryCancelIsCanceled ClusterlaunchcontrolQueryCancelGetFirstCtaid
    WmmaLoad WmmaStore WmmaMma Mma MmaSp Ldmatrix Stmatrix
    WgmmaMmaAsync WgmmaMmaAsyncSp WgmmaFence WgmmaCommitGroup WgmmaWaitGroup
    Tcgen05Alloc Tcgen05Dealloc Tcgen05RelinquishAllocPermit Tcgen05Ld Tcgen05LdRed Tcgen05St Tcgen05Wait Tcgen05Cp Tcgen05Shift
    Tcgen05Mma Tcgen05MmaSp Tcgen05MmaWs Tcgen05MmaWsSp Tcgen05Fence Tcgen05Commit
    Vadd Vsub Vabsdiff Vmin Vmax Vshl Vshr Vmad Vset
    Vadd2 Vsub2 Vavrg2 Vabsdiff2 Vmin2 Vmax2 Vset2
    Vadd4 Vsub4 Vavrg4 Vabsdiff4 Vmin4 Vmax4 Vset4
    Stacksave Stackrestore Alloca
    Nanosleep Pmevent Setmaxnreg
}
