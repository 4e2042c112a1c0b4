//! check = "memory"
// The launch gives half of the shared memory that the kernel uses.
#include "../check.h"

extern __shared__ int buffer[];

__global__ void reverse(int* a)
{
    buffer[threadIdx.x] = a[threadIdx.x]; // finding: memory: write of 4 bytes past the end of the LDS
    __syncthreads();
    a[threadIdx.x] = buffer[blockDim.x - 1 - threadIdx.x]; // finding: memory: read of 4 bytes past the end of the LDS
}

int main()
{
    reverse<<<1, 128, 64 * sizeof(int)>>>(zeroed<int>(128));
    return finish();
}
