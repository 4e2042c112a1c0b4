// Half precision on the device against the host's: conversions, arithmetic, comparisons, and pairs of halves.
#include "check.h"

#include <cmath>

typedef _Float16 half1;
typedef _Float16 half2v __attribute__((ext_vector_type(2)));

struct Result
{
    half1          sum, product, fused, quotient, root;
    half2v         pair;
    float          widened;
    unsigned short bits, less;
    short          integer;
};

__host__ __device__ inline Result compute(half1 a, half1 b, half1 c)
{
    Result r;
    r.sum      = a + b;
    r.product  = a * b;
    r.fused    = half1(__builtin_fmaf(float(a), float(b), float(c))); // One rounding more than a fused one; both do the same.
    r.quotient = half1(float(a) / float(b));
    r.root     = half1(__builtin_sqrtf(float(c) < 0 ? -float(c) : float(c)));
    const half2v x = { a, b }, y = { c, a };
    r.pair    = x * y + half2v{ b, c };
    r.widened = float(a) - float(c);
    __builtin_memcpy(&r.bits, &r.sum, 2);
    r.less    = static_cast<unsigned short>((a < b) | (a <= c) << 1 | (b == c) << 2 | (a != a) << 3);
    r.integer = short(float(a) > -3e4f && float(a) < 3e4f ? a : half1(0));
    return r;
}

__global__ void run(const unsigned short* in, Result* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    half1     v[3];
    for (int k = 0; k < 3; ++k) { __builtin_memcpy(&v[k], &in[3 * i + k], 2); }
    out[i] = compute(v[0], v[1], v[2]);
}

static bool same(float a, float b) { return std::memcmp(&a, &b, 4) == 0 || (std::isnan(a) && std::isnan(b)); }

int main()
{
    const int                   count = 1 << 14;
    std::vector<unsigned short> in(3 * count);
    for (size_t i = 0; i < in.size(); ++i) { in[i] = static_cast<unsigned short>(mixed(i)); }
    std::vector<Result> out(count);
    unsigned short*     din = nullptr;
    Result*             dout = nullptr;
    HIP(hipMalloc(&din, in.size() * 2));
    HIP(hipMalloc(&dout, count * sizeof(Result)));
    HIP(hipMemcpy(din, in.data(), in.size() * 2, hipMemcpyHostToDevice));
    run<<<count / 128, 128>>>(din, dout);
    HIP(hipMemcpy(out.data(), dout, count * sizeof(Result), hipMemcpyDeviceToHost));
    for (int i = 0; i < count; ++i)
    {
        half1 v[3];
        std::memcpy(v, &in[3 * i], 6);
        const Result e = compute(v[0], v[1], v[2]);
        const Result g = out[i];
        REQUIRE(same(e.sum, g.sum) && same(e.product, g.product) && same(e.fused, g.fused), "%d: arithmetic", i);
        REQUIRE(same(e.quotient, g.quotient) && same(e.root, g.root) && same(e.widened, g.widened), "%d: by way of f32", i);
        REQUIRE(e.less == g.less && e.integer == g.integer, "%d: comparisons", i);
        for (int k = 0; k < 2; ++k)
        {
            // The device may fuse the pair's product and sum.
            const double x[2] = { double(v[0]), double(v[1]) }, y[2] = { double(v[2]), double(v[0]) }, z[2] = { double(v[1]), double(v[2]) };
            const half1  fused = half1(x[k] * y[k] + z[k]);
            REQUIRE(same(e.pair[k], g.pair[k]) || same(fused, g.pair[k]), "%d: pair %d", i, k);
        }
    }
    return ok();
}
