//! flags = ["-arch=sm_80"]
// The reductions of a warp that compute capability 8.0 brought: sums, extremes and bitwise, over all lanes and over some.
#include "check.h"

struct Reduced
{
    unsigned sum;
    int      low;
    unsigned high;
    unsigned conjunction;
    unsigned disjunction;
    unsigned parity;
    unsigned part; // sum over the lanes of the same remainder by 3
};

__global__ void reduce(const unsigned* in, Reduced* out)
{
    const int      i    = blockIdx.x * blockDim.x + threadIdx.x;
    const unsigned all  = 0xffffffffU;
    const unsigned v    = in[i];
    const int      lane = threadIdx.x % 32;
    Reduced        r;
    r.sum         = __reduce_add_sync(all, v);
    r.low         = __reduce_min_sync(all, static_cast<int>(v));
    r.high        = __reduce_max_sync(all, v);
    r.conjunction = __reduce_and_sync(all, v | 0xfff00000U);
    r.disjunction = __reduce_or_sync(all, v & 0xffU);
    r.parity      = __reduce_xor_sync(all, v);
    r.part        = 0;
    const unsigned third = 0x49249249U; // lanes 0, 3, 6, ...
    if (lane % 3 == 0) { r.part = __reduce_add_sync(third, v); }
    out[i] = r;
}

int main()
{
    const int             n = 5 * 96;
    std::vector<unsigned> in(n);
    for (int i = 0; i < n; ++i) { in[i] = mixed(i); }
    const DeviceArray<unsigned> din(in);
    const DeviceArray<Reduced>  dout(n);
    reduce<<<5, 96>>>(din.get(), dout.get());
    LAUNCHED();
    const std::vector<Reduced> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        Reduced w = { 0, 0x7fffffff, 0, ~0U, 0, 0, 0 };
        for (int lane = 0; lane < 32; ++lane)
        {
            const unsigned v = in[i / 32 * 32 + lane];
            w.sum += v;
            w.low  = static_cast<int>(v) < w.low ? static_cast<int>(v) : w.low;
            w.high = v > w.high ? v : w.high;
            w.conjunction &= v | 0xfff00000U;
            w.disjunction |= v & 0xffU;
            w.parity ^= v;
            w.part += lane % 3 == 0 ? v : 0;
        }
        if (i % 32 % 3 != 0) { w.part = 0; }
        const Reduced r = out[i];
        REQUIRE(r.sum == w.sum && r.low == w.low && r.high == w.high, "thread %d: %u %d %u, expected %u %d %u", i, r.sum, r.low, r.high, w.sum,
                w.low, w.high);
        REQUIRE(r.conjunction == w.conjunction && r.disjunction == w.disjunction && r.parity == w.parity, "thread %d: %x %x %x", i, r.conjunction,
                r.disjunction, r.parity);
        REQUIRE(r.part == w.part, "thread %d: part %u, expected %u", i, r.part, w.part);
    }
    return ok();
}
