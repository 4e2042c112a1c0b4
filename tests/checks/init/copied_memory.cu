//! check = "init"
// Copying fresh memory makes it no better.
#include "../check.h"

__global__ void twice(const int* a, int* out) { out[threadIdx.x] = 2 * a[threadIdx.x]; } // finding: init: an undefined value is stored

int main()
{
    int* a = nullptr;
    CUDA(cudaMalloc(&a, 64 * sizeof(int)));
    int* b = zeroed<int>(64);
    CUDA(cudaMemcpy(b, a, 64 * sizeof(int), cudaMemcpyDeviceToDevice));
    twice<<<1, 64>>>(b, zeroed<int>(64));
    return finish();
}
