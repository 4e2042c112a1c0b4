// What the runtime says of the device, of kernels and of how many blocks fit.
#include "check.h"

__global__ void __launch_bounds__(192) bounded(float* v)
{
    __shared__ float tile[400];
    tile[threadIdx.x] = v[threadIdx.x];
    __syncthreads();
    v[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
}

__global__ void plain(int* v) { v[threadIdx.x] = warpSize; }

__constant__ int unused[10];

int main()
{
    int count  = 0;
    int device = -1;
    CUDA(cudaGetDeviceCount(&count));
    CUDA(cudaGetDevice(&device));
    REQUIRE(count >= 1 && device == 0, "%d devices, device %d", count, device);
    cudaDeviceProp p;
    CUDA(cudaGetDeviceProperties(&p, device));
    REQUIRE(p.name[0] != 0 && p.warpSize == 32, "%s: warps of %d", p.name, p.warpSize);
    REQUIRE(p.major == 7 && p.minor == 0, "compute capability %d.%d", p.major, p.minor);
    REQUIRE(p.maxThreadsPerBlock == 1024 && p.sharedMemPerBlock == 65536, "%d threads, %zu bytes", p.maxThreadsPerBlock,
            p.sharedMemPerBlock);
    REQUIRE(p.maxThreadsPerMultiProcessor == 2048 && p.multiProcessorCount > 0, "%d", p.maxThreadsPerMultiProcessor);
    REQUIRE(p.maxGridSize[0] == 2147483647 && p.maxGridSize[1] == 65535, "%d, %d", p.maxGridSize[0], p.maxGridSize[1]);
    int value = 0;
    CUDA(cudaDeviceGetAttribute(&value, cudaDevAttrWarpSize, device));
    REQUIRE(value == 32, "warp size %d", value);
    CUDA(cudaDeviceGetAttribute(&value, cudaDevAttrMultiProcessorCount, device));
    REQUIRE(value == p.multiProcessorCount, "%d multiprocessors", value);
    CUDA(cudaRuntimeGetVersion(&value));
    REQUIRE(value == 12040, "runtime %d", value);
    CUDA(cudaDriverGetVersion(&value));
    REQUIRE(value >= 12040, "driver %d", value);

    cudaFuncAttributes a;
    CUDA(cudaFuncGetAttributes(&a, bounded));
    REQUIRE(a.maxThreadsPerBlock == 192 && a.sharedSizeBytes == 1600, "%d threads, %zu bytes", a.maxThreadsPerBlock, a.sharedSizeBytes);
    REQUIRE(a.ptxVersion == 70 && a.numRegs > 0, "ptx %d, %d registers", a.ptxVersion, a.numRegs);
    CUDA(cudaFuncGetAttributes(&a, plain));
    REQUIRE(a.maxThreadsPerBlock == 1024 && a.sharedSizeBytes == 0, "%d threads, %zu bytes", a.maxThreadsPerBlock, a.sharedSizeBytes);

    int blocks = 0;
    CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, plain, 256, 0));
    REQUIRE(blocks == 8, "%d blocks of 256", blocks);
    CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, plain, 256, 20000));
    REQUIRE(blocks == 3, "%d blocks with 20000 bytes each", blocks);
    int minimumGrid = 0;
    int blockSize   = 0;
    CUDA(cudaOccupancyMaxPotentialBlockSize(&minimumGrid, &blockSize, plain, 0, 0));
    REQUIRE(blockSize >= 32 && blockSize <= 1024 && blockSize % 32 == 0, "block size %d", blockSize);
    REQUIRE(minimumGrid * blockSize == p.multiProcessorCount * 2048, "%d blocks of %d", minimumGrid, blockSize);

    const DeviceArray<int> v(64);
    plain<<<1, 64>>>(v.get());
    LAUNCHED();
    for (const int size : v.download()) { REQUIRE(size == 32, "warpSize %d in the kernel", size); }
    bounded<<<1, 193>>>(nullptr); // over its bounds
    const cudaError_t refused = cudaGetLastError();
    REQUIRE(refused == cudaErrorLaunchOutOfResources || refused == cudaErrorInvalidConfiguration, "%s", cudaGetErrorName(refused));
    return ok();
}
