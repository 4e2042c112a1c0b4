// A cooperative launch: a grid-wide barrier holds all blocks, or the device says honestly that it has none.
#include "check.h"

#include <hip/hip_cooperative_groups.h>

namespace cg = cooperative_groups;

/// Each round every block reads what all wrote in the last.
__global__ void rounds(int* values, int count)
{
    cg::grid_group grid = cg::this_grid();
    for (int round = 0; round < count; ++round)
    {
        const int blocks = gridDim.x;
        int       sum    = 0;
        for (int b = 0; b < blocks; ++b) { sum += values[(round & 1) * blocks + b]; }
        if (threadIdx.x == 0) { values[(round + 1 & 1) * blocks + blockIdx.x] = sum % 1009 + blockIdx.x; }
        grid.sync();
    }
}

int main()
{
    int supported = -1;
    HIP(hipDeviceGetAttribute(&supported, hipDeviceAttributeCooperativeLaunch, 0));
    int              blocks = 12, count = 9;
    std::vector<int> values(2 * blocks);
    for (int b = 0; b < blocks; ++b) { values[b] = b * b; }
    int* device = nullptr;
    HIP(hipMalloc(&device, values.size() * 4));
    HIP(hipMemcpy(device, values.data(), values.size() * 4, hipMemcpyHostToDevice));
    void*            arguments[] = { &device, &count };
    const hipError_t status =
            hipLaunchCooperativeKernel(reinterpret_cast<void*>(rounds), dim3(blocks), dim3(128), arguments, 0, nullptr);
    if (!supported)
    {
        REQUIRE(status != hipSuccess, "a launch that the device says it cannot do");
        return ok();
    }
    HIP(status);
    HIP(hipDeviceSynchronize());
    std::vector<int> expected = values;
    for (int round = 0; round < count; ++round)
    {
        int sum = 0;
        for (int b = 0; b < blocks; ++b) { sum += expected[(round & 1) * blocks + b]; }
        for (int b = 0; b < blocks; ++b) { expected[(round + 1 & 1) * blocks + b] = sum % 1009 + b; }
    }
    HIP(hipMemcpy(values.data(), device, values.size() * 4, hipMemcpyDeviceToHost));
    REQUIRE(values == expected, "the rounds ran into each other");
    return ok();
}
