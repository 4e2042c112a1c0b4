// Reductions by DPP: a butterfly within 16 lanes by quad permutations and mirrors, the wavefront by broadcasts, and by rotations of
// a row and of the whole wavefront.
#include "check.h"

template<int control>
__device__ int moved(int v)
{
    return __builtin_amdgcn_mov_dpp(v, control, 0xf, 0xf, true);
}

/// Every lane gets the sum of its row of 16.
__device__ int rowSum(int v)
{
    v += moved<0xb1>(v); // quad_perm:[1,0,3,2]
    v += moved<0x4e>(v); // quad_perm:[2,3,0,1]
    v += moved<0x141>(v); // row_half_mirror
    v += moved<0x140>(v); // row_mirror
    return v;
}

__global__ void rows(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i]      = rowSum(in[i]);
}

__global__ void rowsByRotation(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    int       v = in[i];
    v += moved<0x128>(v); // row_ror:8
    v += moved<0x124>(v); // row_ror:4
    v += moved<0x122>(v); // row_ror:2
    v += moved<0x121>(v); // row_ror:1
    out[i] = v;
}

__global__ void whole(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    int       v = rowSum(in[i]);
    v += __builtin_amdgcn_update_dpp(0, v, 0x142, 0xa, 0xf, false); // row_bcast:15
    v += __builtin_amdgcn_update_dpp(0, v, 0x143, 0xc, 0xf, false); // row_bcast:31
    out[i] = __builtin_amdgcn_readlane(v, 63);
}

/// The sum over all rotations of the wavefront is the wavefront's sum in every lane.
__global__ void wholeByRotation(const int* in, int* out)
{
    const int i   = blockIdx.x * blockDim.x + threadIdx.x;
    int       v   = in[i];
    int       sum = 0;
    for (int k = 0; k < wavefront; ++k)
    {
        sum += v * (k + 1); // weighted, so that the direction counts
        v = moved<0x134>(v); // wave_rol:1
    }
    out[i] = sum;
}

int main()
{
    const std::vector<int> in       = input(3 * wavefront);
    const std::vector<int> byMirror = run(rows, in, wavefront);
    const std::vector<int> byRow    = run(rowsByRotation, in, wavefront);
    const std::vector<int> all      = run(whole, in, wavefront);
    const std::vector<int> rotated  = run(wholeByRotation, in, wavefront);
    for (int i = 0; i < static_cast<int>(in.size()); ++i)
    {
        int row      = 0;
        int wave     = 0;
        int weighted = 0;
        for (int k = 0; k < 16; ++k) { row += in[i / 16 * 16 + k]; }
        for (int k = 0; k < wavefront; ++k)
        {
            wave += in[i / wavefront * wavefront + k];
            weighted += in[i / wavefront * wavefront + (i + k) % wavefront] * (k + 1); // rol: from the lane above
        }
        REQUIRE(byMirror[i] == row && byRow[i] == row, "lane %d: rows %d and %d, expected %d", i, byMirror[i], byRow[i], row);
        REQUIRE(all[i] == wave, "lane %d: %d, expected %d", i, all[i], wave);
        REQUIRE(rotated[i] == weighted, "lane %d: rotations give %d, expected %d", i, rotated[i], weighted);
    }
    return ok();
}
