//! check = "init"
// Only half of the array in shared memory is filled before all of it is used.
#include "../check.h"

__global__ void copy(int* out)
{
    __shared__ int buffer[64];
    if (threadIdx.x < 32) { buffer[threadIdx.x] = out[threadIdx.x]; }
    __syncthreads();
    out[threadIdx.x] = buffer[63 - threadIdx.x]; // finding: init: an undefined value is stored
}

int main()
{
    copy<<<1, 64>>>(zeroed<int>(64));
    return finish();
}
