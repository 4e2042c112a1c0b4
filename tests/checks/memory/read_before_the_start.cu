//! check = "memory"
// The first thread looks at its left neighbour too.
#include "../check.h"

__global__ void difference(const int* a, int* out)
{
    const int i = threadIdx.x;
    out[i] = a[i] - a[i - 1]; // finding: memory: read out of bounds
}

int main()
{
    difference<<<1, 64>>>(zeroed<int>(64), zeroed<int>(64));
    return finish();
}
