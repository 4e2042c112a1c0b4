//! check = "sync"
//! flags = ["-Xptxas", "--check-marks"]
// One lane hands a value to the others and synchronises alone.
#include "../check.h"

__global__ void hand(int* out)
{
    __shared__ int slot;
    if (threadIdx.x == 0)
    {
        slot = out[0] + 1;
        __syncwarp(); // finding in a header: sync: bar.warp.sync: lanes that its membermask names did not arrive
    }
    const int all = __all_sync(0xffffffffU, out[threadIdx.x] == 0);
    out[threadIdx.x] = slot + all;
}

int main()
{
    hand<<<1, 32>>>(zeroed<int>(32));
    return finish();
}
