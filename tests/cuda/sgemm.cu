//! also = [["-G"], ["--use_fast_math"]]
// C = alpha A B + beta C with 16 x 16 tiles in shared memory; no extent is a multiple of 16.
#include "check.h"

constexpr int tile = 16;

__global__ void sgemm(int m, int n, int k, float alpha, const float* a, const float* b, float beta, float* c)
{
    __shared__ float as[tile][tile];
    __shared__ float bs[tile][tile];
    const int        row = blockIdx.y * tile + threadIdx.y;
    const int        col = blockIdx.x * tile + threadIdx.x;
    float            sum = 0.0F;
    for (int t = 0; t < k; t += tile)
    {
        const int ka = t + threadIdx.x;
        const int kb = t + threadIdx.y;
        as[threadIdx.y][threadIdx.x] = row < m && ka < k ? a[row * k + ka] : 0.0F;
        bs[threadIdx.y][threadIdx.x] = kb < k && col < n ? b[kb * n + col] : 0.0F;
        __syncthreads();
        for (int i = 0; i < tile; ++i) { sum += as[threadIdx.y][i] * bs[i][threadIdx.x]; }
        __syncthreads();
    }
    if (row < m && col < n) { c[row * n + col] = alpha * sum + beta * c[row * n + col]; }
}

int main()
{
    const int          m = 77;
    const int          n = 53;
    const int          k = 91;
    const float        alpha = 0.75F;
    const float        beta  = -0.5F;
    std::vector<float> a(m * k);
    std::vector<float> b(k * n);
    std::vector<float> c(m * n);
    for (int i = 0; i < m * k; ++i) { a[i] = mixedFloat(i); }
    for (int i = 0; i < k * n; ++i) { b[i] = mixedFloat(i + 100000); }
    for (int i = 0; i < m * n; ++i) { c[i] = mixedFloat(i + 200000); }
    const DeviceArray<float> da(a);
    const DeviceArray<float> db(b);
    const DeviceArray<float> dc(c);
    sgemm<<<dim3((n + tile - 1) / tile, (m + tile - 1) / tile), dim3(tile, tile)>>>(m, n, k, alpha, da.get(), db.get(), beta, dc.get());
    LAUNCHED();
    const std::vector<float> result = dc.download();
    for (int i = 0; i < m; ++i)
    {
        for (int j = 0; j < n; ++j)
        {
            double sum       = 0;
            double magnitude = 0;
            for (int p = 0; p < k; ++p)
            {
                sum += static_cast<double>(a[i * k + p]) * b[p * n + j];
                magnitude += std::fabs(static_cast<double>(a[i * k + p]) * b[p * n + j]);
            }
            const double wanted = alpha * sum + beta * c[i * n + j];
            const double bound  = (k + 3) * 0x1p-24 * (magnitude + 1); // of k f32 additions and products
            REQUIRE(std::fabs(result[i * n + j] - wanted) <= bound, "row %d, column %d: %.9g, expected %.9g", i, j,
                    result[i * n + j], wanted);
        }
    }
    return ok();
}
