//! also = [["-Xptxas", "--warp-mapping=split"]]
// The two warps of a wavefront go different ways: loops of different lengths with shuffles and votes inside, one warp that
// leaves early, and barriers after they have met again.
#include "check.h"

#include <algorithm>

constexpr unsigned all = 0xffffffffU;

__global__ void work(const int* rounds, const int* in, int* out)
{
    __shared__ int meeting[256];
    const int      t    = threadIdx.x;
    const int      i    = blockIdx.x * blockDim.x + t;
    const int      warp = i / 32;
    int            v    = in[i];
    for (int k = 0; k < rounds[warp]; ++k) // the number of rounds belongs to the warp
    {
        const unsigned odd = __ballot_sync(all, v & 1);
        v += __popc(odd) + __shfl_down_sync(all, v, 1 + k % 3);
        if (rounds[warp] % 2 == 0) { v ^= __shfl_xor_sync(all, v, 5); }
    }
    meeting[t] = v;
    __syncthreads();
    if (rounds[warp] == 0) { return; } // a whole warp leaves
    const int neighbour = meeting[(t + 32) % blockDim.x];
    out[i]              = v * 3 + neighbour;
    for (int k = 0; __any_sync(all, k < (v & 7)); ++k) { out[i] += k; }
}

int main()
{
    const int        threads = 160; // five warps: two wavefronts and a half
    const int        blocks  = 4;
    const int        n       = threads * blocks;
    std::vector<int> rounds(n / 32);
    std::vector<int> in(n);
    for (int w = 0; w < n / 32; ++w) { rounds[w] = static_cast<int>(mixed(w) % 7); }
    for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i) % 1000); }
    const DeviceArray<int> drounds(rounds);
    const DeviceArray<int> din(in);
    DeviceArray<int>       dout(n);
    dout.fillBytes(0);
    work<<<blocks, threads>>>(drounds.get(), din.get(), dout.get());
    LAUNCHED();
    const std::vector<int> out = dout.download();

    std::vector<unsigned> v(in.begin(), in.end());
    for (int w = 0; w < n / 32; ++w)
    {
        unsigned* const lanes = &v[w * 32];
        for (int k = 0; k < rounds[w]; ++k)
        {
            unsigned old[32];
            unsigned odd = 0;
            std::memcpy(old, lanes, sizeof old);
            for (int l = 0; l < 32; ++l) { odd += old[l] & 1; }
            for (int l = 0; l < 32; ++l) { lanes[l] = old[l] + odd + old[l + 1 + k % 3 < 32 ? l + 1 + k % 3 : l]; }
            if (rounds[w] % 2 == 0)
            {
                std::memcpy(old, lanes, sizeof old);
                for (int l = 0; l < 32; ++l) { lanes[l] = old[l] ^ old[l ^ 5]; }
            }
        }
    }
    for (int i = 0; i < n; ++i)
    {
        const int block = i / threads;
        unsigned  most  = 0;
        for (int l = 0; l < 32; ++l) { most = std::max(most, v[i / 32 * 32 + l] & 7); }
        unsigned wanted = v[i] * 3 + v[block * threads + (i % threads + 32) % threads] + most * (most - 1) / 2;
        if (most == 0) { wanted = v[i] * 3 + v[block * threads + (i % threads + 32) % threads]; }
        if (rounds[i / 32] == 0) { wanted = 0; }
        REQUIRE(static_cast<unsigned>(out[i]) == wanted, "thread %d: %u, expected %u", i, static_cast<unsigned>(out[i]), wanted);
    }
    return ok();
}
