//! check = "race"
// A stencil reads its neighbours' cells in the array that it writes; a neighbour may be in another block.
#include "../check.h"

__global__ void smooth(int* a, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i > 0 && i < n - 1) { a[i] = a[i - 1] + a[i + 1]; } // finding: race: of global memory
}

int main()
{
    smooth<<<4, 64>>>(zeroed<int>(256), 256);
    return finish();
}
