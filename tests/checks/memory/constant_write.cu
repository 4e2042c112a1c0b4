//! check = "memory"
// A table of constants loses its const on the way.
#include "../check.h"

__device__ const int table[4] = { 1, 2, 3, 4 };

__global__ void update(const int* which) { const_cast<int*>(table)[*which] = 5; } // finding: memory: write to read-only memory

int main()
{
    update<<<1, 1>>>(zeroed<int>(1));
    return finish();
}
