// Two devices: each has its own kernels, variables and memory; copies between them; streams of the wrong one are refused.
#include <cuda_runtime.h>
#include <thread>
#include <vector>

#include "check.h"

__device__ int offset = 100;

__global__ void shift(int* values, int count)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { values[i] += offset; }
}

constexpr int count = 1000;

static void check(const int* device, int wanted)
{
    std::vector<int> host(count);
    OK(cudaMemcpy(host.data(), device, count * sizeof(int), cudaMemcpyDefault));
    for (int i = 0; i < count; ++i) { REQUIRE(host[i] == i + wanted); }
}

int main()
{
    int devices = 0;
    int current = -1;
    OK(cudaGetDeviceCount(&devices));
    REQUIRE(devices == 2);
    std::vector<int> host(count);
    for (int i = 0; i < count; ++i) { host[i] = i; }
    int* values[2];
    cudaStream_t stream[2];
    for (int device = 0; device < 2; ++device)
    {
        OK(cudaSetDevice(device));
        OK(cudaMalloc(&values[device], count * sizeof(int)));
        OK(cudaStreamCreate(&stream[device]));
        OK(cudaMemcpy(values[device], host.data(), count * sizeof(int), cudaMemcpyHostToDevice));
        const int own = 1000 * (device + 1);
        OK(cudaMemcpyToSymbol(offset, &own, sizeof own));
    }
    for (int device = 0; device < 2; ++device)
    {
        OK(cudaSetDevice(device));
        shift<<<(count + 63) / 64, 64, 0, stream[device]>>>(values[device], count);
        OK(cudaGetLastError());
        OK(cudaStreamSynchronize(stream[device]));
        check(values[device], 1000 * (device + 1));
        cudaPointerAttributes what;
        OK(cudaPointerGetAttributes(&what, values[device]));
        REQUIRE(what.device == device);
    }
    // The current device is 1: a launch into a stream of device 0 is refused.
    shift<<<1, 64, 0, stream[0]>>>(values[1], 64);
    RETURNS(cudaErrorInvalidResourceHandle, cudaGetLastError());

    int can = 0;
    OK(cudaDeviceCanAccessPeer(&can, 0, 1));
    REQUIRE(can == 1);
    OK(cudaDeviceCanAccessPeer(&can, 1, 1));
    REQUIRE(can == 0);
    OK(cudaDeviceEnablePeerAccess(0, 0));
    RETURNS(cudaErrorPeerAccessAlreadyEnabled, cudaDeviceEnablePeerAccess(0, 0));
    RETURNS(cudaErrorInvalidDevice, cudaDeviceEnablePeerAccess(1, 0));
    OK(cudaMemcpyPeer(values[0], 0, values[1], 1, count * sizeof(int)));
    check(values[0], 2000);
    shift<<<(count + 63) / 64, 64, 0, stream[1]>>>(values[0], count);
    OK(cudaStreamSynchronize(stream[1]));
    check(values[0], 4000);

    // A new thread begins with device 0; an event of one device makes a stream of the other wait.
    std::thread([&] {
        int mine = -1;
        OK(cudaGetDevice(&mine));
        REQUIRE(mine == 0);
        cudaEvent_t event;
        OK(cudaEventCreate(&event));
        shift<<<(count + 63) / 64, 64, 0, stream[0]>>>(values[0], count);
        OK(cudaEventRecord(event, stream[0]));
        RETURNS(cudaErrorInvalidResourceHandle, cudaEventRecord(event, stream[1]));
        OK(cudaStreamWaitEvent(stream[1], event, 0));
        OK(cudaMemcpyAsync(values[1], values[0], count * sizeof(int), cudaMemcpyDefault, stream[1]));
        OK(cudaStreamSynchronize(stream[1]));
        OK(cudaEventDestroy(event));
    }).join();
    check(values[1], 5000);
    OK(cudaGetDevice(&current));
    REQUIRE(current == 1);

    // Resetting one device leaves the other alone.
    OK(cudaDeviceReset());
    RETURNS(cudaErrorInvalidResourceHandle, cudaStreamQuery(stream[1]));
    OK(cudaSetDevice(0));
    check(values[0], 5000);
    OK(cudaStreamDestroy(stream[0]));
    OK(cudaFree(values[0]));
    return 0;
}
