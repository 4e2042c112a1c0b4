// Two streams that depend on each other by events; asynchronous copies from and to pinned memory; times between events.
#include "check.h"

__global__ void advance(int* v, int n, int add, int times)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    int value = v[i];
    for (int k = 0; k < times; ++k) { value = value * 5 + add; }
    v[i] = value;
}

__global__ void combine(const int* a, const int* b, int* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { out[i] = a[i] ^ b[i]; }
}

int main()
{
    const int    n     = 4001;
    const size_t bytes = n * sizeof(int);
    const int    grid  = (n + 255) / 256;
    int*         in    = nullptr;
    int*         out   = nullptr;
    CUDA(cudaMallocHost(&in, bytes));
    CUDA(cudaHostAlloc(&out, bytes, cudaHostAllocDefault));
    cudaStream_t first;
    cudaStream_t second;
    CUDA(cudaStreamCreate(&first));
    CUDA(cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking));
    cudaEvent_t start;
    cudaEvent_t copied;
    cudaEvent_t advanced;
    cudaEvent_t end;
    CUDA(cudaEventCreate(&start));
    CUDA(cudaEventCreateWithFlags(&copied, cudaEventDisableTiming));
    CUDA(cudaEventCreateWithFlags(&advanced, cudaEventDisableTiming));
    CUDA(cudaEventCreate(&end));
    const DeviceArray<int> a(n);
    const DeviceArray<int> b(n);
    const DeviceArray<int> c(n);

    for (int round = 0; round < 20; ++round)
    {
        for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i + round * n)); }
        std::memset(out, 0, bytes);
        CUDA(cudaEventRecord(start, first));
        CUDA(cudaMemcpyAsync(a.get(), in, bytes, cudaMemcpyHostToDevice, first));
        CUDA(cudaEventRecord(copied, first));
        advance<<<grid, 256, 0, first>>>(a.get(), n, round, 50);

        CUDA(cudaStreamWaitEvent(second, copied, 0));
        CUDA(cudaMemcpyAsync(b.get(), in, bytes, cudaMemcpyHostToDevice, second));
        advance<<<grid, 256, 0, second>>>(b.get(), n, 7, 3 + round);
        CUDA(cudaEventRecord(advanced, second));

        CUDA(cudaStreamWaitEvent(first, advanced, 0));
        combine<<<grid, 256, 0, first>>>(a.get(), b.get(), c.get(), n);
        CUDA(cudaMemcpyAsync(out, c.get(), bytes, cudaMemcpyDeviceToHost, first));
        CUDA(cudaEventRecord(end, first));
        CUDA(cudaGetLastError());
        CUDA(cudaEventSynchronize(end));
        CUDA(cudaEventQuery(end));
        CUDA(cudaStreamQuery(first));

        for (int i = 0; i < n; ++i)
        {
            unsigned x = static_cast<unsigned>(in[i]);
            unsigned y = x;
            for (int k = 0; k < 50; ++k) { x = x * 5 + static_cast<unsigned>(round); }
            for (int k = 0; k < 3 + round; ++k) { y = y * 5 + 7; }
            REQUIRE(static_cast<unsigned>(out[i]) == (x ^ y), "round %d, element %d: %x", round, i, out[i]);
        }
    }
    float milliseconds = -1;
    CUDA(cudaEventElapsedTime(&milliseconds, start, end));
    REQUIRE(milliseconds > 0 && milliseconds < 60000, "%g ms", milliseconds);
    CUDA_FAILS(cudaErrorInvalidResourceHandle, cudaEventElapsedTime(&milliseconds, copied, end)); // made without timing
    CUDA(cudaStreamSynchronize(second));
    for (cudaEvent_t event : { start, copied, advanced, end }) { CUDA(cudaEventDestroy(event)); }
    CUDA(cudaStreamDestroy(first));
    CUDA(cudaStreamDestroy(second));
    CUDA(cudaFreeHost(in));
    CUDA(cudaFreeHost(out));
    return ok();
}
