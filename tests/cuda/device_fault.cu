// A kernel that stores to an address of nobody fails at the next synchronisation, the error stays until the device is reset,
// and afterwards the device works.
#include "check.h"

__global__ void store(int* where, int value) { where[threadIdx.x] = value; }

int main()
{
    int* good = nullptr;
    CUDA(cudaMalloc(&good, 64 * sizeof(int)));
    store<<<1, 64>>>(good, 7);
    LAUNCHED();

    store<<<1, 64>>>(reinterpret_cast<int*>(0x1000), 7);
    // The launch itself is in order; whether the fault has happened by now is a matter of time.
    CUDA_FAILS(cudaErrorIllegalAddress, cudaDeviceSynchronize());
    int* more = nullptr;
    CUDA_FAILS(cudaErrorIllegalAddress, cudaMalloc(&more, 4)); // sticky

    CUDA(cudaDeviceReset());
    (void)cudaGetLastError(); // the calls above left it
    CUDA(cudaMalloc(&good, 64 * sizeof(int)));
    store<<<1, 64>>>(good, 9);
    LAUNCHED();
    int values[64];
    CUDA(cudaMemcpy(values, good, sizeof values, cudaMemcpyDeviceToHost));
    for (const int value : values) { REQUIRE(value == 9, "%d", value); }
    CUDA(cudaFree(good));
    return ok();
}
