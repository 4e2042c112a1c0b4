// Kernels of the usual kinds, each checked against the host: prints a name and the number of wrong results.
#include <hip/hip_runtime.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define CHECK(call)                                                        \
    do {                                                                   \
        hipError_t error = (call);                                         \
        if (error != hipSuccess) {                                         \
            printf("%s: %s\n", #call, hipGetErrorString(error));           \
            exit(1);                                                       \
        }                                                                  \
    } while (0)

__global__ void reduce(const int *in, int *out, int n) {
    __shared__ int partial[256];
    int thread = threadIdx.x, sum = 0;
    for (int i = blockIdx.x * 256 + thread; i < n; i += gridDim.x * 256)
        sum += in[i];
    partial[thread] = sum;
    __syncthreads();
    for (int half = 128; half > 0; half >>= 1) {
        if (thread < half)
            partial[thread] += partial[thread + half];
        __syncthreads();
    }
    if (thread == 0)
        atomicAdd(out, partial[0]);
}

__global__ void shuffle(int *out) {
    int value = threadIdx.x;
    for (int mask = 32; mask > 0; mask >>= 1)
        value += __shfl_xor(value, mask);
    out[threadIdx.x] = value + __popcll(__ballot(threadIdx.x % 3 == 0));
}

__global__ void roots(double *x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        x[i] = sqrt(x[i]) * 2.0 + 1.0 / x[i];
}

__global__ void collatz(unsigned *steps, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    unsigned x = i + 1, count = 0;
    while (x != 1) {
        x = x & 1 ? 3 * x + 1 : x / 2;
        count++;
    }
    steps[i] = count;
}

__device__ int offset = 5;
__constant__ int table[4] = {1, 2, 3, 4};

__global__ void variables(int *out) { out[threadIdx.x] = table[threadIdx.x & 3] + offset; }

__global__ void scratch(int *out, int k) {
    int local[32];
    for (int i = 0; i < 32; i++)
        local[i] = i * k + threadIdx.x;
    int sum = 0;
    for (int i = 0; i < 32; i++)
        sum += local[(i * k) & 31];
    out[threadIdx.x] = sum;
}

int main() {
    const int n = 100003;
    int *in, *out, wrong, host[64];
    CHECK(hipMalloc(&in, n * sizeof(int)));
    CHECK(hipMalloc(&out, 65536));

    std::vector<int> values(n);
    int sum = 0, result;
    for (int i = 0; i < n; i++)
        sum += values[i] = i % 7;
    CHECK(hipMemcpy(in, values.data(), n * sizeof(int), hipMemcpyHostToDevice));
    CHECK(hipMemset(out, 0, 4));
    reduce<<<40, 256>>>(in, out, n);
    CHECK(hipMemcpy(&result, out, 4, hipMemcpyDeviceToHost));
    printf("reduce %d\n", result != sum);

    shuffle<<<1, 64>>>(out);
    CHECK(hipMemcpy(host, out, sizeof host, hipMemcpyDeviceToHost));
    wrong = 0;
    for (int value : host)
        wrong += value != 63 * 32 + 22;
    printf("shuffle %d\n", wrong);

    double *managed;
    CHECK(hipMallocManaged(&managed, 1000 * sizeof(double)));
    for (int i = 0; i < 1000; i++)
        managed[i] = i + 1;
    roots<<<4, 256>>>(managed, 1000);
    CHECK(hipDeviceSynchronize());
    wrong = 0;
    for (int i = 0; i < 1000; i++) {
        double expected = std::sqrt(i + 1.0) * 2.0 + 1.0 / (i + 1);
        wrong += !(std::fabs(managed[i] - expected) <= 1e-15 * expected);
    }
    printf("double %d\n", wrong);

    collatz<<<20, 128>>>((unsigned *)out, 2500);
    std::vector<unsigned> steps(2500);
    CHECK(hipMemcpy(steps.data(), out, 10000, hipMemcpyDeviceToHost));
    wrong = 0;
    for (int i = 0; i < 2500; i++) {
        unsigned x = i + 1, count = 0;
        for (; x != 1; count++)
            x = x & 1 ? 3 * x + 1 : x / 2;
        wrong += count != steps[i];
    }
    printf("collatz %d\n", wrong);

    wrong = 0;
    for (int value : {5, 50}) {
        CHECK(hipMemcpyToSymbol(HIP_SYMBOL(offset), &value, 4));
        variables<<<1, 64>>>(out);
        CHECK(hipMemcpy(host, out, sizeof host, hipMemcpyDeviceToHost));
        for (int i = 0; i < 64; i++)
            wrong += host[i] != (i & 3) + 1 + value;
    }
    printf("variables %d\n", wrong);

    scratch<<<1, 64>>>(out, 3);
    CHECK(hipMemcpy(host, out, sizeof host, hipMemcpyDeviceToHost));
    wrong = 0;
    for (int thread = 0; thread < 64; thread++) {
        int expected = 0;
        for (int i = 0; i < 32; i++)
            expected += ((i * 3) & 31) * 3 + thread;
        wrong += host[thread] != expected;
    }
    printf("scratch %d\n", wrong);
}
