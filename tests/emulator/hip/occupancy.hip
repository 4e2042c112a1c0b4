// What the runtime says of the device and of kernels agrees with what the hardware has: 64 lanes, 512 registers a lane, 64 KiB of LDS.
#include "check.h"

__global__ void small(int* out) { out[threadIdx.x] = threadIdx.x; }

__global__ void __launch_bounds__(256) large(int* out)
{
    __shared__ int tile[12 * 1024]; // 48 KiB: one block a compute unit.
    tile[threadIdx.x] = out[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = tile[255 - threadIdx.x];
}

int main()
{
    hipDeviceProp_t properties{};
    HIP(hipGetDeviceProperties(&properties, 0));
    REQUIRE(properties.warpSize == 64 && properties.sharedMemPerBlock == 65536, "%d", properties.warpSize);
    REQUIRE(properties.maxThreadsPerBlock == 1024, "%d", properties.maxThreadsPerBlock);
    REQUIRE(std::strncmp(properties.gcnArchName, "gfx90a", 6) == 0, "%s", properties.gcnArchName);
    REQUIRE(properties.multiProcessorCount > 0 && properties.totalGlobalMem > (1ull << 30), "sizes");

    hipFuncAttributes attributes{};
    HIP(hipFuncGetAttributes(&attributes, reinterpret_cast<const void*>(large)));
    REQUIRE(attributes.sharedSizeBytes == 48 * 1024, "%zu", attributes.sharedSizeBytes);
    REQUIRE(attributes.maxThreadsPerBlock == 256 && attributes.localSizeBytes == 0, "%d", attributes.maxThreadsPerBlock);

    int blocks = 0;
    HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, large, 256, 0));
    REQUIRE(blocks == 1, "%d blocks of 48 KiB", blocks);
    int few = 0;
    HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor(&few, small, 1024, 0));
    HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, small, 64, 0));
    REQUIRE(few >= 2 && blocks >= few && blocks <= 40, "%d and %d", few, blocks);
    int grid = 0, block = 0;
    HIP(hipOccupancyMaxPotentialBlockSize(&grid, &block, reinterpret_cast<const void*>(small), 0, 0));
    REQUIRE(block == 1024 && grid >= properties.multiProcessorCount, "%d x %d", grid, block);

    // More threads than the kernel was compiled for.
    int* device = nullptr;
    HIP(hipMalloc(&device, 4096));
    large<<<1, 512>>>(device);
    REQUIRE(hipGetLastError() != hipSuccess, "512 threads where 256 were promised");
    small<<<1, 1024>>>(device);
    HIP(hipDeviceSynchronize());
    return ok();
}
