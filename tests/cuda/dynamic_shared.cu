// Shared memory sized at the launch: two arrays in it, beside a static one; more than 48 KiB after asking for it.
#include "check.h"

/// Reverses the block's part of `in` through dynamic shared memory; a second array holds flags of bytes.
__global__ void reverse(const float* in, float* out, int n)
{
    extern __shared__ float values[];
    __shared__ int          count;
    unsigned char* const    present = reinterpret_cast<unsigned char*>(values + blockDim.x);
    const int               t       = threadIdx.x;
    const int               first   = blockIdx.x * blockDim.x;
    if (t == 0) { count = 0; }
    __syncthreads();
    present[t] = first + t < n;
    if (first + t < n)
    {
        values[t] = in[first + t];
        atomicAdd(&count, 1);
    }
    __syncthreads();
    if (first + t < n)
    {
        const int source = count - 1 - t;
        out[first + t]   = present[source] ? values[source] : -1.0F;
    }
}

/// Writes all of a large dynamic array, then sums what the block's other threads wrote.
__global__ void fillLarge(int words, unsigned* out)
{
    extern __shared__ unsigned storage[];
    for (int i = threadIdx.x; i < words; i += blockDim.x) { storage[i] = i * 2654435761U; }
    __syncthreads();
    unsigned sum = 0;
    for (int i = threadIdx.x; i < words; i += blockDim.x) { sum += storage[words - 1 - i] ^ threadIdx.x; }
    out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

int main()
{
    const int          n = 1000;
    std::vector<float> in(n);
    for (int i = 0; i < n; ++i) { in[i] = mixedFloat(i); }
    const DeviceArray<float> din(in);
    for (const int threads : { 33, 64, 224, 1000, 1024 })
    {
        DeviceArray<float> dout(n);
        dout.fillBytes(0xff);
        reverse<<<(n + threads - 1) / threads, threads, threads * (sizeof(float) + 1)>>>(din.get(), dout.get(), n);
        LAUNCHED();
        const std::vector<float> out = dout.download();
        for (int i = 0; i < n; ++i)
        {
            const int first = i / threads * threads;
            const int last  = first + threads < n ? first + threads - 1 : n - 1;
            REQUIRE(out[i] == in[last - (i - first)], "%d threads, element %d: %g", threads, i, out[i]);
        }
    }

    const int bytes   = 60 * 1024;
    const int words   = bytes / 4;
    const int threads = 192;
    CUDA(cudaFuncSetAttribute(fillLarge, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes));
    const DeviceArray<unsigned> dout(2 * threads);
    fillLarge<<<2, threads, bytes>>>(words, dout.get());
    LAUNCHED();
    const std::vector<unsigned> out = dout.download();
    for (int t = 0; t < 2 * threads; ++t)
    {
        const unsigned thread = t % threads;
        unsigned       sum    = 0;
        for (int i = thread; i < words; i += threads) { sum += static_cast<unsigned>(words - 1 - i) * 2654435761U ^ thread; }
        REQUIRE(out[t] == sum, "thread %d: %u, expected %u", t, out[t], sum);
    }
    return ok();
}
