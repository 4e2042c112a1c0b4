// Streams that wait for each other's events, callbacks of the host between kernels, elapsed times, and queries.
#include "check.h"

#include <atomic>
#include <mutex>

__global__ void add(int* value, int what, int repeats)
{
    for (int i = 0; i < repeats; ++i)
    {
        if (threadIdx.x == 0) { atomicAdd(value, what); }
        __syncthreads();
    }
}

__global__ void scale(int* value, int factor)
{
    if (threadIdx.x == 0) { *value *= factor; }
}

struct Log
{
    std::mutex       mutex;
    std::vector<int> entries;
};

struct Note
{
    Log* log;
    int  number;
};

static void called(hipStream_t, hipError_t status, void* argument)
{
    REQUIRE(status == hipSuccess, "%d", status);
    const Note*                 note = static_cast<Note*>(argument);
    std::lock_guard<std::mutex> lock(note->log->mutex);
    note->log->entries.push_back(note->number);
}

int main()
{
    hipStream_t first = nullptr, second = nullptr;
    HIP(hipStreamCreate(&first));
    HIP(hipStreamCreateWithFlags(&second, hipStreamNonBlocking));
    hipEvent_t begin = nullptr, added = nullptr, scaled = nullptr;
    HIP(hipEventCreate(&begin));
    HIP(hipEventCreate(&added));
    HIP(hipEventCreateWithFlags(&scaled, hipEventDisableTiming));
    int* value = nullptr;
    HIP(hipMalloc(&value, sizeof(int)));

    Log  log;
    Note notes[3] = { { &log, 1 }, { &log, 2 }, { &log, 3 } };
    // ((0 + 3 * 500) * 2 + 1) * 2, over two streams: any order but this gives another number.
    HIP(hipMemsetAsync(value, 0, sizeof(int), first));
    HIP(hipEventRecord(begin, first));
    add<<<1, 64, 0, first>>>(value, 3, 500);
    HIP(hipStreamAddCallback(first, called, &notes[0], 0));
    HIP(hipEventRecord(added, first));
    HIP(hipStreamWaitEvent(second, added, 0));
    scale<<<1, 64, 0, second>>>(value, 2);
    HIP(hipStreamAddCallback(second, called, &notes[1], 0));
    HIP(hipEventRecord(scaled, second));
    HIP(hipStreamWaitEvent(first, scaled, 0));
    add<<<1, 64, 0, first>>>(value, 1, 1);
    scale<<<1, 64, 0, first>>>(value, 2);
    HIP(hipStreamAddCallback(first, called, &notes[2], 0));
    HIP(hipStreamSynchronize(first));
    int result = 0;
    HIP(hipMemcpy(&result, value, sizeof(int), hipMemcpyDeviceToHost));
    REQUIRE(result == 6002, "%d", result);
    REQUIRE((log.entries == std::vector<int>{ 1, 2, 3 }), "%zu callbacks", log.entries.size());

    float milliseconds = -1;
    HIP(hipEventElapsedTime(&milliseconds, begin, added));
    REQUIRE(milliseconds > 0 && milliseconds < 60000, "%f ms", milliseconds);
    HIP(hipEventQuery(added));
    HIP(hipStreamQuery(second));
    REQUIRE(hipEventElapsedTime(&milliseconds, begin, scaled) == hipErrorInvalidHandle, "an event without times");

    HIP(hipEventDestroy(begin));
    HIP(hipEventDestroy(added));
    HIP(hipEventDestroy(scaled));
    HIP(hipStreamDestroy(first));
    HIP(hipStreamDestroy(second));
    HIP(hipFree(value));
    return ok();
}
