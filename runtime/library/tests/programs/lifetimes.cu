// Ends: of a process with work pending, of a stream, of memory in use, of contexts, of a faulted device. One case a run.
#include <cuda_runtime.h>

#include "check.h"

__global__ void add(int* sum, int times)
{
    for (int i = 0; i < times; ++i) { atomicAdd(sum, 1); }
}

__global__ void store(int* where) { where[threadIdx.x] = 1; }

static void fault()
{
    cudaStream_t stream;
    int* pinned;
    int* device;
    OK(cudaStreamCreate(&stream));
    OK(cudaMallocHost(&pinned, sizeof(int)));
    OK(cudaMalloc(&device, sizeof(int)));
    store<<<1, 64, 0, stream>>>(reinterpret_cast<int*>(64));
    // Queued behind the fault: never runs, must not hang.
    cudaMemcpyAsync(pinned, device, sizeof(int), cudaMemcpyDeviceToHost, stream);
    RETURNS(cudaErrorIllegalAddress, cudaStreamSynchronize(stream));
    RETURNS(cudaErrorIllegalAddress, cudaFree(device));
    RETURNS(cudaErrorIllegalAddress, cudaGetLastError());
    RETURNS(cudaErrorIllegalAddress, cudaGetLastError());
}

int main(int, char** arguments)
{
    const char* const which = arguments[1];
    int* sum;
    int value = -1;
    if (!strcmp(which, "none"))
    {
        int count = 5;
        RETURNS(cudaErrorNoDevice, cudaMalloc(&sum, 4));
        RETURNS(cudaErrorNoDevice, cudaGetDeviceCount(&count));
        REQUIRE(count == 0);
        add<<<1, 1>>>(nullptr, 1);
        RETURNS(cudaErrorNoDevice, cudaGetLastError());
        return 0;
    }
    OK(cudaMalloc(&sum, sizeof(int)));
    OK(cudaMemset(sum, 0, sizeof(int)));
    if (!strcmp(which, "exit")) { add<<<64, 64>>>(sum, 200); }
    else if (!strcmp(which, "destroy"))
    {
        cudaStream_t stream;
        OK(cudaStreamCreate(&stream));
        add<<<64, 64, 0, stream>>>(sum, 20);
        OK(cudaStreamDestroy(stream));
        OK(cudaMemcpy(&value, sum, sizeof value, cudaMemcpyDefault));
        REQUIRE(value == 64 * 64 * 20);
    }
    else if (!strcmp(which, "free"))
    {
        add<<<64, 64>>>(sum, 20);
        OK(cudaFree(sum));
    }
    else if (!strcmp(which, "free-in-order"))
    {
        size_t before, after, total;
        OK(cudaMemGetInfo(&before, &total));
        cudaStream_t stream;
        OK(cudaStreamCreate(&stream));
        for (int i = 1; i <= 50; ++i)
        {
            int* passing;
            OK(cudaMallocAsync(&passing, sizeof(int), stream));
            OK(cudaMemsetAsync(passing, 0, sizeof(int), stream));
            add<<<1, 32, 0, stream>>>(passing, i);
            OK(cudaMemcpyAsync(&value, passing, sizeof value, cudaMemcpyDefault, stream));
            OK(cudaFreeAsync(passing, stream));
            OK(cudaStreamSynchronize(stream));
            REQUIRE(value == 32 * i);
        }
        OK(cudaMemGetInfo(&after, &total));
        REQUIRE(before == after);
        RETURNS(cudaErrorInvalidValue, cudaFreeAsync(&value, stream));
        OK(cudaStreamDestroy(stream));
    }
    else if (!strcmp(which, "reset"))
    {
        for (int i = 0; i < 20; ++i)
        {
            add<<<2, 64>>>(sum, 10);
            OK(cudaGetLastError());
            OK(cudaDeviceReset());
            OK(cudaMalloc(&sum, sizeof(int)));
        }
    }
    else if (!strcmp(which, "fault"))
    {
        for (int i = 0; i < 3; ++i)
        {
            fault();
            OK(cudaDeviceReset());
            OK(cudaMalloc(&sum, sizeof(int)));
            OK(cudaMemset(sum, 0, sizeof(int)));
            add<<<1, 1>>>(sum, 7);
            OK(cudaMemcpy(&value, sum, sizeof value, cudaMemcpyDefault));
            REQUIRE(value == 7);
        }
    }
    else if (!strcmp(which, "fault-and-exit")) { fault(); }
    else if (!strcmp(which, "geometry"))
    {
        add<<<dim3(100000000), 1024>>>(sum, 1);
        RETURNS(cudaErrorInvalidConfiguration, cudaGetLastError());
        add<<<0, 1>>>(sum, 1);
        RETURNS(cudaErrorInvalidConfiguration, cudaGetLastError());
        add<<<1, 1025>>>(sum, 1);
        RETURNS(cudaErrorInvalidConfiguration, cudaGetLastError());
        add<<<1, 1, 70000>>>(sum, 1);
        RETURNS(cudaErrorInvalidValue, cudaGetLastError());
        OK(cudaDeviceSynchronize());
    }
    else { return 2; }
    return 0;
}
