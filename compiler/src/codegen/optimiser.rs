//! The passes that LLVM's optimiser runs at each level, as text for its pass builder.
//!
//! PTX comes out of an optimiser already, and LLVM's own pipeline repeats much that finds nothing any more. The pipeline for
//! `-O3` is that of LLVM 22 for AMDGPU in its order, without what changed no instruction of GROMACS's kernels (second runs of
//! instcombine, jump threading and value propagation, sparse constant propagation, the passes for coroutines, OpenMP,
//! profiles and vectorisers): three quarters of the time for the same code.

/// SROA with leave to change the control flow, and CSE: what makes values of the slots that lowering writes.
const PROMOTE: &str = "function<eager-inv>(simplifycfg,sroa<modify-cfg>,early-cse<>)";

/// Once over the module, before functions are inlined.
const MODULE: &str = "ipsccp,globalopt,function<eager-inv>(mem2reg,INSTCOMBINE,amdgpu-uniform-intrinsic-combine,\
    simplifycfg<switch-range-to-icmp>),always-inline,require<globals-aa>,function(invalidate<aa>),\
    require<profile-summary>";

/// Over the call graph, callees first.
const FUNCTIONS: &str = "cgscc(devirt<4>(inline,function-attrs<skip-non-recursive-function-attrs>,argpromotion,\
    function(amdgpu-promote-kernel-arguments,infer-address-spaces,amdgpu-lower-kernel-attributes,\
    amdgpu-promote-alloca-to-vector),\
    function<eager-inv;no-rerun>(sroa<modify-cfg>,early-cse<memssa>,\
    speculative-execution<only-if-divergent-target>,jump-threading,correlated-propagation,\
    simplifycfg<switch-range-to-icmp>,INSTCOMBINE,aggressive-instcombine,simplifycfg<switch-range-to-icmp>,\
    reassociate,loop-mssa(loop-instsimplify,loop-simplifycfg,licm<no-allowspeculation>,\
    loop-rotate<header-duplication;no-prepare-for-lto>,licm<allowspeculation>,\
    simple-loop-unswitch<nontrivial;trivial>),simplifycfg<switch-range-to-icmp>,INSTCOMBINE,\
    loop(loop-idiom,indvars,extra-simple-loop-unswitch-passes,loop-deletion,loop-unroll-full),sroa<modify-cfg>,\
    vector-combine,gvn<>,adce,memcpyopt,dse,loop-mssa(licm<allowspeculation>),infer-address-spaces,\
    simplifycfg<switch-range-to-icmp;switch-to-arithmetic;hoist-common-insts;sink-common-insts>,\
    INSTCOMBINE,amdgpu-uniform-intrinsic-combine),function-attrs))";

/// Once over the module again, with everything inlined.
const LATE: &str = "globalopt,globaldce,recompute-globalsaa,function<eager-inv>(lower-constant-intrinsics,\
    loop(loop-rotate<header-duplication;no-prepare-for-lto>,loop-deletion),infer-alignment,\
    simplifycfg<forward-switch-cond;switch-range-to-icmp;switch-to-arithmetic;switch-to-lookup;no-keep-loops;\
    hoist-common-insts;sink-common-insts>,\
    vector-combine,INSTCOMBINE,loop-unroll<O3>,sroa<preserve-cfg>,infer-alignment,INSTCOMBINE,\
    loop-mssa(licm<allowspeculation>),infer-address-spaces,instsimplify,\
    simplifycfg<switch-range-to-icmp;switch-to-arithmetic;hoist-loads-stores-with-cond-faulting;\
    speculate-unpredictables>),amdgpu-attributor,globaldce,constmerge";

/// One round of instcombine; the pass builder's own default insists on a fixed point.
const INSTCOMBINE: &str = "instcombine<max-iterations=1;no-verify-fixpoint>";

/// The passes of `-O0` to `-O3`.
pub fn pipeline(level: u8) -> String {
    match level {
        // Without any optimisation every register would live in scratch.
        0 => "function(sroa),default<O0>,function(infer-address-spaces)".to_owned(),
        1 => "default<O1>".to_owned(),
        2 => "default<O2>".to_owned(),
        _ => [PROMOTE, MODULE, FUNCTIONS, LATE].join(",").replace("INSTCOMBINE", INSTCOMBINE),
    }
}
