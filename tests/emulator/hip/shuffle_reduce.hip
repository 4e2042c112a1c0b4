// HIP's own shuffles, ballots and a block-wide sum on wavefronts of 64, as its headers implement them.
#include "check.h"

__device__ int waveSum(int v)
{
    for (int d = wavefront / 2; d > 0; d /= 2) { v += __shfl_down(v, d); }
    return v;
}

__global__ void blockSum(const int* in, int* out)
{
    __shared__ int sums[16];
    const int      i     = blockIdx.x * blockDim.x + threadIdx.x;
    const int      lane  = threadIdx.x % wavefront;
    const int      wave  = threadIdx.x / wavefront;
    const int      waves = blockDim.x / wavefront;
    const int      sum   = waveSum(in[i]);
    if (lane == 0) { sums[wave] = sum; }
    __syncthreads();
    int total = 0;
    for (int w = 0; w < waves; ++w) { total += sums[w]; }
    out[i] = total;
}

__global__ void segments(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    int       v = in[i];
    for (int d = 4; d > 0; d /= 2) { v += __shfl_xor(v, d, 8); }
    const int above = __shfl_up(v, 8);
    out[i]          = v * 3 + above + __shfl(v, 17);
}

__global__ void ranks(const int* in, int* out)
{
    const int                i    = blockIdx.x * blockDim.x + threadIdx.x;
    const int                lane = threadIdx.x % wavefront;
    const unsigned long long odd  = __ballot(in[i] & 1);
    out[i]                        = -1;
    if (in[i] & 1) { out[i] = __popcll(odd & ((1ULL << lane) - 1)); }
}

int main()
{
    const int              block    = 3 * wavefront;
    const std::vector<int> in       = input(4 * block);
    const std::vector<int> sums     = run(blockSum, in, block);
    const std::vector<int> combined = run(segments, in, block);
    const std::vector<int> places   = run(ranks, in, block);
    const auto             segment  = [&](int i)
    {
        int sum = 0;
        for (int k = 0; k < 8; ++k) { sum += in[i / 8 * 8 + k]; }
        return sum;
    };
    for (int i = 0; i < static_cast<int>(in.size()); ++i)
    {
        int total = 0;
        for (int k = 0; k < block; ++k) { total += in[i / block * block + k]; }
        REQUIRE(sums[i] == total, "thread %d: %d, expected %d", i, sums[i], total);
        const int first  = i / wavefront * wavefront;
        const int wanted = segment(i) * 3 + segment(i - first >= 8 ? i - 8 : i) + segment(first + 17);
        REQUIRE(combined[i] == wanted, "thread %d: %d, expected %d", i, combined[i], wanted);
        int rank = 0;
        for (int k = first; k < i; ++k) { rank += in[k] & 1; }
        REQUIRE(places[i] == (in[i] & 1 ? rank : -1), "thread %d: place %d, expected %d", i, places[i], rank);
    }
    return ok();
}
