//! check = "memory"
// One element too many: the guard says <= where it means <.
#include "../check.h"

__global__ void fill(int* a, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= n) { a[i] = i; } // finding: memory: write out of bounds
}

int main()
{
    fill<<<1, 128>>>(zeroed<int>(100), 100);
    return finish();
}
