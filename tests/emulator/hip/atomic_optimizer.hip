//! flags = ["-mllvm", "-amdgpu-atomic-optimizations"]
// Atomics on one address with values that differ between lanes: LLVM turns each into a scan of the wavefront by DPP of its own
// making and one atomic, also when some lanes are off; what they return must be the scan.
#include "check.h"

__device__ int total;
__device__ int least;
__device__ int tickets;

/// `out` gets what the additions returned; lanes of i % 3 == 1 stay away.
__global__ void add(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i % 3 == 1) { return; }
    atomicAdd(&total, in[i]);
    atomicMin(&least, in[i]);
    out[i] = atomicAdd(&tickets, in[i] + 1);
}

int main()
{
    const std::vector<int> in = input(7 * wavefront);
    int                    start[3] = { 0, 5000, 0 };
    HIP(hipMemcpyToSymbol(HIP_SYMBOL(total), &start[0], sizeof(int)));
    HIP(hipMemcpyToSymbol(HIP_SYMBOL(least), &start[1], sizeof(int)));
    HIP(hipMemcpyToSymbol(HIP_SYMBOL(tickets), &start[2], sizeof(int)));
    const std::vector<int> returned = run(add, in, wavefront);

    int              sum      = 0;
    int              smallest = 5000;
    int              count    = 0;
    for (size_t i = 0; i < in.size(); ++i)
    {
        if (i % 3 == 1) { continue; }
        sum += in[i];
        smallest = in[i] < smallest ? in[i] : smallest;
        count += in[i] + 1;
    }
    std::vector<char> taken(count, 0);
    for (size_t i = 0; i < in.size(); ++i)
    {
        if (i % 3 == 1)
        {
            REQUIRE(returned[i] == -1, "lane %zu was to stay away", i);
            continue;
        }
        for (int k = returned[i]; k <= returned[i] + in[i]; ++k)
        {
            REQUIRE(k >= 0 && k < count && !taken[k], "lane %zu: place %d is given twice", i, k);
            taken[k] = 1;
        }
    }
    HIP(hipMemcpyFromSymbol(&start[0], HIP_SYMBOL(total), sizeof(int)));
    HIP(hipMemcpyFromSymbol(&start[1], HIP_SYMBOL(least), sizeof(int)));
    REQUIRE(start[0] == sum && start[1] == smallest, "sum %d, least %d, expected %d and %d", start[0], start[1], sum, smallest);
    return ok();
}
