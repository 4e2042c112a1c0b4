// Histograms with atomics: counts in global memory, counts in shared memory first, and weights in f32 in both.
#include "check.h"

constexpr int bins = 61;

__global__ void countGlobal(const unsigned* in, int n, unsigned* counts)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    {
        atomicAdd(&counts[in[i] % bins], 1U);
    }
}

__global__ void countShared(const unsigned* in, int n, unsigned* counts, float* weights)
{
    __shared__ unsigned localCounts[bins];
    __shared__ float    localWeights[bins];
    for (int b = threadIdx.x; b < bins; b += blockDim.x)
    {
        localCounts[b]  = 0;
        localWeights[b] = 0.0F;
    }
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    {
        atomicAdd(&localCounts[in[i] % bins], 1U);
        atomicAdd(&localWeights[in[i] % bins], static_cast<float>(in[i] % 8));
    }
    __syncthreads();
    for (int b = threadIdx.x; b < bins; b += blockDim.x)
    {
        atomicAdd(&counts[b], localCounts[b]);
        atomicAdd(&weights[b], localWeights[b]);
    }
}

int main()
{
    const int             n = 30011;
    std::vector<unsigned> in(n);
    std::vector<unsigned> counts(bins, 0);
    std::vector<double>   weights(bins, 0);
    for (int i = 0; i < n; ++i)
    {
        in[i] = mixed(i);
        counts[in[i] % bins] += 1;
        weights[in[i] % bins] += in[i] % 8;
    }
    const DeviceArray<unsigned> din(in);
    for (const bool shared : { false, true })
    {
        DeviceArray<unsigned> dcounts(bins);
        DeviceArray<float>    dweights(bins);
        dcounts.fillBytes(0);
        dweights.fillBytes(0);
        if (shared) { countShared<<<9, 128>>>(din.get(), n, dcounts.get(), dweights.get()); }
        else { countGlobal<<<9, 128>>>(din.get(), n, dcounts.get()); }
        LAUNCHED();
        const std::vector<unsigned> found = dcounts.download();
        const std::vector<float>    sums  = dweights.download();
        for (int b = 0; b < bins; ++b)
        {
            REQUIRE(found[b] == counts[b], "shared %d, bin %d: %u, expected %u", shared, b, found[b], counts[b]);
            REQUIRE(!shared || sums[b] == weights[b], "bin %d: weight %g, expected %g", b, sums[b], weights[b]);
        }
    }
    return ok();
}
