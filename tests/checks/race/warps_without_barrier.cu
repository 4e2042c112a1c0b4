//! check = "race"
// Warps exchange values through global memory as if they ran in step.
#include "../check.h"

__global__ void exchange(int* a)
{
    a[threadIdx.x] = threadIdx.x; // finding: race: write and read of global memory
    a[128 + threadIdx.x] = a[threadIdx.x ^ 64];
}

int main()
{
    exchange<<<1, 128>>>(zeroed<int>(256));
    return finish();
}
