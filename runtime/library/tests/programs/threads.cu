// Eight threads with three streams each, blocking and not, mixed with the legacy stream, events, and memory that comes
// and goes: every increment must be there in the end.
#include <cuda_runtime.h>
#include <thread>
#include <vector>

#include "check.h"

__global__ void nothing() {}

__global__ void increment(int* values, int count)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { values[i] += 1; }
}

static void work()
{
    constexpr int streams = 3;
    constexpr int count = 1000;
    constexpr int rounds = 300;
    cudaStream_t stream[streams];
    int* values[streams];
    for (int k = 0; k < streams; ++k)
    {
        OK(cudaStreamCreateWithFlags(&stream[k], k == 2 ? cudaStreamNonBlocking : cudaStreamDefault));
        OK(cudaMalloc(&values[k], count * sizeof(int)));
        OK(cudaMemsetAsync(values[k], 0, count * sizeof(int), stream[k]));
    }
    for (int round = 0; round < rounds; ++round)
    {
        for (int k = 0; k < streams; ++k) { increment<<<(count + 127) / 128, 128, 0, stream[k]>>>(values[k], count); }
        OK(cudaGetLastError());
        if (round % 50 == 7)
        {
            cudaEvent_t event;
            nothing<<<1, 1>>>();
            OK(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
            OK(cudaEventRecord(event, stream[0]));
            OK(cudaStreamWaitEvent(stream[1], event, 0));
            OK(cudaEventDestroy(event));
        }
        if (round % 100 == 3)
        {
            void* passing;
            OK(cudaMalloc(&passing, 100));
            OK(cudaFree(passing));
        }
    }
    std::vector<int> host(count);
    for (int k = 0; k < streams; ++k)
    {
        OK(cudaMemcpyAsync(host.data(), values[k], count * sizeof(int), cudaMemcpyDeviceToHost, stream[k]));
        OK(cudaStreamSynchronize(stream[k]));
        for (const int value : host) { REQUIRE(value == rounds); }
        OK(cudaStreamDestroy(stream[k]));
        OK(cudaFree(values[k]));
    }
}

// More streams than there are queues.
static void many_streams()
{
    constexpr int streams = 100;
    cudaStream_t stream[streams];
    int* values;
    OK(cudaMalloc(&values, streams * sizeof(int)));
    OK(cudaMemset(values, 0, streams * sizeof(int)));
    for (int i = 0; i < streams; ++i)
    {
        OK(cudaStreamCreateWithPriority(&stream[i], cudaStreamDefault, i % 2 ? -1 : 0));
        increment<<<1, 32, 0, stream[i]>>>(values + i, 1);
        OK(cudaGetLastError());
    }
    std::vector<int> host(streams);
    OK(cudaMemcpy(host.data(), values, streams * sizeof(int), cudaMemcpyDeviceToHost));
    for (const int value : host) { REQUIRE(value == 1); }
    for (cudaStream_t each : stream) { OK(cudaStreamDestroy(each)); }
    OK(cudaFree(values));
}

int main()
{
    many_streams();
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) { threads.emplace_back(work); }
    for (std::thread& thread : threads) { thread.join(); }
    OK(cudaDeviceSynchronize());
    return 0;
}
