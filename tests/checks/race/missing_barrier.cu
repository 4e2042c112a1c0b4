//! check = "race"
// A reversal through shared memory without a barrier between writing and reading.
#include "../check.h"

__global__ void reverse(int* a)
{
    __shared__ int buffer[128];
    buffer[threadIdx.x] = a[threadIdx.x]; // finding: race: write and read of LDS
    a[threadIdx.x] = buffer[127 - threadIdx.x];
}

int main()
{
    reverse<<<1, 128>>>(zeroed<int>(128));
    return finish();
}
