// Integer intrinsics and divisions of 8 to 64 bits against the host's arithmetic.
#include "check.h"

using Long  = long long;
using ULong = unsigned long long;

constexpr int results = 24;

__global__ void evaluate(const ULong* a, const ULong* b, ULong* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    const ULong    x = a[i];
    const ULong    y = b[i];
    const unsigned u = static_cast<unsigned>(x);
    const unsigned v = static_cast<unsigned>(y);
    ULong*         r = out + i * results;
    *r++             = __popc(u);
    *r++             = __popcll(x);
    *r++             = __clz(static_cast<int>(u));
    *r++             = __clzll(static_cast<Long>(x));
    *r++             = __ffs(static_cast<int>(u));
    *r++             = __ffsll(static_cast<Long>(x));
    *r++             = __brev(u);
    *r++             = __brevll(x);
    *r++             = __umulhi(u, v);
    *r++             = static_cast<ULong>(static_cast<Long>(__mulhi(static_cast<int>(u), static_cast<int>(v))));
    *r++             = __umul64hi(x, y);
    *r++             = static_cast<ULong>(__mul64hi(static_cast<Long>(x), static_cast<Long>(y)));
    *r++             = static_cast<unsigned>(__mul24(static_cast<int>(u), static_cast<int>(v)));
    *r++             = __byte_perm(u, v, 0x5140);
    *r++             = __funnelshift_l(u, v, static_cast<unsigned>(i));
    *r++             = __funnelshift_r(u, v, static_cast<unsigned>(i));
    *r++             = u / (v | 1);
    *r++             = static_cast<ULong>(static_cast<Long>(static_cast<int>(u) / static_cast<int>(v | 1)));
    *r++             = static_cast<ULong>(static_cast<Long>(static_cast<int>(u) % static_cast<int>(v | 1)));
    *r++             = x / (y >> 20 | 1);
    *r++             = static_cast<ULong>(static_cast<Long>(x) % static_cast<Long>(y >> 30 | 1));
    *r++             = static_cast<unsigned char>(u) / static_cast<unsigned char>(v | 1);
    *r++             = static_cast<ULong>(static_cast<Long>(static_cast<short>(static_cast<short>(u) * static_cast<short>(v))));
    *r++             = static_cast<ULong>(static_cast<Long>(x) >> (i % 64)) ^ x << (i * 5 % 64);
}

void host(ULong x, ULong y, int i, ULong* r)
{
    const unsigned u = static_cast<unsigned>(x);
    const unsigned v = static_cast<unsigned>(y);
    const auto     reversed = [](ULong value, int bits)
    {
        ULong result = 0;
        for (int k = 0; k < bits; ++k) { result |= (value >> k & 1) << (bits - 1 - k); }
        return result;
    };
    const auto signExtended = [](int value) { return static_cast<int>(static_cast<unsigned>(value) << 8) >> 8; };
    const unsigned char bytes[8] = { static_cast<unsigned char>(u),       static_cast<unsigned char>(u >> 8),
                                     static_cast<unsigned char>(u >> 16), static_cast<unsigned char>(u >> 24),
                                     static_cast<unsigned char>(v),       static_cast<unsigned char>(v >> 8),
                                     static_cast<unsigned char>(v >> 16), static_cast<unsigned char>(v >> 24) };
    const ULong joined = static_cast<ULong>(v) << 32 | u;
    *r++ = __builtin_popcount(u);
    *r++ = __builtin_popcountll(x);
    *r++ = u == 0 ? 32 : __builtin_clz(u);
    *r++ = x == 0 ? 64 : __builtin_clzll(x);
    *r++ = __builtin_ffs(static_cast<int>(u));
    *r++ = __builtin_ffsll(static_cast<Long>(x));
    *r++ = reversed(u, 32);
    *r++ = reversed(x, 64);
    *r++ = static_cast<ULong>(u) * v >> 32;
    *r++ = static_cast<ULong>(static_cast<Long>(static_cast<int>(u)) * static_cast<int>(v) >> 32);
    *r++ = static_cast<ULong>(static_cast<unsigned __int128>(x) * y >> 64);
    *r++ = static_cast<ULong>(static_cast<__int128>(static_cast<Long>(x)) * static_cast<Long>(y) >> 64);
    *r++ = static_cast<unsigned>(static_cast<Long>(signExtended(static_cast<int>(u))) * signExtended(static_cast<int>(v)));
    *r++ = bytes[0] | bytes[4] << 8 | bytes[1] << 16 | static_cast<ULong>(bytes[5]) << 24; // selector 0x5140
    *r++ = static_cast<unsigned>(joined << (i & 31) >> 32);
    *r++ = static_cast<unsigned>(joined >> (i & 31));
    *r++ = u / (v | 1);
    *r++ = static_cast<ULong>(static_cast<Long>(static_cast<int>(u)) / static_cast<int>(v | 1));
    *r++ = static_cast<ULong>(static_cast<Long>(static_cast<int>(u)) % static_cast<int>(v | 1));
    *r++ = x / (y >> 20 | 1);
    *r++ = static_cast<ULong>(static_cast<Long>(x) % static_cast<Long>(y >> 30 | 1));
    *r++ = static_cast<unsigned char>(u) / static_cast<unsigned char>(v | 1);
    *r++ = static_cast<ULong>(static_cast<Long>(static_cast<short>(static_cast<unsigned>(u) * v)));
    *r++ = static_cast<ULong>(static_cast<Long>(x) >> (i % 64)) ^ x << (i * 5 % 64);
}

int main()
{
    const int          n = 700;
    std::vector<ULong> a(n);
    std::vector<ULong> b(n);
    for (int i = 0; i < n; ++i)
    {
        a[i] = static_cast<ULong>(mixed(i)) << 32 | mixed(i + n);
        b[i] = (static_cast<ULong>(mixed(i + 2 * n)) << 32 | mixed(i + 3 * n)) >> (i % 30);
    }
    a[0] = 0;
    b[1] = 0;
    a[2] = ~0ULL;
    a[3] = 1ULL << 63;
    const DeviceArray<ULong> da(a);
    const DeviceArray<ULong> db(b);
    const DeviceArray<ULong> dout(n * results);
    evaluate<<<(n + 127) / 128, 128>>>(da.get(), db.get(), dout.get(), n);
    LAUNCHED();
    const std::vector<ULong> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        ULong wanted[results];
        host(a[i], b[i], i, wanted);
        for (int k = 0; k < results; ++k)
        {
            REQUIRE(out[i * results + k] == wanted[k], "operation %d of %llx, %llx: %llx, expected %llx", k, a[i], b[i],
                    out[i * results + k], wanted[k]);
        }
    }
    return ok();
}
