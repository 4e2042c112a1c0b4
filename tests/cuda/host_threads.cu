// Several host threads at once: each with memory, a stream, an event and launches of its own, and the same first launch.
#include "check.h"

#include <thread>

__global__ void step(unsigned* v, int n, unsigned add)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { v[i] = v[i] * 1664525U + add; }
}

void work(int thread)
{
    const int                   n = 500 + 37 * thread;
    const DeviceArray<unsigned> v(n);
    cudaStream_t                stream;
    cudaEvent_t                 done;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaEventCreate(&done));
    std::vector<unsigned> host(n);
    for (int i = 0; i < n; ++i) { host[i] = mixed(i + thread * 10000); }
    CUDA(cudaMemcpyAsync(v.get(), host.data(), n * sizeof(unsigned), cudaMemcpyHostToDevice, stream));
    const int rounds = 25;
    for (int k = 0; k < rounds; ++k)
    {
        step<<<(n + 63) / 64, 64, 0, stream>>>(v.get(), n, thread + k);
        CUDA(cudaGetLastError());
        if (k % 10 == 9)
        {
            const DeviceArray<int> passing(100); // allocation and freeing between launches
            CUDA(cudaMemsetAsync(passing.get(), k, 400, stream));
            CUDA(cudaStreamSynchronize(stream));
        }
    }
    CUDA(cudaEventRecord(done, stream));
    CUDA(cudaEventSynchronize(done));
    // Errors belong to a thread: this one's wrong call is not seen by the others.
    if (thread % 2 == 0)
    {
        CUDA_FAILS(cudaErrorInvalidDevice, cudaSetDevice(99));
        CUDA_FAILS(cudaErrorInvalidDevice, cudaGetLastError());
    }
    CUDA(cudaGetLastError());
    const std::vector<unsigned> out = v.download();
    for (int i = 0; i < n; ++i)
    {
        unsigned wanted = host[i];
        for (int k = 0; k < rounds; ++k) { wanted = wanted * 1664525U + thread + k; }
        REQUIRE(out[i] == wanted, "thread %d, element %d: %u, expected %u", thread, i, out[i], wanted);
    }
    CUDA(cudaEventDestroy(done));
    CUDA(cudaStreamDestroy(stream));
}

int main()
{
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) { threads.emplace_back(work, t); }
    for (std::thread& thread : threads) { thread.join(); }
    return ok();
}
