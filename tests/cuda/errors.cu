// Wrong calls get CUDA's own error and leave the device usable: launch geometry, memory, pointers, handles, unknown kernels.
#include "check.h"

__global__ void fill(int* v, int n, int value)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { v[i] = value; }
}

/// The device still works, and no error is left over.
void requireUsable()
{
    const int              n = 100;
    const DeviceArray<int> v(n);
    fill<<<1, 128>>>(v.get(), n, 42);
    LAUNCHED();
    for (const int value : v.download()) { REQUIRE(value == 42, "%d", value); }
    CUDA(cudaPeekAtLastError());
}

/// A launch that must be refused with `wanted`, which getting it once clears.
void requireRefused(dim3 grid, dim3 block, size_t shared, cudaError_t wanted)
{
    fill<<<grid, block, shared>>>(nullptr, 0, 0);
    CUDA_FAILS(wanted, cudaPeekAtLastError());
    CUDA_FAILS(wanted, cudaGetLastError());
    CUDA(cudaGetLastError());
    requireUsable();
}

void notAKernel() {}

int main()
{
    requireUsable();

    requireRefused(dim3(1), dim3(1025), 0, cudaErrorInvalidConfiguration);
    requireRefused(dim3(1), dim3(64, 64), 0, cudaErrorInvalidConfiguration);
    requireRefused(dim3(1), dim3(1, 1, 65), 0, cudaErrorInvalidConfiguration);
    requireRefused(dim3(0), dim3(64), 0, cudaErrorInvalidConfiguration);
    requireRefused(dim3(1), dim3(0), 0, cudaErrorInvalidConfiguration);
    requireRefused(dim3(1, 65536), dim3(1), 0, cudaErrorInvalidConfiguration);
    requireRefused(dim3(1, 1, 65536), dim3(1), 0, cudaErrorInvalidConfiguration);
    requireRefused(dim3(1), dim3(64), 1 << 20, cudaErrorInvalidValue); // more shared memory than there is

    void* p = nullptr;
    CUDA_FAILS(cudaErrorMemoryAllocation, cudaMalloc(&p, size_t(1) << 50));
    CUDA_FAILS(cudaErrorMemoryAllocation, cudaGetLastError());
    requireUsable();

    int host = 0;
    CUDA_FAILS(cudaErrorInvalidValue, cudaFree(&host)); // not memory of the device
    (void)cudaGetLastError();
    CUDA(cudaFree(nullptr));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMalloc(nullptr, 4));
    (void)cudaGetLastError();
    CUDA_FAILS(cudaErrorInvalidMemcpyDirection, cudaMemcpy(&host, &host, 4, static_cast<cudaMemcpyKind>(17)));
    (void)cudaGetLastError();
    CUDA_FAILS(cudaErrorInvalidDevice, cudaSetDevice(4711));
    (void)cudaGetLastError();
    CUDA_FAILS(cudaErrorInvalidDevice, cudaSetDevice(-1));
    (void)cudaGetLastError();

    // A function that no image of this program has.
    void*              arguments[] = { &p };
    cudaFuncAttributes attributes;
    CUDA_FAILS(cudaErrorInvalidDeviceFunction,
               cudaLaunchKernel(reinterpret_cast<const void*>(notAKernel), dim3(1), dim3(1), arguments, 0, nullptr));
    (void)cudaGetLastError();
    CUDA_FAILS(cudaErrorInvalidDeviceFunction, cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(notAKernel)));
    (void)cudaGetLastError();
    CUDA_FAILS(cudaErrorInvalidSymbol, cudaMemcpyToSymbol(&host, &host, sizeof host));
    (void)cudaGetLastError();

    REQUIRE(std::strcmp(cudaGetErrorName(cudaErrorInvalidConfiguration), "cudaErrorInvalidConfiguration") == 0, "%s",
            cudaGetErrorName(cudaErrorInvalidConfiguration));
    REQUIRE(std::strcmp(cudaGetErrorString(cudaSuccess), "no error") == 0, "%s", cudaGetErrorString(cudaSuccess));
    REQUIRE(std::strcmp(cudaGetErrorString(cudaErrorMemoryAllocation), "out of memory") == 0, "%s",
            cudaGetErrorString(cudaErrorMemoryAllocation));
    REQUIRE(std::strcmp(cudaGetErrorName(static_cast<cudaError_t>(123456)), "unrecognized error code") == 0, "%s",
            cudaGetErrorName(static_cast<cudaError_t>(123456)));
    requireUsable();
    return ok();
}
