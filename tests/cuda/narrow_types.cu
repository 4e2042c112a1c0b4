// Values of 8 and 16 bits: loads, stores and arithmetic that wraps, vectors of them, bit-fields, booleans, conversions to and from
// floating point.
#include "check.h"

struct Packed
{
    unsigned low : 5;
    int      middle : 7;
    unsigned high : 20;
};

struct Results
{
    signed char    sum;
    unsigned char  product;
    short          difference;
    unsigned short shifted;
    bool           less;
    uchar4         reversed;
    short2         swapped;
    Packed         packed;
    unsigned char  fromFloat;
    short          fromDouble;
    float          toFloat;
};

__host__ __device__ inline Results evaluate(uchar4 b, short2 s)
{
    Results r;
    r.sum           = static_cast<signed char>(static_cast<signed char>(b.x) + static_cast<signed char>(b.y));
    r.product       = static_cast<unsigned char>(b.x * b.z);
    r.difference    = static_cast<short>(s.x - s.y);
    r.shifted       = static_cast<unsigned short>(static_cast<unsigned short>(s.x) >> (b.w % 16));
    r.less          = static_cast<signed char>(b.x) < static_cast<signed char>(b.w);
    r.reversed      = make_uchar4(b.w, b.z, b.y, b.x);
    r.swapped       = make_short2(s.y, s.x);
    r.packed.low    = b.x;
    r.packed.middle = static_cast<int>(b.y) - 100;
    r.packed.high   = static_cast<unsigned>(b.z) << 12 | b.w;
    r.fromFloat     = static_cast<unsigned char>(b.x * 0.75F);
    r.fromDouble    = static_cast<short>(s.x * 0.5);
    r.toFloat       = static_cast<float>(s.y) + static_cast<float>(static_cast<signed char>(b.y));
    return r;
}

__global__ void kernel(const uchar4* b, const short2* s, Results* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { out[i] = evaluate(b[i], s[i]); }
}

int main()
{
    const int           n = 513;
    std::vector<uchar4> bytes(n);
    std::vector<short2> shorts(n);
    for (int i = 0; i < n; ++i)
    {
        const unsigned v = mixed(i);
        const unsigned w = mixed(i + n);
        bytes[i]         = make_uchar4(v & 255, v >> 8 & 255, v >> 16 & 255, v >> 24);
        shorts[i]        = make_short2(static_cast<short>(w), static_cast<short>(w >> 16));
    }
    const DeviceArray<uchar4>  dbytes(bytes);
    const DeviceArray<short2>  dshorts(shorts);
    const DeviceArray<Results> dout(n);
    kernel<<<(n + 63) / 64, 64>>>(dbytes.get(), dshorts.get(), dout.get(), n);
    LAUNCHED();
    const std::vector<Results> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        const Results r = out[i];
        const Results w = evaluate(bytes[i], shorts[i]);
        REQUIRE(r.sum == w.sum && r.product == w.product && r.difference == w.difference && r.shifted == w.shifted && r.less == w.less,
                "element %d: %d %d %d %d %d", i, r.sum, r.product, r.difference, r.shifted, r.less);
        REQUIRE(std::memcmp(&r.reversed, &w.reversed, sizeof r.reversed) == 0 && r.swapped.x == w.swapped.x && r.swapped.y == w.swapped.y,
                "element %d: vectors", i);
        REQUIRE(r.packed.low == w.packed.low && r.packed.middle == w.packed.middle && r.packed.high == w.packed.high,
                "element %d: bit-fields %u %d %u", i, r.packed.low, r.packed.middle, r.packed.high);
        REQUIRE(r.fromFloat == w.fromFloat && r.fromDouble == w.fromDouble && r.toFloat == w.toFloat, "element %d: %d %d %g", i, r.fromFloat,
                r.fromDouble, r.toFloat);
    }
    return ok();
}
