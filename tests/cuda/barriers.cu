//! also = [["-Xptxas", "--warp-mapping=split"]]
// Barriers that count and decide, barriers in loops of a block-wide number of rounds, and threads that have left before.
#include "check.h"

__global__ void countVotes(const int* in, int n, int* counts, int* all, int* any)
{
    const int i    = blockIdx.x * blockDim.x + threadIdx.x;
    const int odd  = i < n && (in[i] & 1);
    const int sum  = __syncthreads_count(odd);
    const int each = __syncthreads_and(odd);
    const int some = __syncthreads_or(odd);
    if (threadIdx.x == 0)
    {
        counts[blockIdx.x] = sum;
        all[blockIdx.x]    = each != 0;
        any[blockIdx.x]    = some != 0;
    }
}

/// Rotates values round the block, one place a round; the upper threads leave at once.
__global__ void rotate(const int* in, int* out, int active, int rounds)
{
    __shared__ int ring[256];
    const int      t = threadIdx.x;
    if (t >= active) { return; }
    ring[t] = in[t];
    __syncthreads();
    for (int k = 0; k < rounds; ++k)
    {
        const int next = ring[(t + 1) % active];
        __syncthreads();
        ring[t] = next + 1;
        __syncthreads();
    }
    out[t] = ring[t];
}

int main()
{
    const int        blocks  = 5;
    const int        threads = 96;
    const int        n       = blocks * threads - 17;
    std::vector<int> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i)); }
    for (int i = 0; i < threads; ++i) { in[i] |= 1; } // all odd in the first block
    for (int i = threads; i < 2 * threads; ++i) { in[i] &= ~1; } // none in the second
    const DeviceArray<int> din(in);
    const DeviceArray<int> dcounts(blocks);
    const DeviceArray<int> dall(blocks);
    const DeviceArray<int> dany(blocks);
    countVotes<<<blocks, threads>>>(din.get(), n, dcounts.get(), dall.get(), dany.get());
    LAUNCHED();
    const auto counts = dcounts.download();
    const auto all    = dall.download();
    const auto any    = dany.download();
    for (int b = 0; b < blocks; ++b)
    {
        int wanted = 0;
        for (int i = b * threads; i < (b + 1) * threads && i < n; ++i) { wanted += in[i] & 1; }
        REQUIRE(counts[b] == wanted, "block %d: %d odd, expected %d", b, counts[b], wanted);
        REQUIRE(all[b] == (wanted == threads) && any[b] == (wanted > 0), "block %d: all %d, any %d", b, all[b], any[b]);
    }

    for (const int active : { 1, 31, 64, 100, 250 })
    {
        const int              rounds = 13;
        const DeviceArray<int> dout(256);
        rotate<<<1, 256>>>(din.get(), dout.get(), active, rounds);
        LAUNCHED();
        const std::vector<int> out = dout.download();
        for (int t = 0; t < active; ++t)
        {
            const int wanted = in[(t + rounds) % active] + rounds;
            REQUIRE(out[t] == wanted, "%d active, thread %d: %d, expected %d", active, t, out[t], wanted);
        }
    }
    return ok();
}
