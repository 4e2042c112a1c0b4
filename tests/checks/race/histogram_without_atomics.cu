//! check = "race"
// Counting in shared memory with plain increments.
#include "../check.h"

__global__ void histogram(const int* values, int* counts)
{
    __shared__ int local[16];
    if (threadIdx.x < 16) { local[threadIdx.x] = 0; }
    __syncthreads();
    local[values[threadIdx.x]] += 1; // finding: race: of LDS
    __syncthreads();
    if (threadIdx.x < 16) { counts[threadIdx.x] = local[threadIdx.x]; }
}

int main()
{
    histogram<<<1, 128>>>(zeroed<int>(128), zeroed<int>(16));
    return finish();
}
