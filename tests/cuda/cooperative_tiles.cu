//! also = [["-G"], ["-Xptxas", "--warp-mapping=split"]]
// Groups within a block: tiles of each size with shuffles, votes and reductions, coalesced threads of a branch, partitions.
#include "check.h"

#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>

#include <algorithm>

namespace cg = cooperative_groups;

constexpr int threads = 100; // the last warp is incomplete
constexpr int results = 12;

struct Pair
{
    double first;
    int    second;
};

template<unsigned size>
__device__ void tile(int* out)
{
    const cg::thread_block              block = cg::this_thread_block();
    const auto                          part  = cg::tiled_partition<size>(block);
    const int                           i     = static_cast<int>(block.thread_rank());
    out[0] = part.thread_rank();
    out[1] = part.meta_group_rank() * 1000 + part.meta_group_size();
    out[2] = part.shfl(i * 3, 1);
    out[3] = part.shfl_up(i, 1);
    out[4] = part.shfl_down(i, 2);
    out[5] = part.shfl_xor(i, 1);
    out[6] = part.ballot(i % 3 == 0);
    out[7] = part.any(i == 50) * 10 + part.all(i < 64);
    out[8] = cg::reduce(part, i, cg::plus<int>());
    out[9] = cg::reduce(part, i ^ 5, cg::greater<int>());
    const Pair pair = part.shfl(Pair{i * 0.5, i}, 0);
    out[10]         = static_cast<int>(pair.first * 2) + pair.second;
    out[11]         = part.match_any(i / 3);
    part.sync();
}

template<unsigned size>
__global__ void tiles(int* out)
{
    // Only whole tiles: a shuffle from a thread that does not exist has no value.
    if (threadIdx.x < threads / size * size) { tile<size>(out + results * threadIdx.x); }
}

template<unsigned size>
void checkTiles()
{
    DeviceArray<int> out(threads * results);
    out.fillBytes(0xff);
    tiles<size><<<1, threads>>>(out.get());
    LAUNCHED();
    const std::vector<int> got   = out.download();
    const int              whole = threads / size * size, n = size;
    for (int i = 0; i < whole; ++i)
    {
        const int first = i / n * n, rank = i % n;
        unsigned  ballot = 0, match = 0;
        int       sum = 0, greatest = 0, all = 1, any = 0;
        for (int k = 0; k < n; ++k)
        {
            const int j = first + k;
            ballot |= (j % 3 == 0 ? 1U : 0U) << k;
            match |= (j / 3 == i / 3 ? 1U : 0U) << k;
            sum += j;
            greatest = std::max(greatest, j ^ 5);
            all &= j < 64;
            any |= j == 50;
        }
        const int want[results] = {rank,
                                   i / n * 1000 + (threads + n - 1) / n,
                                   (first + 1 % n) * 3,
                                   rank < 1 ? i : i - 1,
                                   rank + 2 < n ? i + 2 : i,
                                   first + ((rank ^ 1) & (n - 1)),
                                   static_cast<int>(ballot),
                                   any * 10 + all,
                                   sum,
                                   greatest,
                                   2 * first,
                                   static_cast<int>(match)};
        for (int k = 0; k < results; ++k)
        {
            REQUIRE(got[i * results + k] == want[k], "tiles of %d, thread %d, result %d: %d, expected %d", n, i, k,
                    got[i * results + k], want[k]);
        }
    }
}

__global__ void coalesced(int* out)
{
    const int i = threadIdx.x;
    if (i % 3 == 1)
    {
        const cg::coalesced_group active = cg::coalesced_threads();
        out[4 * i]     = active.size() * 100 + active.thread_rank();
        out[4 * i + 1] = active.shfl(i, 2);
        out[4 * i + 2] = active.ballot(i % 2 == 0);
        out[4 * i + 3] = cg::reduce(active, i, cg::plus<int>());
    }
}

void checkCoalesced()
{
    DeviceArray<int> out(4 * 64);
    coalesced<<<1, 64>>>(out.get());
    LAUNCHED();
    const std::vector<int> got = out.download();
    for (int i = 0; i < 64; ++i)
    {
        if (i % 3 != 1) { continue; }
        std::vector<int> members;
        for (int j = i / 32 * 32; j < i / 32 * 32 + 32; ++j)
        {
            if (j % 3 == 1) { members.push_back(j); }
        }
        int      rank = 0, sum = 0;
        unsigned ballot = 0;
        for (std::size_t k = 0; k < members.size(); ++k)
        {
            if (members[k] == i) { rank = static_cast<int>(k); }
            sum += members[k];
            ballot |= (members[k] % 2 == 0 ? 1U : 0U) << k;
        }
        REQUIRE(got[4 * i] == static_cast<int>(members.size()) * 100 + rank, "thread %d: %d", i, got[4 * i]);
        REQUIRE(got[4 * i + 1] == members[2] && got[4 * i + 2] == static_cast<int>(ballot) && got[4 * i + 3] == sum,
                "thread %d: %d %x %d", i, got[4 * i + 1], got[4 * i + 2], got[4 * i + 3]);
    }
}

__global__ void partitions(int* out)
{
    const cg::thread_block block = cg::this_thread_block();
    const auto             warp  = cg::tiled_partition<32>(block);
    const auto             four  = cg::tiled_partition<4>(warp);
    const auto             label = cg::labeled_partition(warp, threadIdx.x % 5);
    const auto             half  = cg::binary_partition(warp, threadIdx.x % 32 < 10);
    block.sync();
    out[threadIdx.x] = four.thread_rank() + 10 * label.thread_rank() + 1000 * half.size() + 100000 * warp.meta_group_rank();
}

void checkPartitions()
{
    DeviceArray<int> out(64);
    partitions<<<1, 64>>>(out.get());
    LAUNCHED();
    const std::vector<int> got = out.download();
    for (int i = 0; i < 64; ++i)
    {
        int label = 0;
        for (int j = i / 32 * 32; j < i; ++j) { label += j % 5 == i % 5; }
        const int want = i % 4 + 10 * label + 1000 * (i % 32 < 10 ? 10 : 22) + 100000 * (i / 32);
        REQUIRE(got[i] == want, "thread %d: %d, expected %d", i, got[i], want);
    }
}

int main()
{
    checkTiles<32>();
    checkTiles<16>();
    checkTiles<8>();
    checkTiles<4>();
    checkTiles<2>();
    checkTiles<1>();
    checkCoalesced();
    checkPartitions();
    return ok();
}
