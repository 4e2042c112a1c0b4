//! also = [["-Xptxas", "--warp-mapping=split"]]
// A sum in one launch: each block stores its part, and the block that finishes last, known by a counter, adds the parts up.
// The parts must be visible to it through __threadfence.
#include "check.h"

__device__ unsigned finished;

__device__ int blockSum(int v)
{
    __shared__ int parts[256];
    parts[threadIdx.x] = v;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2)
    {
        if (threadIdx.x < half) { parts[threadIdx.x] += parts[threadIdx.x + half]; }
        __syncthreads();
    }
    const int sum = parts[0];
    __syncthreads();
    return sum;
}

__global__ void sum(const int* in, int n, volatile int* parts, int* out)
{
    __shared__ bool isLast;
    int             v = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) { v += in[i]; }
    v = blockSum(v);
    if (threadIdx.x == 0)
    {
        parts[blockIdx.x] = v;
        __threadfence();
        isLast = atomicInc(&finished, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (!isLast) { return; }
    v = 0;
    for (int b = threadIdx.x; b < gridDim.x; b += blockDim.x) { v += parts[b]; }
    v = blockSum(v);
    if (threadIdx.x == 0) { *out = v; }
}

int main()
{
    const int        n = 70001;
    std::vector<int> in(n);
    int              wanted = 0;
    for (int i = 0; i < n; ++i)
    {
        in[i] = static_cast<int>(mixed(i) % 1000) - 400;
        wanted += in[i];
    }
    const DeviceArray<int> din(in);
    const DeviceArray<int> dparts(100);
    for (const int blocks : { 1, 37, 100, 2 }) // the counter wraps to zero by itself, so the launches follow one another
    {
        DeviceArray<int> dout(1);
        dout.fillBytes(0);
        sum<<<blocks, 128>>>(din.get(), n, dparts.get(), dout.get());
        LAUNCHED();
        REQUIRE(dout.download()[0] == wanted, "%d blocks: %d, expected %d", blocks, dout.download()[0], wanted);
    }
    return ok();
}
