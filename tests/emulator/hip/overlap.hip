// Many streams and host threads at once, each with its own data: nothing is lost, mixed up or out of order.
#include "check.h"

#include <thread>

__global__ void step(unsigned* values, int count, unsigned key)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { values[i] = mixed(values[i] + key); }
}

static void work(int worker, int* wrong)
{
    const int             streams = 3, count = 1000, steps = 20;
    hipStream_t           stream[streams];
    unsigned*             device[streams];
    std::vector<unsigned> in[streams], out[streams];
    for (int s = 0; s < streams; ++s)
    {
        HIP(hipStreamCreate(&stream[s]));
        HIP(hipMalloc(&device[s], count * 4));
        in[s].resize(count);
        out[s].resize(count);
        for (int i = 0; i < count; ++i) { in[s][i] = mixed(worker * 1000003 + s * 4099 + i); }
        HIP(hipMemcpyAsync(device[s], in[s].data(), count * 4, hipMemcpyHostToDevice, stream[s]));
    }
    for (int k = 0; k < steps; ++k)
    {
        for (int s = 0; s < streams; ++s) { step<<<8, 128, 0, stream[s]>>>(device[s], count, k * 31 + s); }
    }
    for (int s = 0; s < streams; ++s)
    {
        HIP(hipMemcpyAsync(out[s].data(), device[s], count * 4, hipMemcpyDeviceToHost, stream[s]));
    }
    for (int s = 0; s < streams; ++s)
    {
        HIP(hipStreamSynchronize(stream[s]));
        for (int i = 0; i < count; ++i)
        {
            unsigned value = in[s][i];
            for (int k = 0; k < steps; ++k) { value = mixed(value + k * 31 + s); }
            *wrong += value != out[s][i];
        }
        HIP(hipFree(device[s]));
        HIP(hipStreamDestroy(stream[s]));
    }
}

int main()
{
    const int                workers = 4;
    int                      wrong[workers] = {};
    std::vector<std::thread> threads;
    for (int w = 0; w < workers; ++w) { threads.emplace_back(work, w, &wrong[w]); }
    for (auto& thread : threads) { thread.join(); }
    for (int w = 0; w < workers; ++w) { REQUIRE(wrong[w] == 0, "%d wrong in worker %d", wrong[w], w); }
    return ok();
}
