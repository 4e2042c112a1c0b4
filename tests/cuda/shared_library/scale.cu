// The library: a static kernel and a device variable of names that the program also uses.
#include "scale.h"

static __device__ float factor;

static __global__ void scaleKernel(float* v, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { v[i] *= factor; }
}

cudaError_t scaleInLibrary(float* values, int n, float by, cudaStream_t stream)
{
    const cudaError_t status = cudaMemcpyToSymbol(factor, &by, sizeof by);
    if (status != cudaSuccess) { return status; }
    scaleKernel<<<(n + 127) / 128, 128, 0, stream>>>(values, n);
    return cudaGetLastError();
}
