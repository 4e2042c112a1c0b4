//! also = [["-G"]]
// Lengths of Collatz sequences: every lane leaves the loop at a time of its own; 64-bit values.
#include "check.h"

__global__ void collatz(const unsigned* start, int n, int* steps, unsigned long long* highest)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    unsigned long long v     = start[i];
    unsigned long long top   = v;
    int                count = 0;
    while (v != 1)
    {
        if (v & 1) { v = 3 * v + 1; }
        else { v /= 2; }
        if (v > top) { top = v; }
        ++count;
    }
    steps[i]   = count;
    highest[i] = top;
}

int main()
{
    const int             n = 999;
    std::vector<unsigned> start(n);
    for (int i = 0; i < n; ++i) { start[i] = i % 5 == 0 ? 1 + mixed(i) % 1000000 : 1 + i; }
    const DeviceArray<unsigned>           dstart(start);
    const DeviceArray<int>                dsteps(n);
    const DeviceArray<unsigned long long> dhighest(n);
    collatz<<<(n + 127) / 128, 128>>>(dstart.get(), n, dsteps.get(), dhighest.get());
    LAUNCHED();
    const auto steps   = dsteps.download();
    const auto highest = dhighest.download();
    for (int i = 0; i < n; ++i)
    {
        unsigned long long v     = start[i];
        unsigned long long top   = v;
        int                count = 0;
        for (; v != 1; ++count)
        {
            v   = v % 2 ? 3 * v + 1 : v / 2;
            top = v > top ? v : top;
        }
        REQUIRE(steps[i] == count && highest[i] == top, "from %u: %d steps up to %llu, expected %d and %llu", start[i], steps[i],
                highest[i], count, top);
    }
    return ok();
}
