//! check = "init"
// Atomics add to a sum that was never set to zero.
#include "../check.h"

__global__ void add(const int* a, int* sum) { atomicAdd(sum, a[threadIdx.x]); } // finding in a header: init: an atomic changes memory that nobody wrote

int main()
{
    int* sum = nullptr;
    CUDA(cudaMalloc(&sum, sizeof *sum));
    add<<<1, 64>>>(zeroed<int>(64), sum);
    return finish();
}
