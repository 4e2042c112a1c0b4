//! check = "sync"
//! flags = ["-Xptxas", "--check-marks"]
// Nothing is wrong: lanes that have left the kernel, masks of the lanes that are there, a block of less than a warp.
#include "../check.h"

__global__ void sums(int* out, int n)
{
    const int i = threadIdx.x;
    if (i >= n) { return; }
    const unsigned here = __ballot_sync(0xffffffffU, 1);
    int            v    = out[i] + i;
    if (i % 2 == 0) { v += __shfl_xor_sync(here & 0x55555555U, v, 2); }
    v += __reduce_add_sync(here, 1);
    out[i] = v;
}

int main()
{
    sums<<<1, 128>>>(zeroed<int>(128), 40);
    sums<<<1, 20>>>(zeroed<int>(128), 20);
    return finish();
}
