//! check = "sync"
//! flags = ["-Xptxas", "--check-marks"]
// Half of the warp sums up, with a mask that names all of it; the other half waits at the block's barrier.
#include "../check.h"

__global__ void sum(int* out)
{
    __shared__ int total;
    if (threadIdx.x < 16)
    {
        int v = out[threadIdx.x] + static_cast<int>(threadIdx.x);
        v += __shfl_down_sync(0xffffffffU, v, 8); // finding in a header: sync: shfl.sync.down.b32: lanes that its membermask names did not arrive
        if (threadIdx.x == 0) { total = v; }
    }
    __syncthreads();
    out[threadIdx.x] = total;
}

int main()
{
    sum<<<1, 64>>>(zeroed<int>(64));
    return finish();
}
