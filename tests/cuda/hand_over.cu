// A producer and a consumer, two warps of one block, that wait for one another inside their loops. Folded into one wavefront they would
// stand still; the compiler must see it and give each its own.
#include "check.h"

constexpr int items = 50;

/// Warp 0 hands items to warp 1 through one slot of shared memory, one after another.
__global__ void handOver(int* out)
{
    __shared__ volatile int slot;
    __shared__ volatile int full;
    if (threadIdx.x == 0) { full = 0; }
    __syncthreads();
    if (threadIdx.x == 0)
    {
        for (int k = 0; k < items; ++k)
        {
            while (full != 0) {}
            slot = k * k + static_cast<int>(blockIdx.x);
            __threadfence_block();
            full = 1;
        }
    }
    else if (threadIdx.x == 32)
    {
        for (int k = 0; k < items; ++k)
        {
            while (full == 0) {}
            __threadfence_block();
            out[blockIdx.x * items + k] = slot;
            full                        = 0;
        }
    }
}

int main()
{
    const int              blocks = 6;
    const DeviceArray<int> dout(blocks * items);
    handOver<<<blocks, 64>>>(dout.get());
    LAUNCHED();
    const std::vector<int> out = dout.download();
    for (int i = 0; i < blocks * items; ++i)
    {
        const int k = i % items;
        REQUIRE(out[i] == k * k + i / items, "item %d: %d", i, out[i]);
    }
    return ok();
}
