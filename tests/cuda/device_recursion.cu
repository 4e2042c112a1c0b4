//! also = [["-G"]]
// Recursion as deep as the stack limit allows: the limit says how much a thread has, and a frame that does not fit fails the
// launch instead of the neighbour's memory.
#include "check.h"

// Each call looks at its caller's frame, so that no compiler can make a loop of it.
__device__ __noinline__ int depth(int n, int* trail, const volatile int* caller)
{
    volatile int frame[16];
    for (int i = 0; i < 16; ++i) { frame[i] = n + i; }
    trail[n & 7] = caller[n & 15];
    if (n == 0) { return 0; }
    const int below = depth(n - 1, trail, frame);
    return below + (frame[n & 15] == n + (n & 15) && caller[3] >= 0);
}

// Ackermann's function calls itself twice over, deep and wide.
__device__ __noinline__ int ackermann(int m, int n)
{
    if (m == 0) { return n + 1; }
    if (n == 0) { return ackermann(m - 1, 1); }
    return ackermann(m - 1, ackermann(m, n - 1));
}

__global__ void dive(int levels, int* results, int* trails)
{
    const int i         = blockIdx.x * blockDim.x + threadIdx.x;
    int       first[16] = {};
    results[i]          = depth(levels + i % 7, trails + 8 * i, first);
}

__global__ void climb(int* results) { results[threadIdx.x] = ackermann(2, threadIdx.x); }

int main()
{
    size_t size = 0;
    CUDA(cudaDeviceGetLimit(&size, cudaLimitStackSize));
    REQUIRE(size >= 1024, "%zu", size);
    constexpr int    threads = 130;
    DeviceArray<int> results(threads), trails(8 * threads);
    dive<<<2, 65>>>(10, results.get(), trails.get());
    LAUNCHED();
    std::vector<int> got = results.download();
    for (int i = 0; i < threads; ++i) { REQUIRE(got[i] == 10 + i % 7, "thread %d: %d", i, got[i]); }

    CUDA(cudaDeviceSetLimit(cudaLimitStackSize, 100 * 1024));
    CUDA(cudaDeviceGetLimit(&size, cudaLimitStackSize));
    REQUIRE(size == 100 * 1024, "%zu", size);
    dive<<<2, 65>>>(300, results.get(), trails.get());
    LAUNCHED();
    got = results.download();
    for (int i = 0; i < threads; ++i) { REQUIRE(got[i] == 300 + i % 7, "thread %d: %d", i, got[i]); }
    climb<<<1, 20>>>(results.get());
    LAUNCHED();
    got = results.download();
    for (int i = 0; i < 20; ++i) { REQUIRE(got[i] == 2 * i + 3, "A(2, %d) = %d", i, got[i]); }

    // Too deep for the stack that there is.
    CUDA(cudaDeviceSetLimit(cudaLimitStackSize, 1024));
    dive<<<2, 65>>>(3000, results.get(), trails.get());
    const cudaError_t failed = cudaDeviceSynchronize();
    REQUIRE(failed == cudaErrorIllegalAddress || failed == cudaErrorLaunchFailure, "%s", cudaGetErrorName(failed));
    CUDA(cudaDeviceReset());
    CUDA_FAILS(cudaErrorInvalidValue, cudaDeviceSetLimit(cudaLimitStackSize, size_t(1) << 30));
    return ok();
}
