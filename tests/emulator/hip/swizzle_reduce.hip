// Reductions of 32 lanes by ds_swizzle: exclusive-or masks, broadcasts, reversals and the quad mode; 64 lanes by one bpermute.
#include "check.h"

/// Bit-mask mode: the source lane is ((lane & andMask) | orMask) ^ xorMask within 32.
template<int andMask, int orMask, int xorMask>
__device__ int swizzled(int v)
{
    return __builtin_amdgcn_ds_swizzle(v, xorMask << 10 | orMask << 5 | andMask);
}

/// Every lane gets the sum of its 32.
__global__ void butterfly(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    int       v = in[i];
    v += swizzled<0x1f, 0, 1>(v);
    v += swizzled<0x1f, 0, 2>(v);
    v += swizzled<0x1f, 0, 4>(v);
    v += swizzled<0x1f, 0, 8>(v);
    v += swizzled<0x1f, 0, 16>(v);
    out[i] = v;
}

/// The whole wavefront: the other half by ds_bpermute.
__global__ void whole(const int* in, int* out)
{
    const int i    = blockIdx.x * blockDim.x + threadIdx.x;
    const int lane = threadIdx.x % wavefront;
    int       v    = in[i];
    v += swizzled<0x1f, 0, 16>(v);
    v += swizzled<0x1f, 0, 8>(v);
    v += __builtin_amdgcn_ds_swizzle(v, 0x8000 | 0xb1); // quad mode, [1,0,3,2]
    v += __builtin_amdgcn_ds_swizzle(v, 0x8000 | 0x4e); // quad mode, [2,3,0,1]
    v += swizzled<0x1f, 0, 4>(v);
    v += __builtin_amdgcn_ds_bpermute((lane ^ 32) * 4, v);
    out[i] = v;
}

/// Broadcast of lane 5 of each 8, minus the value mirrored within 32.
__global__ void patterns(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i]      = swizzled<0x18, 5, 0>(in[i]) - swizzled<0x1f, 0, 0x1f>(in[i]);
}

int main()
{
    const std::vector<int> in     = input(4 * wavefront);
    const std::vector<int> halves = run(butterfly, in, wavefront);
    const std::vector<int> all    = run(whole, in, wavefront);
    const std::vector<int> mixes  = run(patterns, in, wavefront);
    for (int i = 0; i < static_cast<int>(in.size()); ++i)
    {
        int half = 0;
        int wave = 0;
        for (int k = 0; k < 32; ++k) { half += in[i / 32 * 32 + k]; }
        for (int k = 0; k < wavefront; ++k) { wave += in[i / wavefront * wavefront + k]; }
        REQUIRE(halves[i] == half, "lane %d: %d, expected %d", i, halves[i], half);
        REQUIRE(all[i] == wave, "lane %d: %d, expected %d", i, all[i], wave);
        const int wanted = in[i / 8 * 8 + 5] - in[i / 32 * 32 + 31 - i % 32];
        REQUIRE(mixes[i] == wanted, "lane %d: %d, expected %d", i, mixes[i], wanted);
    }
    return ok();
}
