//! check = "sync"
//! flags = ["-Xptxas", "--check-marks"]
// Lanes leave the loop one after the other; those that stay vote with all of them, and all meet afterwards.
#include "../check.h"

__global__ void steps(int* out)
{
    int n = 0;
    for (int i = 0; i < static_cast<int>(threadIdx.x % 4); ++i)
    {
        n += __popc(__ballot_sync(0xffffffffU, out[i] == 0)); // finding in a header: sync: vote.sync.ballot.b32: lanes that its membermask names did not arrive
    }
    __syncwarp();
    out[threadIdx.x] = n;
}

int main()
{
    steps<<<1, 32>>>(zeroed<int>(32));
    return finish();
}
