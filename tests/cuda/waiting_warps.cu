//! also = [["-G"]]
// Warps that wait for one another: a lock around a sum, and a scan in which each block waits for the one before it. Two warps folded into
// one wavefront might never get on; the compiler must see it and give each its own.
#include "check.h"

/// One thread of each warp adds under a lock; the sum itself is not atomic.
__global__ void addLocked(int* lock, volatile int* sum)
{
    if (threadIdx.x % 32 == 0)
    {
        while (atomicCAS(lock, 0, 1) != 0) {}
        __threadfence();
        *sum = *sum + static_cast<int>(blockIdx.x * 10 + threadIdx.x / 32);
        __threadfence();
        atomicExch(lock, 0);
    }
}

/// An inclusive scan in one launch: blocks take tickets and wait for the prefix of the block before theirs.
__global__ void scanOnce(const int* in, int* out, int n, int* ticket, volatile int* ready, volatile int* prefix)
{
    __shared__ int values[128];
    __shared__ int block;
    __shared__ int before;
    if (threadIdx.x == 0) { block = atomicAdd(ticket, 1); }
    __syncthreads();
    const int t = threadIdx.x;
    const int i = block * 128 + t;
    values[t]   = i < n ? in[i] : 0;
    __syncthreads();
    for (int d = 1; d < 128; d *= 2)
    {
        const int left = t >= d ? values[t - d] : 0;
        __syncthreads();
        values[t] += left;
        __syncthreads();
    }
    if (t == 0)
    {
        before = 0;
        if (block > 0)
        {
            while (ready[block - 1] == 0) {}
            __threadfence();
            before = prefix[block - 1];
        }
        prefix[block] = before + values[127];
        __threadfence();
        ready[block] = 1;
    }
    __syncthreads();
    if (i < n) { out[i] = before + values[t]; }
}

int main()
{
    DeviceArray<int> lock(2);
    lock.fillBytes(0);
    addLocked<<<20, 96>>>(lock.get(), lock.get() + 1);
    LAUNCHED();
    REQUIRE(lock.download()[1] == 3 * 10 * 190 + 20 * 3, "sum %d", lock.download()[1]);

    const int        n     = 2000;
    const int        parts = (n + 127) / 128;
    std::vector<int> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i) % 100); }
    const DeviceArray<int> din(in);
    const DeviceArray<int> dscan(n);
    DeviceArray<int>       state(1 + 2 * parts);
    state.fillBytes(0);
    scanOnce<<<parts, 128>>>(din.get(), dscan.get(), n, state.get(), state.get() + 1, state.get() + 1 + parts);
    LAUNCHED();
    const std::vector<int> scan = dscan.download();
    int                    sum  = 0;
    for (int i = 0; i < n; ++i)
    {
        sum += in[i];
        REQUIRE(scan[i] == sum, "scan, element %d: %d, expected %d", i, scan[i], sum);
    }
    return ok();
}
