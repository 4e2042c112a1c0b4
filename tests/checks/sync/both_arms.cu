//! check = "sync"
//! flags = ["-Xptxas", "--check-marks"]
// A full shuffle in either arm of a branch: in each, half of the warp is missing.
#include "../check.h"

__global__ void arms(int* out)
{
    int v = threadIdx.x;
    if (threadIdx.x < 16)
    {
        v = __shfl_sync(0xffffffffU, v, 3); // finding in a header: sync: shfl.sync.idx.b32: lanes that its membermask names did not arrive
    }
    else
    {
        v = __shfl_sync(0xffffffffU, v, 20) + 1;
    }
    out[threadIdx.x] = v;
}

int main()
{
    arms<<<1, 32>>>(zeroed<int>(32));
    return finish();
}
