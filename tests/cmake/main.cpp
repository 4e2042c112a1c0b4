// y = 3 * (2 * x + y) summed on the device, with whole numbers that float holds exactly.
#include "kernels.h"

#include <cstdio>
#include <cuda_runtime.h>
#include <vector>

int main()
{
    const int n = 1003;
    std::vector<float> x(n), y(n, 1.0f);
    double wanted = 0;
    for (int i = 0; i < n; ++i)
    {
        x[i] = static_cast<float>(i % 17);
        wanted += 3 * (2 * x[i] + 1);
    }
    float *dx = nullptr, *dy = nullptr, *dsum = nullptr, found = 0;
    const size_t bytes = n * sizeof(float);
    if (cudaMalloc(&dx, bytes) || cudaMalloc(&dy, bytes) || cudaMalloc(&dsum, sizeof(float))) { return 2; }
    cudaMemcpy(dx, x.data(), bytes, cudaMemcpyHostToDevice);
    cudaMemcpy(dy, y.data(), bytes, cudaMemcpyHostToDevice);
    cudaMemset(dsum, 0, sizeof(float));
    axpy(2, dx, dy, n);
    scale(3, dy, n);
    sum(dy, n, dsum);
    const cudaError_t error = cudaMemcpy(&found, dsum, sizeof found, cudaMemcpyDeviceToHost);
    if (error != cudaSuccess)
    {
        std::printf("%s\n", cudaGetErrorString(error));
        return 3;
    }
    std::printf("%.1f, expected %.1f\n", found, wanted);
    return found == wanted ? 0 : 1;
}
