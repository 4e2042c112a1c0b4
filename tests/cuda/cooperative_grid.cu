//! also = [["-G"]]
//! timeout = 120
// A cooperative launch: all blocks meet at grid.sync() as often as they like; too many blocks are refused; an ordinary launch
// is no grid.
#include "check.h"

#include <cooperative_groups.h>

namespace cg = cooperative_groups;

// Each round, every block adds what its neighbour wrote in the round before.
__global__ void rounds(int* values, int count, int* valid)
{
    cg::grid_group grid = cg::this_grid();
    if (grid.thread_rank() == 0) { *valid = grid.is_valid(); }
    const unsigned me   = blockIdx.x;
    const unsigned next = (blockIdx.x + 1) % gridDim.x;
    for (int round = 0; round < count; ++round)
    {
        const int* from = values + (round & 1) * gridDim.x;
        int*       to   = values + (~round & 1) * gridDim.x;
        if (threadIdx.x == 0) { to[me] = from[me] + from[next]; }
        grid.sync();
    }
}

__global__ void ask(int* valid) { *valid = cg::this_grid().is_valid(); }

void run(unsigned blocks, unsigned threads, cudaStream_t stream)
{
    constexpr int    count = 9;
    std::vector<int> want(blocks), initial(2 * blocks);
    for (unsigned i = 0; i < blocks; ++i) { initial[i] = want[i] = static_cast<int>(mixed(i) % 1000); }
    for (int round = 0; round < count; ++round)
    {
        std::vector<int> now = want;
        for (unsigned i = 0; i < blocks; ++i) { want[i] = now[i] + now[(i + 1) % blocks]; }
    }
    DeviceArray<int> values(initial), valid(1);
    int*             valuesPointer = values.get();
    int*             validPointer  = valid.get();
    int              rounded       = count;
    void*            arguments[]   = {&valuesPointer, &rounded, &validPointer};
    CUDA(cudaLaunchCooperativeKernel(reinterpret_cast<void*>(rounds), dim3(blocks), dim3(threads), arguments, 0, stream));
    CUDA(cudaStreamSynchronize(stream));
    const std::vector<int> got = values.download();
    for (unsigned i = 0; i < blocks; ++i)
    {
        REQUIRE(got[(count & 1) * blocks + i] == want[i], "%u blocks of %u: block %u: %d, expected %d", blocks, threads, i,
                got[(count & 1) * blocks + i], want[i]);
    }
    REQUIRE(valid.download()[0] == 1, "the grid is not valid");
}

int main()
{
    int supported = 0, multiprocessors = 0, resident = 0;
    CUDA(cudaDeviceGetAttribute(&supported, cudaDevAttrCooperativeLaunch, 0));
    REQUIRE(supported == 1, "%d", supported);
    CUDA(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
    CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident, rounds, 256, 0));
    REQUIRE(resident > 0, "%d", resident);
    cudaStream_t stream;
    CUDA(cudaStreamCreate(&stream));
    run(1, 32, nullptr);
    run(2, 64, stream);
    run(7, 100, nullptr);
    run(64, 256, stream);
    run(multiprocessors, 64, nullptr);

    void* none[3] = {};
    int*  null    = nullptr;
    int   zero    = 0;
    none[0] = none[2] = &null;
    none[1]           = &zero;
    CUDA_FAILS(cudaErrorCooperativeLaunchTooLarge,
               cudaLaunchCooperativeKernel(reinterpret_cast<void*>(rounds), dim3(multiprocessors * resident + 1), dim3(256), none,
                                           0, nullptr));
    (void)cudaGetLastError();
    DeviceArray<int> valid(std::vector<int>{7});
    ask<<<1, 1>>>(valid.get());
    LAUNCHED();
    REQUIRE(valid.download()[0] == 0, "an ordinary launch says that its grid is valid");
    CUDA(cudaStreamDestroy(stream));
    return ok();
}
