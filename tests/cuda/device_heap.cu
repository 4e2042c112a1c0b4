//! also = [["-G"], ["-Xptxas", "--warp-mapping=split"]]
//! timeout = 240
// The device heap under thousands of threads: blocks of mixed sizes never overlap, are aligned, live from kernel to kernel,
// and come back when they are freed; exhaustion is a null pointer; the heap's size is a limit.
#include "check.h"

#include <algorithm>
#include <utility>

struct Block
{
    unsigned* words;
    unsigned  count;
};

__device__ unsigned mark(unsigned thread, unsigned slot, unsigned word) { return mixed(thread * 16 + slot) + word; }

/// Each thread allocates, fills, frees and allocates anew; what it keeps goes to `kept`.
__global__ void churn(Block* kept, int slots, int rounds, unsigned seed, unsigned* failures)
{
    const unsigned thread = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned       random = mixed(seed + thread);
    Block*         own    = kept + thread * slots;
    for (int round = 0; round < rounds; ++round)
    {
        for (int slot = 0; slot < slots; ++slot)
        {
            random = mixed(random + slot);
            if (own[slot].words != nullptr && random % 3 != 0)
            {
                for (unsigned i = 0; i < own[slot].count; ++i)
                {
                    if (own[slot].words[i] != mark(thread, slot, i)) { atomicAdd(failures, 1); }
                }
                free(own[slot].words);
                own[slot].words = nullptr;
            }
            if (own[slot].words == nullptr && random % 5 != 0)
            {
                // Mostly small, some of many chunks.
                const unsigned count = random % 97 == 0 ? 9000 : (random >> 8) % (random % 7 == 0 ? 700 : 40) + 1;
                unsigned*      words = static_cast<unsigned*>(malloc(count * sizeof(unsigned)));
                if (words == nullptr)
                {
                    atomicAdd(failures + 1, 1);
                    continue;
                }
                if (reinterpret_cast<size_t>(words) % 16 != 0) { atomicAdd(failures, 1); }
                for (unsigned i = 0; i < count; ++i) { words[i] = mark(thread, slot, i); }
                own[slot] = {words, count};
            }
        }
    }
}

/// In a later kernel everything still holds what was written; then all is freed.
__global__ void inspect(Block* kept, int slots, unsigned* failures)
{
    const unsigned thread = blockIdx.x * blockDim.x + threadIdx.x;
    for (int slot = 0; slot < slots; ++slot)
    {
        Block& block = kept[thread * slots + slot];
        for (unsigned i = 0; block.words != nullptr && i < block.count; ++i)
        {
            if (block.words[i] != mark(thread, slot, i)) { atomicAdd(failures, 1); }
        }
        free(block.words); // null pointers too
        block.words = nullptr;
    }
}

/// Allocates until nothing is left; counts, and frees everything through a list in the blocks themselves.
__global__ void exhaust(size_t size, unsigned* count)
{
    void** list = nullptr;
    while (void* block = malloc(size))
    {
        *static_cast<void**>(block) = list;
        list                        = static_cast<void**>(block);
        atomicAdd(count, 1);
    }
    while (list != nullptr)
    {
        void** next = static_cast<void**>(*list);
        free(list);
        list = next;
    }
}

struct Node
{
    int   value;
    Node* next;
    __device__ Node(int v, Node* n) : value(v), next(n) {}
    __device__ ~Node() { value = -1; }
};

__global__ void operators(long long* sums)
{
    Node* list = nullptr;
    for (int i = 0; i < 20; ++i) { list = new Node(i + threadIdx.x, list); }
    long long sum = 0;
    while (list != nullptr)
    {
        sum += list->value;
        Node* next = list->next;
        delete list;
        list = next;
    }
    int* array = new int[100 + threadIdx.x];
    for (unsigned i = 0; i < 100 + threadIdx.x; ++i) { array[i] = i; }
    for (unsigned i = 0; i < 100 + threadIdx.x; ++i) { sum += array[i]; }
    delete[] array;
    char* aligned = static_cast<char*>(__nv_aligned_device_malloc(40 + threadIdx.x, 256));
    if (reinterpret_cast<size_t>(aligned) % 256 != 0 || aligned == nullptr) { sum = -1; }
    free(aligned);
    // A compiler may leave a malloc out whose result nobody needs, and then it cannot fail.
    void* volatile none = malloc(0);
    void* volatile all  = malloc(size_t(1) << 40);
    if (none != nullptr || all != nullptr) { sum = -2; }
    sums[threadIdx.x] = sum;
}

void underLoad()
{
    constexpr int         blocks = 16, threads = 256, slots = 4;
    DeviceArray<Block>    kept(blocks * threads * slots);
    DeviceArray<unsigned> failures(std::vector<unsigned>{0, 0});
    kept.fillBytes(0);
    for (unsigned seed = 1; seed <= 2; ++seed)
    {
        churn<<<blocks, threads>>>(kept.get(), slots, 3, seed, failures.get());
        LAUNCHED();
    }
    // What kernels have kept, from outside: no two blocks overlap.
    std::vector<Block>                            found = kept.download();
    std::vector<std::pair<std::size_t, unsigned>> ranges;
    for (const Block& block : found)
    {
        if (block.words != nullptr) { ranges.emplace_back(reinterpret_cast<std::size_t>(block.words), block.count * 4); }
    }
    REQUIRE(ranges.size() > blocks * threads, "only %zu blocks", ranges.size());
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i)
    {
        REQUIRE(ranges[i - 1].first + ranges[i - 1].second <= ranges[i].first, "blocks %zu and %zu overlap", i - 1, i);
    }
    inspect<<<blocks, threads>>>(kept.get(), slots, failures.get());
    LAUNCHED();
    REQUIRE(failures.download()[0] == 0, "%u words or addresses are wrong", failures.download()[0]);
    REQUIRE(failures.download()[1] == 0, "%u allocations failed", failures.download()[1]);
}

int main()
{
    size_t size = 0;
    CUDA(cudaDeviceGetLimit(&size, cudaLimitMallocHeapSize));
    REQUIRE(size == 8 << 20, "%zu", size);
    CUDA(cudaDeviceSetLimit(cudaLimitMallocHeapSize, 64 << 20));
    CUDA(cudaDeviceGetLimit(&size, cudaLimitMallocHeapSize));
    REQUIRE(size == 64 << 20, "%zu", size);
    underLoad();
    CUDA_FAILS(cudaErrorInvalidValue, cudaDeviceSetLimit(cudaLimitMallocHeapSize, 8 << 20));
    (void)cudaGetLastError();

    CUDA(cudaDeviceReset());
    CUDA(cudaDeviceSetLimit(cudaLimitMallocHeapSize, 1 << 20));
    // The whole heap can be had, again and again, in every size.
    for (const size_t bytes : {1 << 20, 100000, 16384, 8192, 5000, 1000, 100})
    {
        DeviceArray<unsigned> count(std::vector<unsigned>{0});
        for (const int threads : {1, 70})
        {
            count.upload({0});
            exhaust<<<1, threads>>>(bytes, count.get());
            LAUNCHED();
            const unsigned got = count.download()[0];
            // A block takes up to a quarter more than was asked for, a large one whole chunks.
            const unsigned least = bytes > 8192 ? (1 << 20) / ((bytes + 16383) / 16384 * 16384) : (1 << 20) / bytes * 2 / 3;
            // Threads that free while others still allocate make it more.
            REQUIRE(got >= least && (threads > 1 || got <= (1 << 20) / bytes), "%u blocks of %zu bytes, at least %u", got,
                    bytes, least);
        }
    }
    DeviceArray<long long> sums(100);
    operators<<<1, 100>>>(sums.get());
    LAUNCHED();
    const std::vector<long long> got = sums.download();
    for (long long i = 0; i < 100; ++i)
    {
        const long long want = 190 + 20 * i + (100 + i) * (99 + i) / 2;
        REQUIRE(got[i] == want, "thread %lld: %lld, expected %lld", i, got[i], want);
    }
    return ok();
}
