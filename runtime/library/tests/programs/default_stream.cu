// The default streams. Legacy: waits for all blocking streams and they for it; a non-blocking stream takes no part.
// Compiled with --default-stream per-thread, a null stream is the calling thread's own, a blocking stream.
#include <cuda_runtime.h>
#include <thread>

#include "check.h"

// Long enough that a wrong order shows: reads late what others may have written early.
__global__ void slow_copy(volatile int* to, volatile int* from, int turns)
{
    int last = 0;
    for (int i = 0; i < turns; ++i) { last = *from; }
    *to = last;
}

__global__ void set(int* to, int value) { *to = value; }

constexpr int turns = 20000;

static int read(int* from)
{
    int value = -1;
    OK(cudaMemcpy(&value, from, sizeof value, cudaMemcpyDeviceToHost));
    return value;
}

static void legacy_and_blocking(int* cell)
{
    cudaStream_t first, second;
    OK(cudaStreamCreate(&first));
    OK(cudaStreamCreate(&second));
    for (int round = 1; round <= 20; ++round)
    {
        // first -> legacy -> second -> legacy: each reads what the one before it wrote.
        set<<<1, 1, 0, first>>>(cell, round);
        slow_copy<<<1, 1, 0, first>>>(cell + 1, cell, turns / 10);
        slow_copy<<<1, 1, 0, cudaStreamLegacy>>>(cell + 2, cell + 1, turns / 10);
        slow_copy<<<1, 1, 0, second>>>(cell + 3, cell + 2, turns / 10);
        slow_copy<<<1, 1, 0, cudaStreamLegacy>>>(cell + 4, cell + 3, 1);
        OK(cudaGetLastError());
        OK(cudaStreamSynchronize(cudaStreamLegacy));
        int value = -1;
        OK(cudaMemcpyAsync(&value, cell + 4, sizeof value, cudaMemcpyDeviceToHost, cudaStreamLegacy));
        OK(cudaStreamSynchronize(cudaStreamLegacy));
        REQUIRE(value == round);
    }
    OK(cudaStreamDestroy(first));
    OK(cudaStreamDestroy(second));
}

static void non_blocking_is_independent(int* cell)
{
    cudaStream_t free_running;
    cudaEvent_t event;
    int* gate;
    int* gate_on_device;
    OK(cudaStreamCreateWithFlags(&free_running, cudaStreamNonBlocking));
    OK(cudaEventCreate(&event));
    OK(cudaHostAlloc(&gate, sizeof(int), cudaHostAllocMapped));
    OK(cudaHostGetDevicePointer(&gate_on_device, gate, 0));
    *gate = 5;
    // While the non-blocking stream waits for the host, the legacy stream's work must get done.
    static volatile bool open;
    open = false;
    OK(cudaLaunchHostFunc(free_running, [](void*) { while (!open) { std::this_thread::yield(); } }, nullptr));
    slow_copy<<<1, 1, 0, free_running>>>(cell + 5, gate_on_device, 1);
    OK(cudaEventRecord(event, free_running));
    set<<<1, 1, 0, cudaStreamLegacy>>>(cell, 77);
    OK(cudaStreamSynchronize(cudaStreamLegacy));
    RETURNS(cudaErrorNotReady, cudaStreamQuery(free_running));
    RETURNS(cudaErrorNotReady, cudaEventQuery(event));
    *gate = 6;
    open = true;
    OK(cudaEventSynchronize(event));
    REQUIRE(read(cell + 5) == 6 && read(cell) == 77);
    OK(cudaStreamDestroy(free_running));
    OK(cudaEventDestroy(event));
    OK(cudaFreeHost(gate));
}

static void per_thread(int* cell)
{
    // Each thread's default stream keeps that thread's order, and waits for the legacy stream.
    std::thread threads[4];
    for (int i = 0; i < 4; ++i)
    {
        threads[i] = std::thread([=] {
            int* const own = cell + 10 + 2 * i;
            for (int round = 1; round <= 20; ++round)
            {
                set<<<1, 1, 0, cudaStreamPerThread>>>(own, round * 10 + i);
                slow_copy<<<1, 1, 0, cudaStreamPerThread>>>(own + 1, own, turns / 20);
                int value = -1;
                OK(cudaMemcpyAsync(&value, own + 1, sizeof value, cudaMemcpyDeviceToHost, cudaStreamPerThread));
                OK(cudaStreamSynchronize(cudaStreamPerThread));
                REQUIRE(value == round * 10 + i);
            }
        });
    }
    for (std::thread& thread : threads) { thread.join(); }
}

int main()
{
    int* cell;
    OK(cudaMalloc(&cell, 64 * sizeof(int)));
    OK(cudaMemset(cell, 0, 64 * sizeof(int)));
    OK(cudaDeviceSynchronize());
    legacy_and_blocking(cell);
    non_blocking_is_independent(cell);
    per_thread(cell);
    unsigned flags = 9;
    OK(cudaStreamGetFlags(0, &flags));
    REQUIRE(flags == 0);
    unsigned long long null_id, other_id;
    OK(cudaStreamGetId(0, &null_id));
#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
    OK(cudaStreamGetId(cudaStreamPerThread, &other_id));
#else
    OK(cudaStreamGetId(cudaStreamLegacy, &other_id));
#endif
    REQUIRE(null_id == other_id);
    OK(cudaFree(cell));
    return 0;
}
