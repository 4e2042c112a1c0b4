//! flags = ["-munsafe-fp-atomics"]
// Atomics of every type on global memory and LDS, with and without a use of the old value, and compare-and-swap loops.
#include "check.h"

struct Totals
{
    int                add, least, most;
    unsigned           bitsAnd, bitsOr, bitsXor, wrapped, exchanged;
    unsigned long long add64, least64;
    float              sum;
    double             sum64;
    unsigned           tickets, product;
};

template<bool isLocal>
__global__ void all(const int* in, int count, Totals* out, unsigned* returned)
{
    __shared__ Totals local;
    Totals*           t = isLocal ? &local : out;
    if (isLocal && threadIdx.x == 0) { local = *out; }
    __syncthreads();
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count)
    {
        const int v = in[i];
        atomicAdd(&t->add, v);
        atomicMin(&t->least, v - 500);
        atomicMax(&t->most, v);
        atomicAnd(&t->bitsAnd, ~(1u << (v & 15)));
        atomicOr(&t->bitsOr, 1u << (v & 31));
        atomicXor(&t->bitsXor, mixed(v));
        atomicInc(&t->wrapped, 6u);
        atomicExch(&t->exchanged, 77u);
        atomicAdd(&t->add64, 0x100000001ull * v);
        atomicMin(&t->least64, (1ull << 40) + v);
        atomicAdd(&t->sum, v * 0.25f);
        atomicAdd(&t->sum64, v * 0.125);
        returned[i] = atomicAdd(&t->tickets, 1u);
        unsigned old = t->product, seen;
        do
        {
            seen = old;
            old  = atomicCAS(&t->product, seen, seen * 3u);
        } while (old != seen);
    }
    __syncthreads();
    if (isLocal && threadIdx.x == 0) { *out = local; }
}

template<bool isLocal>
static void check(int blocks, int block)
{
    const int             count = blocks * block - 5;
    const auto            in    = input(blocks * block);
    Totals                start{};
    start.least64 = ~0ull;
    start.bitsAnd = ~0u;
    start.product = 1;
    Totals expected = start;
    for (int i = 0; i < count; ++i)
    {
        const int v = in[i];
        expected.add += v;
        expected.least = v - 500 < expected.least ? v - 500 : expected.least;
        expected.most  = v > expected.most ? v : expected.most;
        expected.bitsAnd &= ~(1u << (v & 15));
        expected.bitsOr |= 1u << (v & 31);
        expected.bitsXor ^= mixed(v);
        expected.wrapped = expected.wrapped >= 6 ? 0 : expected.wrapped + 1;
        expected.exchanged = 77;
        expected.add64 += 0x100000001ull * v;
        expected.least64 = (1ull << 40) + v < expected.least64 ? (1ull << 40) + v : expected.least64;
        expected.sum += v * 0.25f; // Quarters below 2^22: exact in any order.
        expected.sum64 += v * 0.125;
        expected.product *= 3u;
    }
    int*                  din = nullptr;
    Totals*               dout = nullptr;
    unsigned*             dreturned = nullptr;
    std::vector<unsigned> returned(count);
    HIP(hipMalloc(&din, in.size() * 4));
    HIP(hipMalloc(&dout, sizeof(Totals)));
    HIP(hipMalloc(&dreturned, count * 4));
    HIP(hipMemcpy(din, in.data(), in.size() * 4, hipMemcpyHostToDevice));
    HIP(hipMemcpy(dout, &start, sizeof start, hipMemcpyHostToDevice));
    all<isLocal><<<blocks, block>>>(din, count, dout, dreturned);
    Totals got{};
    HIP(hipMemcpy(&got, dout, sizeof got, hipMemcpyDeviceToHost));
    HIP(hipMemcpy(returned.data(), dreturned, count * 4, hipMemcpyDeviceToHost));
    REQUIRE(got.add == expected.add && got.least == expected.least && got.most == expected.most, "integers");
    REQUIRE(got.bitsAnd == expected.bitsAnd && got.bitsOr == expected.bitsOr && got.bitsXor == expected.bitsXor, "bits");
    REQUIRE(got.wrapped == expected.wrapped && got.exchanged == 77, "%u %u", got.wrapped, got.exchanged);
    REQUIRE(got.add64 == expected.add64 && got.least64 == expected.least64, "64 bits");
    REQUIRE(got.sum == expected.sum && got.sum64 == expected.sum64, "%f %f", got.sum, got.sum64);
    REQUIRE(got.product == expected.product, "%u", got.product);
    std::vector<char> taken(count, 0);
    for (unsigned ticket : returned)
    {
        REQUIRE(ticket < unsigned(count) && !taken[ticket], "ticket %u", ticket);
        taken[ticket] = 1;
    }
}

int main()
{
    check<false>(7, 192);
    check<true>(1, 1024);
    return ok();
}
