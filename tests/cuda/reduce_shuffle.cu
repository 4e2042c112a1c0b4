// Sums by shuffles: down the warp, by a butterfly, over blocks of an odd number of warps, and over segments of a warp.
#include "check.h"

constexpr unsigned all = 0xffffffffU;

__device__ float warpSum(float v)
{
    for (int d = 16; d > 0; d /= 2) { v += __shfl_down_sync(all, v, d); }
    return v;
}

__global__ void blockSums(const float* in, int n, float* out)
{
    __shared__ float perWarp[32];
    const int        i     = blockIdx.x * blockDim.x + threadIdx.x;
    const int        lane  = threadIdx.x % 32;
    const int        warp  = threadIdx.x / 32;
    const int        warps = blockDim.x / 32;
    const float      sum   = warpSum(i < n ? in[i] : 0.0F);
    if (lane == 0) { perWarp[warp] = sum; }
    __syncthreads();
    if (warp == 0)
    {
        const float total = warpSum(lane < warps ? perWarp[lane] : 0.0F);
        if (lane == 0) { out[blockIdx.x] = total; }
    }
}

/// Every lane gets the sum of its segment of `width` lanes; width a power of two.
__global__ void segmentSums(const int* in, int* out, int n, int width)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    int       v = i < n ? in[i] : 0;
    for (int d = width / 2; d > 0; d /= 2) { v += __shfl_xor_sync(all, v, d, width); }
    if (i < n) { out[i] = v; }
}

int main()
{
    const int          n = 54321;
    std::vector<float> in(n);
    double             wanted = 0;
    for (int i = 0; i < n; ++i)
    {
        in[i] = static_cast<float>(static_cast<int>(mixed(i) % 201) - 100);
        wanted += in[i];
    }
    const DeviceArray<float> din(in);
    for (const int threads : { 32, 96, 160, 1024 })
    {
        const int                blocks = (n + threads - 1) / threads;
        const DeviceArray<float> dout(blocks);
        blockSums<<<blocks, threads>>>(din.get(), n, dout.get());
        LAUNCHED();
        double sum = 0;
        for (const float part : dout.download()) { sum += part; }
        REQUIRE(sum == wanted, "%d threads: %g, expected %g", threads, sum, wanted);
    }

    const int        m = 1000;
    std::vector<int> values(m);
    for (int i = 0; i < m; ++i) { values[i] = static_cast<int>(mixed(i + n) % 1000); }
    const DeviceArray<int> dvalues(values);
    for (const int width : { 1, 2, 4, 8, 16, 32 })
    {
        const DeviceArray<int> dout(m);
        segmentSums<<<(m + 95) / 96, 96>>>(dvalues.get(), dout.get(), m, width);
        LAUNCHED();
        const std::vector<int> out = dout.download();
        for (int i = 0; i < m; ++i)
        {
            int       sum   = 0;
            const int first = i / width * width; // blocks are a multiple of the width, so segments do not straddle them
            for (int k = first; k < first + width && k < m; ++k) { sum += values[k]; }
            REQUIRE(out[i] == sum, "width %d, element %d: %d, expected %d", width, i, out[i], sum);
        }
    }
    return ok();
}
