//! check = "init"
// Fresh device memory decides on a branch.
#include "../check.h"

__global__ void count(const int* a, int* out)
{
    if (a[threadIdx.x] > 0) { atomicAdd(out, 1); } // finding: init: a branch depends on an undefined value
}

int main()
{
    int* a = nullptr;
    CUDA(cudaMalloc(&a, 64 * sizeof(int)));
    count<<<1, 64>>>(a, zeroed<int>(1));
    return finish();
}
