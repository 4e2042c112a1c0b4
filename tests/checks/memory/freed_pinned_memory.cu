//! check = "memory"
// A kernel writes its result to pinned memory that is gone.
#include "../check.h"

__global__ void result(int* out) { *out = 42; } // finding: memory: write of freed memory

int main()
{
    int* out = nullptr;
    CUDA(cudaMallocHost(&out, sizeof *out));
    CUDA(cudaFreeHost(out));
    result<<<1, 1>>>(out);
    return finish();
}
