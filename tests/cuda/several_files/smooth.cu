// The second file: a kernel for others, and a static kernel that has the name of one in main.cu.
#include "several.h"

__global__ void smooth(const float* in, float* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    const int left  = i > 0 ? i - 1 : 0;
    const int right = i < n - 1 ? i + 1 : n - 1;
    out[i]          = in[left] + in[i] + in[right];
}

static __global__ void prepare(int* v, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { v[i] = 2; }
}

int preparedElsewhere(int n)
{
    const DeviceArray<int> v(n);
    prepare<<<(n + 63) / 64, 64>>>(v.get(), n);
    LAUNCHED();
    int sum = 0;
    for (const int value : v.download()) { sum += value; }
    return sum;
}
