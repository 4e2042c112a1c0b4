//! check = "sync"
//! flags = ["-Xptxas", "--check-marks"]
// The whole warp executes what only its lower half is named for.
#include "../check.h"

__global__ void half(int* out)
{
    out[threadIdx.x] = __any_sync(0x0000ffffU, out[threadIdx.x]); // finding in a header: sync: lanes arrive that its membermask does not name
}

int main()
{
    half<<<1, 32>>>(zeroed<int>(32));
    return finish();
}
