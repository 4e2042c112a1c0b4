//! check = "memory"
// A histogram with a bucket too few.
#include "../check.h"

__global__ void histogram(const int* values, int* counts) { atomicAdd(&counts[values[threadIdx.x]], 1); } // finding in a header: memory: atomic out of bounds

int main()
{
    int  values[64];
    int* device = zeroed<int>(64);
    for (int i = 0; i < 64; ++i) { values[i] = i % 17; }
    CUDA(cudaMemcpy(device, values, sizeof values, cudaMemcpyHostToDevice));
    histogram<<<1, 64>>>(device, zeroed<int>(16));
    return finish();
}
