//! check = "race"
// A step of a scan writes what another warp may still have to read.
#include "../check.h"

__global__ void scan(int* a)
{
    __shared__ int sums[128];
    const int      t = threadIdx.x;
    sums[t] = a[t];
    __syncthreads();
    const int left = t >= 64 ? sums[t - 64] : 0;
    sums[t] += left; // finding: race: of LDS
    __syncthreads();
    a[t] = sums[t];
}

int main()
{
    scan<<<1, 128>>>(zeroed<int>(128));
    return finish();
}
