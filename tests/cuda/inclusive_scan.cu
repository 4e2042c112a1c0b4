//! also = [["-Xptxas", "--warp-mapping=split"]]
// An inclusive scan of any length in three kernels: scan of each block by shuffles, scan of the blocks' sums, addition.
#include "check.h"

constexpr int threads = 224; // seven warps: the last wavefront is half empty

__device__ int warpInclusive(int v, int lane)
{
    for (int d = 1; d < 32; d *= 2)
    {
        const int left = __shfl_up_sync(0xffffffffU, v, d);
        if (lane >= d) { v += left; }
    }
    return v;
}

__device__ int blockInclusive(int v)
{
    __shared__ int warpSums[32];
    const int      lane = threadIdx.x & 31;
    const int      warp = threadIdx.x >> 5;
    v                   = warpInclusive(v, lane);
    if (lane == 31) { warpSums[warp] = v; }
    __syncthreads();
    if (warp == 0)
    {
        const int sums = warpInclusive(lane < threads / 32 ? warpSums[lane] : 0, lane);
        warpSums[lane] = sums;
    }
    __syncthreads();
    return warp == 0 ? v : v + warpSums[warp - 1];
}

__global__ void scanBlocks(const int* in, int* out, int* sums, int n)
{
    const int i = blockIdx.x * threads + threadIdx.x;
    const int v = blockInclusive(i < n ? in[i] : 0);
    if (i < n) { out[i] = v; }
    if (threadIdx.x == threads - 1) { sums[blockIdx.x] = v; }
}

__global__ void scanSums(int* sums, int n)
{
    const int v = blockInclusive(static_cast<int>(threadIdx.x) < n ? sums[threadIdx.x] : 0);
    if (static_cast<int>(threadIdx.x) < n) { sums[threadIdx.x] = v; }
}

__global__ void addSums(int* out, const int* sums, int n)
{
    const int i = blockIdx.x * threads + threadIdx.x;
    if (i < n && blockIdx.x > 0) { out[i] += sums[blockIdx.x - 1]; }
}

int main()
{
    for (const int n : { 1, 31, 32, 225, 10007, threads * threads })
    {
        const int        blocks = (n + threads - 1) / threads;
        std::vector<int> in(n);
        for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i) % 100) - 30; }
        const DeviceArray<int> din(in);
        const DeviceArray<int> dout(n);
        const DeviceArray<int> dsums(blocks);
        scanBlocks<<<blocks, threads>>>(din.get(), dout.get(), dsums.get(), n);
        scanSums<<<1, threads>>>(dsums.get(), blocks);
        addSums<<<blocks, threads>>>(dout.get(), dsums.get(), n);
        LAUNCHED();
        const std::vector<int> out = dout.download();
        int                    sum = 0;
        for (int i = 0; i < n; ++i)
        {
            sum += in[i];
            REQUIRE(out[i] == sum, "n %d, element %d: %d, expected %d", n, i, out[i], sum);
        }
    }
    return ok();
}
