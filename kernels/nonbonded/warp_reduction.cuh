// Sums over parts of a warp with shuffles, for the 8 x 8 block of the nonbonded kernel.
//
// A warp is 4 rows (j atoms, threadIdx.y) of 8 threads (i atoms, threadIdx.x). Three components are summed at once: after
// a step has put two equal partial sums into neighbouring threads, one of the two takes up another component, so that three
// reductions cost little more than one. In the end the first three threads of each part hold x, y and z.
#pragma once

constexpr unsigned wholeWarp = 0xffffffffU;

/// Sums each row's forces over its 8 threads and adds the sum to `target`, the force on this row's j atom.
__device__ inline void addRowSum(float3 force, float* target, int column)
{
    force.x += __shfl_down_sync(wholeWarp, force.x, 1);
    force.y += __shfl_up_sync(wholeWarp, force.y, 1);
    force.z += __shfl_down_sync(wholeWarp, force.z, 1);
    if (column & 1) { force.x = force.y; } // even threads go on with x, odd ones with y

    force.x += __shfl_down_sync(wholeWarp, force.x, 2);
    force.z += __shfl_up_sync(wholeWarp, force.z, 2);
    if (column & 2) { force.x = force.z; } // of four threads: x, y, z, z

    force.x += __shfl_down_sync(wholeWarp, force.x, 4);
    if (column < 3) { atomicAdd(target + column, force.x); }
}

/// Sums each column's forces over the 4 rows of the warp and adds the sum to `target`, the force on this column's i atom.
/// Rows 0, 1 and 2 of the warp return the sum's x, y and z; the value of row 3 means nothing.
__device__ inline float addColumnSum(float3 force, float* target, int row)
{
    force.x += __shfl_down_sync(wholeWarp, force.x, 8);
    force.y += __shfl_up_sync(wholeWarp, force.y, 8);
    force.z += __shfl_down_sync(wholeWarp, force.z, 8);
    if (row & 1) { force.x = force.y; }

    force.x += __shfl_down_sync(wholeWarp, force.x, 16);
    force.z += __shfl_up_sync(wholeWarp, force.z, 16);
    if (row & 2) { force.x = force.z; }

    const int component = row & 3;
    if (component < 3) { atomicAdd(target + component, force.x); }
    return force.x;
}

/// Sums a row over its 8 threads; the sum is in the first of them.
__device__ inline float rowSum(float value)
{
#pragma unroll
    for (int distance = 4; distance > 0; distance /= 2) { value += __shfl_down_sync(wholeWarp, value, distance); }
    return value;
}

/// The sum over the warp, in its first thread.
__device__ inline float warpSum(float value)
{
#pragma unroll
    for (int distance = 16; distance > 0; distance /= 2) { value += __shfl_down_sync(wholeWarp, value, distance); }
    return value;
}
