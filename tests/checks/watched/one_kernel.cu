// Three launches of one stream between two copies.
#include "../check.h"

__global__ void scale(int* a) { a[blockIdx.x * blockDim.x + threadIdx.x] *= 3; }

int main()
{
    static int host[256];
    int*       device = zeroed<int>(256);
    CUDA(cudaMemcpy(device, host, sizeof host, cudaMemcpyHostToDevice));
    for (int i = 0; i < 3; ++i) { scale<<<4, 64>>>(device); }
    CUDA(cudaMemcpy(host, device, sizeof host, cudaMemcpyDeviceToHost));
    return finish();
}
