//! also = [["-Xptxas", "--warp-mapping=split"]]
// Votes and ballots see the 32 lanes of a warp, not its neighbour; compaction of an array by ballots.
#include "check.h"

struct Votes
{
    unsigned ballot;
    int      any;
    int      all;
    unsigned active; // lanes of an if that 5 of 7 enter
    unsigned lanesBelow;
};

__global__ void vote(const int* in, int threshold, Votes* out)
{
    const int  i    = blockIdx.x * blockDim.x + threadIdx.x;
    const int  lane = threadIdx.x % 32;
    const bool over = in[i] > threshold;
    Votes      v;
    v.ballot = __ballot_sync(0xffffffffU, over);
    v.any    = __any_sync(0xffffffffU, over);
    v.all    = __all_sync(0xffffffffU, over);
    v.active = 0;
    if (i % 7 < 5) { v.active = __activemask(); }
    v.lanesBelow = (1U << lane) - 1;
    out[i]       = v;
}

/// Keeps what is over the threshold; the order of warps is free, the order within a warp is kept.
__global__ void compact(const int* in, int n, int threshold, int* out, int* count)
{
    const int      i      = blockIdx.x * blockDim.x + threadIdx.x;
    const int      lane   = threadIdx.x % 32;
    const bool     keep   = i < n && in[i] > threshold;
    const unsigned ballot = __ballot_sync(0xffffffffU, keep);
    int            base   = 0;
    if (lane == 0) { base = atomicAdd(count, __popc(ballot)); }
    base = __shfl_sync(0xffffffffU, base, 0);
    if (keep) { out[base + __popc(ballot & ((1U << lane) - 1))] = in[i]; }
}

int main()
{
    const int        warps = 9;
    const int        n     = warps * 32;
    std::vector<int> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i) % 100); }
    for (int i = 32; i < 64; ++i) { in[i] = 200; } // a warp of which all are over, its wavefront's other warp not
    for (int i = 96; i < 128; ++i) { in[i] = 0; } // and one of which none is
    const DeviceArray<int>   din(in);
    const DeviceArray<Votes> dout(n);
    vote<<<warps / 3, 96>>>(din.get(), 50, dout.get());
    LAUNCHED();
    const std::vector<Votes> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        unsigned ballot = 0;
        unsigned active = 0;
        for (int lane = 0; lane < 32; ++lane)
        {
            const int k = i / 32 * 32 + lane;
            ballot |= (in[k] > 50 ? 1U : 0U) << lane;
            active |= (k % 7 < 5 ? 1U : 0U) << lane;
        }
        REQUIRE(out[i].ballot == ballot, "thread %d: ballot %08x, expected %08x", i, out[i].ballot, ballot);
        REQUIRE((out[i].any != 0) == (ballot != 0), "thread %d: any %d", i, out[i].any);
        REQUIRE((out[i].all != 0) == (ballot == ~0U), "thread %d: all %d", i, out[i].all);
        REQUIRE(out[i].active == (i % 7 < 5 ? active : 0U), "thread %d: active %08x, expected %08x", i, out[i].active, active);
    }

    const int        m = 10001;
    std::vector<int> values(m);
    std::vector<int> seen(1000, 0);
    int              wanted = 0;
    for (int i = 0; i < m; ++i)
    {
        values[i] = static_cast<int>(mixed(i) % 1000);
        if (values[i] > 700)
        {
            ++wanted;
            ++seen[values[i]];
        }
    }
    const DeviceArray<int> dvalues(values);
    const DeviceArray<int> dkept(m);
    DeviceArray<int>       dcount(1);
    dcount.fillBytes(0);
    compact<<<(m + 191) / 192, 192>>>(dvalues.get(), m, 700, dkept.get(), dcount.get());
    LAUNCHED();
    REQUIRE(dcount.download()[0] == wanted, "%d kept, expected %d", dcount.download()[0], wanted);
    const std::vector<int> kept = dkept.download();
    for (int i = 0; i < wanted; ++i) { --seen[kept[i]]; }
    for (int v = 0; v < 1000; ++v) { REQUIRE(seen[v] == 0, "value %d is kept %d times too often", v, -seen[v]); }
    return ok();
}
