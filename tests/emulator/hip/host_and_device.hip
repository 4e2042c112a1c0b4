//! flags = ["-ffp-contract=off"]
// The same C++ functions on the host and on the device over the same random inputs: division of 32 and 64 bits, shifts,
// conversions, switch tables, recursion, virtual calls, spilled arrays, bit fields, and products of 128 bits.
#include "check.h"

struct Shape
{
    int size;
    __host__ __device__ explicit Shape(int s) : size(s) {}
    __host__ __device__ virtual long long area() const { return size; }
    __host__ __device__ virtual ~Shape() {}
};
struct Square : Shape
{
    using Shape::Shape;
    __host__ __device__ long long area() const override { return 1ll * size * size; }
};
struct Cube : Square
{
    using Square::Square;
    __host__ __device__ long long area() const override { return 6 * Square::area(); }
};

struct Packed
{
    unsigned low : 5, middle : 17;
    int      high : 10;
};

__host__ __device__ inline unsigned long long ackermann(unsigned m, unsigned n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, unsigned(ackermann(m, n - 1)));
}

__host__ __device__ inline unsigned long long dispatched(unsigned which, unsigned long long a, unsigned long long b)
{
    switch (which % 12)
    {
        case 0: return a / (b | 1);
        case 1: return a % (b | 1);
        case 2: return (unsigned long long)((long long)a / ((long long)b | 1));
        case 3: return (unsigned long long)((long long)a % ((long long)b | 1));
        case 4: return (unsigned long long)(((unsigned __int128)a * b) >> 64);
        case 5: return (unsigned long long)((((unsigned __int128)a << 64) | b) >> (b & 63));
        case 6: return (unsigned long long)((__int128)(long long)a * (long long)b >> 37);
        case 7: return a << (b & 63) ^ (long long)a >> (b >> 6 & 63);
        case 8: return (unsigned)a / ((unsigned)b | 1) + (unsigned)(a >> 32) % ((unsigned)(b >> 32) | 1);
        case 9: return (unsigned long long)((int)a / ((int)b | 1)) + (short)a * (signed char)b;
        case 10: return __builtin_popcountll(a) + __builtin_clzll(a | 1) * 64 + __builtin_ctzll(b | 1ull << 63);
        default: return __builtin_bswap64(a) + __builtin_bitreverse32(unsigned(b));
    }
}

__host__ __device__ inline unsigned long long everything(unsigned long long a, unsigned long long b)
{
    unsigned long long result = 0;
    for (unsigned which = 0; which < 12; ++which) { result = result * 31 + dispatched(which + unsigned(a), a, b); }

    unsigned sorted[24]; // Indexed by what is only known at run time.
    for (int i = 0; i < 24; ++i) { sorted[i] = unsigned(a >> (i & 31)) * 2654435761u + unsigned(b) * i; }
    for (int i = 1; i < 24; ++i)
    {
        const unsigned v = sorted[i];
        int            j = i;
        for (; j > 0 && sorted[j - 1] > v; --j) { sorted[j] = sorted[j - 1]; }
        sorted[j] = v;
    }
    for (int i = 0; i < 24; ++i) { result = result * 131 + sorted[(i * 7 + a) % 24]; }

    Packed packed{};
    packed.low    = unsigned(a);
    packed.middle = unsigned(b >> 9);
    packed.high   = int(a >> 40);
    result += packed.low + 3ull * packed.middle + 5ll * packed.high;

    const Square square(int(a & 0xfff));
    const Cube   cube(int(b & 0xfff));
    const Shape  shape(int(a >> 50));
    const Shape* shapes[3] = { &square, &cube, &shape };
    result += shapes[(a ^ b) % 3]->area() + ackermann(2, unsigned(a & 7));

    const double d = double((long long)a) * 1e-3 + double(b);
    const float  f = float(unsigned(a)) - float((int)b);
    result ^= (unsigned long long)(long long)(d * 0.5) + (unsigned)(long long)f + (unsigned long long)(long long)(d / (1 + (b & 0xffff)));
    return result;
}

__global__ void run(const unsigned long long* in, unsigned long long* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i]      = everything(in[2 * i], in[2 * i + 1]);
}

int main()
{
    const int                       count = 4096;
    std::vector<unsigned long long> in(2 * count), out(count);
    for (int i = 0; i < 2 * count; ++i)
    {
        in[i] = (unsigned long long)(mixed(3 * i)) << 32 | mixed(3 * i + 1);
        in[i] >>= mixed(3 * i + 2) % 61; // Small numbers as often as large ones.
    }
    unsigned long long *din = nullptr, *dout = nullptr;
    HIP(hipMalloc(&din, in.size() * 8));
    HIP(hipMalloc(&dout, out.size() * 8));
    HIP(hipMemcpy(din, in.data(), in.size() * 8, hipMemcpyHostToDevice));
    run<<<count / 128, 128>>>(din, dout);
    HIP(hipMemcpy(out.data(), dout, out.size() * 8, hipMemcpyDeviceToHost));
    for (int i = 0; i < count; ++i)
    {
        const unsigned long long expected = everything(in[2 * i], in[2 * i + 1]);
        REQUIRE(out[i] == expected, "of %llx and %llx: %llx, not %llx", in[2 * i], in[2 * i + 1], out[i], expected);
    }
    return ok();
}
