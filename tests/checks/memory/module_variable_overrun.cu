//! check = "memory"
// A variable of ten elements has an eleventh written.
#include "../check.h"

__device__ int counters[10];

__global__ void count(int n)
{
    if (static_cast<int>(threadIdx.x) < n) { counters[threadIdx.x] = 1; } // finding: memory: write out of bounds
}

int main()
{
    count<<<1, 32>>>(11);
    return finish();
}
