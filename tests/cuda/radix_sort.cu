// A stable radix sort of pairs, four bits a pass: counts of each block, a scan of the counts, and a scatter whose places within a
// warp come from ballots.
#include "check.h"

constexpr int bits    = 4;
constexpr int buckets = 1 << bits;
constexpr int threads = 128;
constexpr int warps   = threads / 32;

/// Counts the digits of each block's part, bucket-major, so that one scan over all gives every block its places.
__global__ void countDigits(const unsigned* keys, int n, int shift, int* counts)
{
    __shared__ int local[buckets];
    if (threadIdx.x < buckets) { local[threadIdx.x] = 0; }
    __syncthreads();
    const int i = blockIdx.x * threads + threadIdx.x;
    if (i < n) { atomicAdd(&local[keys[i] >> shift & (buckets - 1)], 1); }
    __syncthreads();
    if (threadIdx.x < buckets) { counts[threadIdx.x * gridDim.x + blockIdx.x] = local[threadIdx.x]; }
}

/// An exclusive scan by one block, of any length.
__global__ void scan(int* values, int n)
{
    __shared__ int sums[threads];
    __shared__ int carried;
    if (threadIdx.x == 0) { carried = 0; }
    for (int first = 0; first < n; first += threads)
    {
        const int i   = first + threadIdx.x;
        const int own = i < n ? values[i] : 0;
        sums[threadIdx.x] = own;
        __syncthreads();
        for (int d = 1; d < threads; d *= 2)
        {
            const int left = static_cast<int>(threadIdx.x) >= d ? sums[threadIdx.x - d] : 0;
            __syncthreads();
            sums[threadIdx.x] += left;
            __syncthreads();
        }
        if (i < n) { values[i] = carried + sums[threadIdx.x] - own; }
        __syncthreads();
        if (threadIdx.x == 0) { carried += sums[threads - 1]; }
        __syncthreads();
    }
}

__global__ void scatter(const unsigned* keys, const int* values, int n, int shift, const int* places, unsigned* outKeys, int* outValues)
{
    __shared__ int perWarp[warps][buckets];
    const int      i      = blockIdx.x * threads + threadIdx.x;
    const int      lane   = threadIdx.x % 32;
    const int      warp   = threadIdx.x / 32;
    const bool     inside = i < n;
    const int      digit  = inside ? static_cast<int>(keys[i] >> shift & (buckets - 1)) : 0;
    unsigned       peers  = __ballot_sync(0xffffffffU, inside);
    if (!inside) { peers = 0; }
    for (int b = 0; b < bits; ++b)
    {
        const unsigned set = __ballot_sync(0xffffffffU, digit >> b & 1);
        peers &= digit >> b & 1 ? set : ~set;
    }
    const int before = __popc(peers & ((1U << lane) - 1));
    for (int b = lane; b < buckets; b += 32) { perWarp[warp][b] = 0; }
    __syncwarp();
    if (inside && before == 0) { perWarp[warp][digit] = __popc(peers); }
    __syncthreads();
    if (inside)
    {
        int place = places[digit * gridDim.x + blockIdx.x] + before;
        for (int w = 0; w < warp; ++w) { place += perWarp[w][digit]; }
        outKeys[place]   = keys[i];
        outValues[place] = values[i];
    }
}

int main()
{
    const int             n      = 3001;
    const int             blocks = (n + threads - 1) / threads;
    std::vector<unsigned> keys(n);
    std::vector<int>      values(n);
    for (int i = 0; i < n; ++i)
    {
        keys[i]   = mixed(i) % (i % 3 == 0 ? 50 : 4000000000U); // many equal ones among them
        values[i] = i;
    }
    const DeviceArray<unsigned> keysA(keys);
    const DeviceArray<unsigned> keysB(n);
    const DeviceArray<int>      valuesA(values);
    const DeviceArray<int>      valuesB(n);
    const DeviceArray<int>      counts(buckets * blocks);
    for (int shift = 0; shift < 32; shift += 2 * bits)
    {
        countDigits<<<blocks, threads>>>(keysA.get(), n, shift, counts.get());
        scan<<<1, threads>>>(counts.get(), buckets * blocks);
        scatter<<<blocks, threads>>>(keysA.get(), valuesA.get(), n, shift, counts.get(), keysB.get(), valuesB.get());
        countDigits<<<blocks, threads>>>(keysB.get(), n, shift + bits, counts.get());
        scan<<<1, threads>>>(counts.get(), buckets * blocks);
        scatter<<<blocks, threads>>>(keysB.get(), valuesB.get(), n, shift + bits, counts.get(), keysA.get(), valuesA.get());
    }
    LAUNCHED();
    const std::vector<unsigned> sorted = keysA.download();
    const std::vector<int>      from   = valuesA.download();
    for (int i = 0; i < n; ++i)
    {
        REQUIRE(from[i] >= 0 && from[i] < n && sorted[i] == keys[from[i]], "place %d holds %u from %d", i, sorted[i], from[i]);
        REQUIRE(i == 0 || sorted[i - 1] < sorted[i] || (sorted[i - 1] == sorted[i] && from[i - 1] < from[i]),
                "places %d and %d: %u from %d, %u from %d", i - 1, i, sorted[i - 1], from[i - 1], sorted[i], from[i]);
    }
    return ok();
}
