// Every thread of a 3D grid of 3D blocks knows its place, and lanes follow threadIdx.x first.
#include "check.h"

struct Place
{
    uint3    thread;
    uint3    block;
    unsigned lane;
};

__device__ unsigned laneId()
{
    unsigned lane;
    asm("mov.u32 %0, %%laneid;" : "=r"(lane));
    return lane;
}

__global__ void record(Place* out)
{
    const unsigned block  = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    const unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    out[block * blockDim.x * blockDim.y * blockDim.z + thread] = { threadIdx, blockIdx, laneId() };
}

int main()
{
    const dim3 grids[]  = { dim3(3, 4, 5), dim3(7), dim3(2, 1, 3) };
    const dim3 blocks[] = { dim3(5, 3, 7), dim3(65, 2), dim3(1, 1, 33) };
    for (int k = 0; k < 3; ++k)
    {
        const dim3               g       = grids[k];
        const dim3               b       = blocks[k];
        const unsigned           threads = b.x * b.y * b.z;
        const DeviceArray<Place> dout(g.x * g.y * g.z * threads);
        record<<<g, b>>>(dout.get());
        LAUNCHED();
        const std::vector<Place> out = dout.download();
        for (unsigned i = 0; i < out.size(); ++i)
        {
            const unsigned t     = i % threads;
            const unsigned block = i / threads;
            const Place    p     = out[i];
            REQUIRE(p.thread.x == t % b.x && p.thread.y == t / b.x % b.y && p.thread.z == t / (b.x * b.y), "thread %u: %u %u %u", i,
                    p.thread.x, p.thread.y, p.thread.z);
            REQUIRE(p.block.x == block % g.x && p.block.y == block / g.x % g.y && p.block.z == block / (g.x * g.y), "thread %u: block %u %u %u",
                    i, p.block.x, p.block.y, p.block.z);
            REQUIRE(p.lane == t % 32, "thread %u: lane %u", i, p.lane);
        }
    }
    return ok();
}
