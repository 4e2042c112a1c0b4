// A module that is large enough to be compiled in several parts: what its kernels share must still be one.
// Module variables have one address for all kernels, constants one value, a function one address, and each kernel its own
// shared memory, static and dynamic.
#include "check.h"

constexpr int kKernels = 8;
constexpr int kThreads = 64;

__device__ unsigned g_counter;                 // written by every kernel and by the host
static __device__ unsigned g_hidden;           // written by every kernel, unknown to the host
__constant__ unsigned c_scale = 3;             // written by the host
static __constant__ unsigned c_fixed[4] = {2, 3, 5, 7};
static __device__ const unsigned g_table[8] = {1, 4, 9, 16, 25, 36, 49, 64};
__device__ unsigned* g_where = &g_counter;     // an address in an initial value

using Step = unsigned (*)(unsigned);
__device__ unsigned addOne(unsigned x) { return x + 1; }
__device__ unsigned twice(unsigned x) { return x * 2; }
__device__ Step g_steps[2] = {addOne, twice};

// Some hundreds of instructions that depend on each other and on N.
template<int N>
__device__ unsigned churn(unsigned x)
{
#pragma unroll
    for (int i = 0; i < 150; ++i)
    {
        x = (x ^ (x >> (1 + (i + N) % 13))) * (2654435761u + 2 * N + i);
        x += i ^ N;
    }
    return x;
}

template<int N>
unsigned churnOnHost(unsigned x)
{
    for (int i = 0; i < 150; ++i)
    {
        x = (x ^ (x >> (1 + (i + N) % 13))) * (2654435761u + 2 * N + i);
        x += i ^ N;
    }
    return x;
}

// Called by all kernels and not inlined: each part has a copy, and its shared memory is the calling kernel's.
__device__ __noinline__ unsigned sumOfBlock(unsigned x)
{
    __shared__ unsigned values[kThreads];
    values[threadIdx.x] = x;
    __syncthreads();
    unsigned sum = 0;
    for (int i = 0; i < kThreads; ++i) { sum += values[i]; }
    __syncthreads();
    return sum;
}

template<int N>
__global__ void kernel(unsigned* out)
{
    extern __shared__ unsigned dynamic[];
    __shared__ unsigned own[N + 1];
    if (threadIdx.x == 0)
    {
        atomicAdd(&g_counter, N + 1u);
        atomicAdd(&g_hidden, 1u);
        own[N] = c_scale;
    }
    dynamic[threadIdx.x] = churn<N>(threadIdx.x);
    __syncthreads();
    const unsigned neighbour = dynamic[(threadIdx.x + 1) % kThreads];
    out[threadIdx.x] =
            neighbour * own[N] + sumOfBlock(threadIdx.x + N) + c_fixed[threadIdx.x % 4] + g_table[(threadIdx.x + N) % 8];
}

__global__ void readHidden(unsigned* out)
{
    out[0] = g_hidden;
    out[1] = *g_where;
    out[2] = g_where == &g_counter;
}

__global__ void readSteps(Step* out, unsigned* same)
{
    out[0] = g_steps[0];
    out[1] = twice;
    *same  = g_steps[1] == twice;
}

__global__ void callSteps(const Step* steps, unsigned* out)
{
    out[0] = steps[0](10);
    out[1] = steps[1](10);
}

template<int N>
void runAndCheck(unsigned* device)
{
    kernel<N><<<1, kThreads, kThreads * sizeof(unsigned)>>>(device);
    unsigned host[kThreads];
    CUDA(cudaMemcpy(host, device, sizeof(host), cudaMemcpyDeviceToHost));
    const unsigned fixed[4] = {2, 3, 5, 7};
    for (unsigned i = 0; i < kThreads; ++i)
    {
        const unsigned square = ((i + N) % 8 + 1) * ((i + N) % 8 + 1);
        const unsigned sum    = kThreads * (kThreads - 1) / 2 + kThreads * N;
        const unsigned wanted = churnOnHost<N>((i + 1) % kThreads) * 11 + sum + fixed[i % 4] + square;
        REQUIRE(host[i] == wanted, "kernel %d, thread %u: %u instead of %u", N, i, host[i], wanted);
    }
    if constexpr (N + 1 < kKernels) { runAndCheck<N + 1>(device); }
}

int main()
{
    unsigned* device = nullptr;
    CUDA(cudaMalloc(&device, kThreads * sizeof(unsigned)));
    const unsigned scale = 11, start = 1000;
    CUDA(cudaMemcpyToSymbol(c_scale, &scale, sizeof(scale)));
    CUDA(cudaMemcpyToSymbol(g_counter, &start, sizeof(start)));
    runAndCheck<0>(device);

    unsigned counter = 0, hidden[3] = {};
    CUDA(cudaMemcpyFromSymbol(&counter, g_counter, sizeof(counter)));
    REQUIRE(counter == start + kKernels * (kKernels + 1) / 2, "%u", counter);
    readHidden<<<1, 1>>>(device);
    CUDA(cudaMemcpy(hidden, device, sizeof(hidden), cudaMemcpyDeviceToHost));
    REQUIRE(hidden[0] == kKernels && hidden[1] == counter && hidden[2] == 1, "%u %u %u", hidden[0], hidden[1], hidden[2]);

    Step* steps = nullptr;
    CUDA(cudaMalloc(&steps, 2 * sizeof(Step)));
    readSteps<<<1, 1>>>(steps, device);
    unsigned results[2] = {};
    CUDA(cudaMemcpy(results, device, sizeof(unsigned), cudaMemcpyDeviceToHost));
    REQUIRE(results[0] == 1, "a function has two addresses");
    callSteps<<<1, 1>>>(steps, device);
    CUDA(cudaMemcpy(results, device, sizeof(results), cudaMemcpyDeviceToHost));
    REQUIRE(results[0] == 11 && results[1] == 20, "%u %u", results[0], results[1]);
    return ok();
}
