// The inclusive scan of a wavefront by DPP row shifts and row broadcasts, and the exclusive one by a wave shift: the sequences
// that compilers and libraries use on this hardware, so a wrong meaning of a control shows as a wrong sum.
#include "check.h"

template<int control, int rowMask>
__device__ int moved(int v)
{
    return __builtin_amdgcn_update_dpp(0, v, control, rowMask, 0xf, false); // lanes that read nothing get the zero
}

__device__ int inclusiveScan(int v)
{
    v += moved<0x111, 0xf>(v); // row_shr:1
    v += moved<0x112, 0xf>(v); // row_shr:2
    v += moved<0x114, 0xf>(v); // row_shr:4
    v += moved<0x118, 0xf>(v); // row_shr:8
    v += moved<0x142, 0xa>(v); // row_bcast:15 into rows 1 and 3
    v += moved<0x143, 0xc>(v); // row_bcast:31 into rows 2 and 3
    return v;
}

__global__ void inclusive(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i]      = inclusiveScan(in[i]);
}

__global__ void exclusive(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i]      = moved<0x138, 0xf>(inclusiveScan(in[i])); // wave_shr:1
}

int main()
{
    const std::vector<int> in        = input(5 * wavefront);
    const std::vector<int> sums      = run(inclusive, in, wavefront);
    const std::vector<int> sumsAbove = run(exclusive, in, wavefront);
    for (size_t i = 0; i < in.size(); ++i)
    {
        int before = 0;
        for (size_t k = i / wavefront * wavefront; k < i; ++k) { before += in[k]; }
        REQUIRE(sums[i] == before + in[i], "inclusive, lane %zu: %d, expected %d", i, sums[i], before + in[i]);
        REQUIRE(sumsAbove[i] == before, "exclusive, lane %zu: %d, expected %d", i, sumsAbove[i], before);
    }
    return ok();
}
