// A bitonic sort of a wavefront by ds_bpermute, and a scatter by ds_permute that undoes a gather.
#include "check.h"

__global__ void sortWave(const int* in, int* out)
{
    const int i    = blockIdx.x * blockDim.x + threadIdx.x;
    const int lane = threadIdx.x % wavefront;
    int       v    = in[i];
    for (int size = 2; size <= wavefront; size *= 2)
    {
        for (int distance = size / 2; distance > 0; distance /= 2)
        {
            const int  other     = __builtin_amdgcn_ds_bpermute((lane ^ distance) * 4, v);
            const bool ascending = (lane & size) == 0;
            const bool lower     = (lane & distance) == 0;
            v                    = lower == ascending ? min(v, other) : max(v, other);
        }
    }
    out[i] = v;
}

/// Gather by a permutation, then scatter by the same one: all stays in place. 29 is odd, so it permutes 64 lanes.
__global__ void thereAndBack(const int* in, int* out)
{
    const int i        = blockIdx.x * blockDim.x + threadIdx.x;
    const int partner  = (threadIdx.x * 29 + 7) % wavefront;
    const int gathered = __builtin_amdgcn_ds_bpermute(partner * 4, in[i]);
    out[i]             = __builtin_amdgcn_ds_permute(partner * 4, gathered);
}

int main()
{
    const std::vector<int> in     = input(6 * wavefront);
    const std::vector<int> sorted = run(sortWave, in, wavefront);
    const std::vector<int> same   = run(thereAndBack, in, wavefront);
    for (size_t first = 0; first < in.size(); first += wavefront)
    {
        std::vector<int> counts(1000, 0);
        for (int k = 0; k < wavefront; ++k)
        {
            ++counts[in[first + k]];
            --counts[sorted[first + k]];
            REQUIRE(k == 0 || sorted[first + k - 1] <= sorted[first + k], "not sorted at %zu", first + k);
            REQUIRE(same[first + k] == in[first + k], "lane %zu: %d, expected %d", first + k, same[first + k], in[first + k]);
        }
        for (const int count : counts) { REQUIRE(count == 0, "values are lost from wavefront %zu", first / wavefront); }
    }
    return ok();
}
