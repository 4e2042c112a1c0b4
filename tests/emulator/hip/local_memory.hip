// LDS, static and sized at launch: a transpose through padded tiles, a histogram by atomics, a tree of partial sums.
#include "check.h"

__global__ void transpose(const int* in, int* out, int n)
{
    __shared__ int tile[32][33];
    const int      x = blockIdx.x * 32 + threadIdx.x;
    const int      y = blockIdx.y * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8) { tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * n + x]; }
    __syncthreads();
    const int tx = blockIdx.y * 32 + threadIdx.x;
    const int ty = blockIdx.x * 32 + threadIdx.y;
    for (int j = 0; j < 32; j += 8) { out[(ty + j) * n + tx] = tile[threadIdx.x][threadIdx.y + j]; }
}

__global__ void histogram(const int* in, int count, int bins, unsigned* out)
{
    extern __shared__ unsigned local[];
    for (int i = threadIdx.x; i < bins; i += blockDim.x) { local[i] = 0; }
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x)
    {
        atomicAdd(&local[in[i] % bins], 1u);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < bins; i += blockDim.x) { atomicAdd(&out[i], local[i]); }
}

__global__ void blockSums(const double* in, double* out)
{
    extern __shared__ double partial[];
    partial[threadIdx.x] = in[blockIdx.x * blockDim.x + threadIdx.x];
    for (int half = blockDim.x / 2; half > 0; half /= 2)
    {
        __syncthreads();
        if (threadIdx.x < half) { partial[threadIdx.x] += partial[threadIdx.x + half]; }
    }
    if (threadIdx.x == 0) { out[blockIdx.x] = partial[0]; }
}

int main()
{
    const int        n  = 96;
    std::vector<int> in = input(n * n), out(n * n);
    int *            din = nullptr, *dout = nullptr;
    HIP(hipMalloc(&din, n * n * 4));
    HIP(hipMalloc(&dout, n * n * 4));
    HIP(hipMemcpy(din, in.data(), n * n * 4, hipMemcpyHostToDevice));
    transpose<<<dim3(n / 32, n / 32), dim3(32, 8)>>>(din, dout, n);
    HIP(hipMemcpy(out.data(), dout, n * n * 4, hipMemcpyDeviceToHost));
    for (int i = 0; i < n * n; ++i) { REQUIRE(out[i] == in[i % n * n + i / n], "transposed element %d", i); }

    const int             bins = 777;
    std::vector<unsigned> counted(bins), expected(bins);
    for (int value : in) { ++expected[value % bins]; }
    unsigned* dbins = nullptr;
    HIP(hipMalloc(&dbins, bins * 4));
    HIP(hipMemset(dbins, 0, bins * 4));
    histogram<<<5, 192, bins * sizeof(unsigned)>>>(din, n * n, bins, dbins);
    HIP(hipMemcpy(counted.data(), dbins, bins * 4, hipMemcpyDeviceToHost));
    REQUIRE(counted == expected, "histogram");

    const int           block = 512, blocks = 9;
    std::vector<double> values(block * blocks), sums(blocks);
    for (size_t i = 0; i < values.size(); ++i) { values[i] = mixed(i) % 4096 / 16.0; }
    double *dvalues = nullptr, *dsums = nullptr;
    HIP(hipMalloc(&dvalues, values.size() * 8));
    HIP(hipMalloc(&dsums, blocks * 8));
    HIP(hipMemcpy(dvalues, values.data(), values.size() * 8, hipMemcpyHostToDevice));
    blockSums<<<blocks, block, block * sizeof(double)>>>(dvalues, dsums);
    HIP(hipMemcpy(sums.data(), dsums, blocks * 8, hipMemcpyDeviceToHost));
    for (int b = 0; b < blocks; ++b)
    {
        double sum = 0; // Sixteenths below 2^21: exact in any order.
        for (int i = 0; i < block; ++i) { sum += values[b * block + i]; }
        REQUIRE(sum == sums[b], "sum %d is %f, not %f", b, sums[b], sum);
    }
    // More than the hardware has must be refused.
    blockSums<<<1, 64, 65 * 1024>>>(dvalues, dsums);
    REQUIRE(hipGetLastError() != hipSuccess, "65 KiB of LDS");
    return ok();
}
