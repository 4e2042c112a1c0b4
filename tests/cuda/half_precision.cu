// Half precision: every bit pattern converted both ways, arithmetic on single halves and on pairs, and comparisons; against f64 rounded once
// by code of this file.
#include "check.h"

#include <cuda_fp16.h>

constexpr int patterns = 65536;
constexpr int results  = 6;

/// A half is fraction * 2^(exponent - 25), or a subnormal, an infinity, a NaN.
double toDouble(unsigned short bits)
{
    const int    exponent = bits >> 10 & 31;
    const int    fraction = bits & 1023;
    const double sign     = bits >> 15 ? -1 : 1;
    if (exponent == 31) { return fraction ? NAN : sign * INFINITY; }
    return sign * (exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24));
}

/// Rounded to nearest, ties to even. What f64 arithmetic on halves has already rounded is far from a tie, so rounding twice is rounding once.
unsigned short toHalf(double value)
{
    const unsigned short sign = std::signbit(value) ? 0x8000 : 0;
    const double         size = std::fabs(value);
    if (std::isnan(value)) { return 0x7fff; }
    if (size >= 65520) { return sign | 0x7c00; }
    if (size < std::ldexp(1, -14)) { return sign | static_cast<unsigned short>(std::nearbyint(std::ldexp(size, 24))); }
    int          exponent = 0;
    const double scaled   = std::nearbyint(std::ldexp(std::frexp(size, &exponent), 11)); // 1024 .. 2048
    return sign | static_cast<unsigned short>(((exponent + 13) << 10) + static_cast<int>(scaled));
}

bool same(unsigned short a, unsigned short b)
{
    const auto isNan = [](unsigned short v) { return (v & 0x7fff) > 0x7c00; };
    return a == b || (isNan(a) && isNan(b));
}

__global__ void widen(float* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i]      = __half2float(__ushort_as_half(static_cast<unsigned short>(i)));
}

__global__ void narrow(const float* in, unsigned short* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { out[i] = __half_as_ushort(__float2half_rn(in[i])); }
}

__global__ void arithmetic(const unsigned short* a, const unsigned short* b, unsigned short* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    const __half  x    = __ushort_as_half(a[i]);
    const __half  y    = __ushort_as_half(b[i]);
    const __half2 pair = __hfma2(__halves2half2(x, y), __halves2half2(y, y), __halves2half2(x, x)); // x y + x, y y + x
    out[results * i]     = __half_as_ushort(__hadd(x, y));
    out[results * i + 1] = __half_as_ushort(__hmul(x, y));
    out[results * i + 2] = __half_as_ushort(__hsub(x, y));
    out[results * i + 3] = __half_as_ushort(__low2half(pair));
    out[results * i + 4] = __half_as_ushort(__high2half(pair));
    out[results * i + 5] = static_cast<unsigned short>(__hlt(x, y) | __heq(x, y) << 1 | __hge(x, y) << 2);
}

int main()
{
    const DeviceArray<float> dwide(patterns);
    widen<<<patterns / 256, 256>>>(dwide.get());
    LAUNCHED();
    const std::vector<float> wide = dwide.download();
    for (int i = 0; i < patterns; ++i)
    {
        const double wanted = toDouble(static_cast<unsigned short>(i));
        REQUIRE(wide[i] == wanted || (std::isnan(wide[i]) && std::isnan(wanted)), "half %04x: %g, expected %g", i, wide[i], wanted);
    }

    const int          n = 20000;
    std::vector<float> in(n);
    for (int i = 0; i < n; ++i)
    {
        // Near the middles between halves, where rounding decides, and over all magnitudes.
        const float base = wide[mixed(i) % patterns];
        in[i]            = i % 2 ? base * (1.0F + 0x1p-11F * static_cast<float>(static_cast<int>(mixed(i + n) % 5) - 2))
                                 : std::ldexp(mixedFloat(i), static_cast<int>(mixed(i + n) % 44) - 28);
    }
    const DeviceArray<float>          din(in);
    const DeviceArray<unsigned short> dnarrow(n);
    narrow<<<(n + 127) / 128, 128>>>(din.get(), dnarrow.get(), n);
    LAUNCHED();
    const std::vector<unsigned short> narrowed = dnarrow.download();
    for (int i = 0; i < n; ++i)
    {
        REQUIRE(same(narrowed[i], toHalf(in[i])), "%.9g: %04x, expected %04x", in[i], narrowed[i], toHalf(in[i]));
    }

    std::vector<unsigned short> a(n);
    std::vector<unsigned short> b(n);
    for (int i = 0; i < n; ++i)
    {
        a[i] = static_cast<unsigned short>(mixed(i));
        b[i] = static_cast<unsigned short>(i % 3 ? mixed(i + n) : (a[i] ^ (mixed(i + n) & 0x83ff))); // near in size
    }
    const DeviceArray<unsigned short> da(a);
    const DeviceArray<unsigned short> db(b);
    const DeviceArray<unsigned short> dout(n * results);
    arithmetic<<<(n + 127) / 128, 128>>>(da.get(), db.get(), dout.get(), n);
    LAUNCHED();
    const std::vector<unsigned short> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        const double         x               = toDouble(a[i]);
        const double         y               = toDouble(b[i]);
        const unsigned short wanted[results] = { toHalf(x + y), toHalf(x * y), toHalf(x - y), toHalf(x * y + x), toHalf(y * y + x),
                                                 static_cast<unsigned short>((x < y) | (x == y) << 1 | (x >= y) << 2) };
        for (int k = 0; k < results; ++k)
        {
            const unsigned short found = out[results * i + k];
            REQUIRE(k == 5 ? found == wanted[k] : same(found, wanted[k]), "operation %d of %04x, %04x: %04x, expected %04x", k, a[i], b[i], found,
                    wanted[k]);
        }
    }
    return ok();
}
