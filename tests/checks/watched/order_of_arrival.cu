// Which block comes when, and how long it took by its own clock.
#include "../check.h"

__global__ void arrive(unsigned* tickets, unsigned* order, long long* times)
{
    const long long begin = clock64();
    if (threadIdx.x == 0)
    {
        for (unsigned i = 0; i < blockIdx.x % 7 * 100; ++i) { atomicAdd(tickets + 1, 1U); }
        order[atomicAdd(tickets, 1U)] = blockIdx.x;
        times[blockIdx.x] = clock64() - begin;
    }
}

int main()
{
    constexpr int blocks = 64;
    unsigned*     order  = zeroed<unsigned>(blocks);
    long long*    times  = zeroed<long long>(blocks);
    arrive<<<blocks, 128>>>(zeroed<unsigned>(2), order, times);
    unsigned  hostOrder[blocks];
    long long hostTimes[blocks];
    CUDA(cudaMemcpy(hostOrder, order, sizeof hostOrder, cudaMemcpyDeviceToHost));
    CUDA(cudaMemcpy(hostTimes, times, sizeof hostTimes, cudaMemcpyDeviceToHost));
    for (int i = 0; i < blocks; ++i) { std::printf("%u %lld\n", hostOrder[i], hostTimes[i]); }
    return 0;
}
