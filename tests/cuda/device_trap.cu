// __trap() ends the kernel and is a launch failure; the device works again after a reset. A breakpoint without a debugger
// goes on.
#include "check.h"

__global__ void stop(int* done)
{
    if (threadIdx.x == 40) { __trap(); }
    *done = 1;
}

__global__ void pass(int* done)
{
    __brkpt();
    *done = 2;
}

// A function that traps and is not inlined.
__device__ __noinline__ int positive(int x)
{
    if (x < 0) { __trap(); }
    return x + 1;
}

__global__ void call(int* done) { *done = positive(*done); }

int main()
{
    DeviceArray<int>* done = new DeviceArray<int>(std::vector<int>{-5});
    call<<<1, 1>>>(done->get());
    CUDA_FAILS(cudaErrorLaunchFailure, cudaDeviceSynchronize());
    CUDA(cudaDeviceReset());
    done = new DeviceArray<int>(std::vector<int>{5});
    stop<<<1, 64>>>(done->get());
    CUDA_FAILS(cudaErrorLaunchFailure, cudaDeviceSynchronize());
    CUDA_FAILS(cudaErrorLaunchFailure, cudaDeviceSynchronize());
    CUDA(cudaDeviceReset());
    (void)cudaGetLastError();
    done = new DeviceArray<int>(std::vector<int>{5});
    pass<<<1, 64>>>(done->get());
    LAUNCHED();
    REQUIRE(done->download()[0] == 2, "%d", done->download()[0]);
    call<<<1, 1>>>(done->get());
    LAUNCHED();
    REQUIRE(done->download()[0] == 3, "%d", done->download()[0]);
    return ok();
}
