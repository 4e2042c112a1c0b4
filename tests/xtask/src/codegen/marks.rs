//! What GROMACS 2026.3's HIP kernels come to, compiled by clang 22 for gfx90a with GROMACS's own flags (the 64-wide
//! variants; none uses scratch). Where several kernels stand behind one figure, the largest and the smallest are given.

/// One HIP kernel, and the CUDA kernel of GROMACS 2022.5 that does its work.
pub struct Mark {
    /// Part of the unit's name.
    pub unit: &'static str,
    /// The CUDA kernel.
    pub kernel: &'static str,
    /// What the HIP kernel is called here.
    pub hip: &'static str,
    pub instructions: usize,
    pub valu: Option<usize>,
    pub vgprs: usize,
}

const fn mark(
    unit: &'static str,
    kernel: &'static str,
    hip: &'static str,
    instructions: usize,
    valu: Option<usize>,
    vgprs: usize,
) -> Mark {
    Mark { unit, kernel, hip, instructions, valu, vgprs }
}

/// The kernels that can be compared.
pub const MARKS: &[Mark] = &[
    mark(
        "pme_spread",
        "pme_spline_and_spread_kernel<4, true, true, true, true, 1, true, (ThreadsPerAtom)0>",
        "PME spline and spread, order threads an atom",
        400,
        Some(281),
        25,
    ),
    mark(
        "pme_spread",
        "pme_spline_and_spread_kernel<4, true, true, true, true, 1, true, (ThreadsPerAtom)1>",
        "PME spline and spread, order squared",
        278,
        Some(180),
        25,
    ),
    mark(
        "pme_gather",
        "pme_gather_kernel<4, true, true, 1, true, (ThreadsPerAtom)0>",
        "PME gather, order",
        382,
        Some(240),
        43,
    ),
    mark(
        "pme_gather",
        "pme_gather_kernel<4, true, true, 1, true, (ThreadsPerAtom)1>",
        "PME gather, order squared",
        241,
        Some(140),
        27,
    ),
    mark("pme_solve", "pme_solve_kernel<(GridOrdering)0, false, 0>", "PME solve", 173, Some(87), 15),
    mark("pme_solve", "pme_solve_kernel<(GridOrdering)0, true, 0>", "PME solve, energy", 368, Some(191), 16),
    mark("lincs", "gmx::lincs_kernel<false, false>", "LINCS, the smallest", 1234, Some(633), 107),
    mark("lincs", "gmx::lincs_kernel<true, true>", "LINCS, the largest", 1526, Some(749), 111),
    mark("settle", "gmx::settle_kernel<false, false>", "SETTLE, the smallest", 273, Some(244), 51),
    mark("settle", "gmx::settle_kernel<true, true>", "SETTLE, the largest", 508, Some(341), 62),
    mark("listed_forces", "gmx::exec_kernel_gpu<false, false>", "bonded, forces", 5130, Some(3602), 47),
    mark(
        "listed_forces",
        "gmx::exec_kernel_gpu<true, true>",
        "bonded, energy and shift",
        6108,
        Some(4177),
        58,
    ),
    mark(
        "leapfrog",
        "gmx::leapfrog_kernel<(gmx::NumTempScaleValues)0, (gmx::VelocityScalingType)0>",
        "leap-frog, the smallest",
        37,
        None,
        18,
    ),
    mark(
        "leapfrog",
        "gmx::leapfrog_kernel<(gmx::NumTempScaleValues)2, (gmx::VelocityScalingType)1>",
        "leap-frog, the largest",
        58,
        None,
        22,
    ),
    mark(
        "gpuforcereduction",
        "gmx::reduceKernel<false, false>",
        "force reduction, the smallest",
        24,
        None,
        7,
    ),
    mark("gpuforcereduction", "gmx::reduceKernel<true, true>", "force reduction, the largest", 33, None, 16),
    mark("update_constrain", "gmx::scaleCoordinates_kernel", "scaling of coordinates", 22, Some(18), 10),
    mark("pruneonly", "nbnxn_kernel_prune_cuda<true>", "pruning, fresh list", 987, Some(457), 19),
    mark("pruneonly", "nbnxn_kernel_prune_cuda<false>", "pruning, rolling", 796, Some(449), 21),
    mark(
        "buffer_ops",
        "nbnxn_gpu_x_to_nbat_x_kernel",
        "coordinates to the nonbonded layout",
        45,
        Some(13),
        6,
    ),
    mark("haloexchange", "gmx::packSendBufKernel<true>", "packing a halo", 30, Some(12), 8),
];
