//! also = [["-Xptxas", "--warp-mapping=split"]]
// __match_any_sync and __match_all_sync, 32 and 64 bits, and a sum by key built from them.
#include "check.h"

struct Matches
{
    unsigned any;
    unsigned anyLong;
    unsigned all;
    int      same;
};

__global__ void match(const unsigned* in, Matches* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    Matches   m;
    m.any     = __match_any_sync(0xffffffffU, in[i]);
    m.anyLong = __match_any_sync(0xffffffffU, static_cast<unsigned long long>(in[i]) << 33);
    m.all     = __match_all_sync(0xffffffffU, in[i], &m.same);
    out[i]    = m;
}

/// The first lane of each key adds the key's count for its warp.
__global__ void countByKey(const unsigned* keys, int n, int* counts)
{
    const int      i      = blockIdx.x * blockDim.x + threadIdx.x;
    const unsigned active = __ballot_sync(0xffffffffU, i < n);
    if (i >= n) { return; }
    const unsigned peers = __match_any_sync(active, keys[i]);
    if (__ffs(peers) - 1 == static_cast<int>(threadIdx.x % 32)) { atomicAdd(&counts[keys[i]], __popc(peers)); }
}

int main()
{
    const int             n = 192;
    std::vector<unsigned> in(n);
    for (int i = 0; i < n; ++i) { in[i] = i / 32 == 2 ? 77 : mixed(i) % (i / 32 + 2); }
    const DeviceArray<unsigned> din(in);
    const DeviceArray<Matches>  dout(n);
    match<<<2, 96>>>(din.get(), dout.get());
    LAUNCHED();
    const std::vector<Matches> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        unsigned peers = 0;
        for (int lane = 0; lane < 32; ++lane) { peers |= (in[i / 32 * 32 + lane] == in[i] ? 1U : 0U) << lane; }
        REQUIRE(out[i].any == peers && out[i].anyLong == peers, "thread %d: %08x and %08x, expected %08x", i, out[i].any, out[i].anyLong,
                peers);
        const unsigned all = peers == ~0U ? ~0U : 0U;
        REQUIRE(out[i].all == all && (out[i].same != 0) == (all != 0), "thread %d: all %08x, %d", i, out[i].all, out[i].same);
    }

    const int             m = 1003;
    std::vector<unsigned> keys(m);
    std::vector<int>      counts(13, 0);
    for (int i = 0; i < m; ++i)
    {
        keys[i] = mixed(i + n) % 13;
        ++counts[keys[i]];
    }
    const DeviceArray<unsigned> dkeys(keys);
    DeviceArray<int>            dcounts(13);
    dcounts.fillBytes(0);
    countByKey<<<(m + 127) / 128, 128>>>(dkeys.get(), m, dcounts.get());
    LAUNCHED();
    const std::vector<int> found = dcounts.download();
    for (int k = 0; k < 13; ++k) { REQUIRE(found[k] == counts[k], "key %d: %d, expected %d", k, found[k], counts[k]); }
    return ok();
}
