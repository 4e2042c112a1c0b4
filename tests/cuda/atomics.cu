// Atomics on 32 and 64 bits in global and shared memory, their results, and loops of compare-and-swap.
#include "check.h"

using Long = unsigned long long;

struct Words
{
    Long     sum;
    Long     low;
    Long     high;
    Long     bits;
    Long     mask;
    Long     flip;
    int      signedLow;
    int      signedHigh;
    unsigned wrapped; // atomicInc
    unsigned lowered; // atomicDec
    float    floatSum;
    float    floatHigh; // by compare-and-swap
    double   doubleSum;
    double   doubleProduct; // by compare-and-swap
};

__device__ float atomicMaxFloat(float* address, float value)
{
    int old = __float_as_int(*address);
    while (value > __int_as_float(old))
    {
        const int seen = atomicCAS(reinterpret_cast<int*>(address), old, __float_as_int(value));
        if (seen == old) { break; }
        old = seen;
    }
    return __int_as_float(old);
}

__device__ double atomicMultiply(double* address, double value)
{
    Long* const word = reinterpret_cast<Long*>(address);
    Long        old  = *word;
    Long        assumed;
    do
    {
        assumed = old;
        old     = atomicCAS(word, assumed, static_cast<Long>(__double_as_longlong(value * __longlong_as_double(assumed))));
    } while (assumed != old);
    return __longlong_as_double(static_cast<long long>(old));
}

__device__ void applyAll(Words* w, Long v, int i)
{
    atomicAdd(&w->sum, v);
    atomicMin(&w->low, v);
    atomicMax(&w->high, v);
    atomicOr(&w->bits, 1ULL << (v % 64));
    atomicAnd(&w->mask, ~(1ULL << (v % 61)));
    atomicXor(&w->flip, v);
    atomicMin(&w->signedLow, static_cast<int>(v));
    atomicMax(&w->signedHigh, static_cast<int>(v));
    atomicInc(&w->wrapped, 99U);
    atomicDec(&w->lowered, 77U);
    atomicAdd(&w->floatSum, static_cast<float>(i % 16));
    atomicMaxFloat(&w->floatHigh, static_cast<float>(v % 100003));
    atomicAdd(&w->doubleSum, 0.5);
    if (i % 50 == 0) { atomicMultiply(&w->doubleProduct, 2.0); }
}

__global__ void global(const Long* in, int n, Words* w)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { applyAll(w, in[i], i); }
}

/// One block; the words live in shared memory.
__global__ void shared(const Long* in, int n, Words* out)
{
    __shared__ Words w;
    if (threadIdx.x == 0) { w = *out; }
    __syncthreads();
    for (int i = threadIdx.x; i < n; i += blockDim.x) { applyAll(&w, in[i], i); }
    __syncthreads();
    if (threadIdx.x == 0) { *out = w; }
}

/// What atomics return: tickets are all different, exchanged values all come back but one.
__global__ void tickets(unsigned* next, unsigned* ticket, int* place, int* taken)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    ticket[i]   = atomicAdd(next, 3U);
    taken[i]    = atomicExch(place, i);
}

int main()
{
    const int         n = 777;
    std::vector<Long> in(n);
    Words             wanted = { 5, ~0ULL, 0, 0, ~0ULL, 0, 0x7fffffff, -0x7fffffff, 0, 0, 0, 0, 0, 1 };
    const Words       start  = wanted;
    for (int i = 0; i < n; ++i)
    {
        const Long v = in[i] = static_cast<Long>(mixed(i)) << 32 | mixed(i + n);
        wanted.sum += v;
        wanted.low  = v < wanted.low ? v : wanted.low;
        wanted.high = v > wanted.high ? v : wanted.high;
        wanted.bits |= 1ULL << (v % 64);
        wanted.mask &= ~(1ULL << (v % 61));
        wanted.flip ^= v;
        const int s       = static_cast<int>(v);
        wanted.signedLow  = s < wanted.signedLow ? s : wanted.signedLow;
        wanted.signedHigh = s > wanted.signedHigh ? s : wanted.signedHigh;
        wanted.wrapped    = wanted.wrapped >= 99 ? 0 : wanted.wrapped + 1;
        wanted.lowered    = wanted.lowered == 0 || wanted.lowered > 77 ? 77 : wanted.lowered - 1;
        wanted.floatSum += static_cast<float>(i % 16);
        wanted.floatHigh = std::fmax(wanted.floatHigh, static_cast<float>(v % 100003));
        wanted.doubleSum += 0.5;
        wanted.doubleProduct *= i % 50 == 0 ? 2.0 : 1.0;
    }
    const DeviceArray<Long> din(in);
    for (const bool inShared : { false, true })
    {
        const DeviceArray<Words> dwords(std::vector<Words>(1, start));
        if (inShared) { shared<<<1, 160>>>(din.get(), n, dwords.get()); }
        else { global<<<(n + 95) / 96, 96>>>(din.get(), n, dwords.get()); }
        LAUNCHED();
        const Words w = dwords.download()[0];
        REQUIRE(w.sum == wanted.sum, "shared %d: sum %llx, expected %llx", inShared, w.sum, wanted.sum);
        REQUIRE(w.low == wanted.low && w.high == wanted.high, "shared %d: %llx .. %llx", inShared, w.low, w.high);
        REQUIRE(w.bits == wanted.bits && w.mask == wanted.mask && w.flip == wanted.flip, "shared %d: %llx %llx %llx", inShared, w.bits,
                w.mask, w.flip);
        REQUIRE(w.signedLow == wanted.signedLow && w.signedHigh == wanted.signedHigh, "shared %d: %d .. %d", inShared, w.signedLow,
                w.signedHigh);
        REQUIRE(w.wrapped == wanted.wrapped && w.lowered == wanted.lowered, "shared %d: inc %u (%u), dec %u (%u)", inShared, w.wrapped,
                wanted.wrapped, w.lowered, wanted.lowered);
        REQUIRE(w.floatSum == wanted.floatSum && w.floatHigh == wanted.floatHigh, "shared %d: %g, %g", inShared, w.floatSum, w.floatHigh);
        REQUIRE(w.doubleSum == wanted.doubleSum && w.doubleProduct == wanted.doubleProduct, "shared %d: %g, %g", inShared, w.doubleSum,
                w.doubleProduct);
    }

    const int             threads = 3 * 96;
    DeviceArray<unsigned> dnext(1);
    DeviceArray<int>      dplace(1);
    dnext.fillBytes(0);
    dplace.fillBytes(0xff);
    const DeviceArray<unsigned> dticket(threads);
    const DeviceArray<int>      dtaken(threads);
    tickets<<<3, 96>>>(dnext.get(), dticket.get(), dplace.get(), dtaken.get());
    LAUNCHED();
    std::vector<int> seen(threads, 0);
    for (const unsigned t : dticket.download())
    {
        REQUIRE(t % 3 == 0 && t / 3 < threads && seen[t / 3] == 0, "ticket %u", t);
        seen[t / 3] = 1;
    }
    std::vector<int> returned(threads + 1, 0);
    for (const int v : dtaken.download()) { ++returned[v + 1]; }
    ++returned[dplace.download()[0] + 1];
    for (int i = 0; i <= threads; ++i) { REQUIRE(returned[i] == 1, "value %d came back %d times", i - 1, returned[i]); }
    return ok();
}
