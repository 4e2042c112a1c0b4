// A solver: conjugate gradients on a sparse matrix in f64, one warp a row, dot products by shuffles and atomics, scalars that stay on
// the device.
#include "check.h"

constexpr int side = 23; // of the grid whose Laplacian is solved
constexpr int n    = side * side;

__device__ double warpSum(double v)
{
    for (int d = 16; d > 0; d /= 2) { v += __shfl_xor_sync(0xffffffffU, v, d); }
    return v;
}

/// out = matrix * in; one warp a row, so whole warps leave together.
__global__ void multiply(const int* begin, const int* column, const double* value, const double* in, double* out)
{
    const int row  = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
    const int lane = threadIdx.x % 32;
    if (row >= n) { return; }
    double sum = 0;
    for (int k = begin[row] + lane; k < begin[row + 1]; k += 32) { sum += value[k] * in[column[k]]; }
    sum = warpSum(sum);
    if (lane == 0) { out[row] = sum; }
}

__global__ void dot(const double* a, const double* b, double* result)
{
    double sum = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) { sum += a[i] * b[i]; }
    sum = warpSum(sum);
    if (threadIdx.x % 32 == 0) { atomicAdd(result, sum); }
}

/// x += alpha p, r -= alpha q with alpha = rr / pq.
__global__ void advance(const double* rr, const double* pq, const double* p, const double* q, double* x, double* r)
{
    const int    i     = blockIdx.x * blockDim.x + threadIdx.x;
    const double alpha = *rr / *pq;
    if (i < n)
    {
        x[i] += alpha * p[i];
        r[i] -= alpha * q[i];
    }
}

/// p = r + beta p with beta = new / old.
__global__ void turn(const double* newRr, const double* oldRr, const double* r, double* p)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { p[i] = r[i] + *newRr / *oldRr * p[i]; }
}

int main()
{
    std::vector<int>    begin(1, 0);
    std::vector<int>    column;
    std::vector<double> value;
    for (int row = 0; row < n; ++row)
    {
        const int  x   = row % side;
        const int  y   = row / side;
        const auto add = [&](int c, double v)
        {
            column.push_back(c);
            value.push_back(v);
        };
        if (y > 0) { add(row - side, -1); }
        if (x > 0) { add(row - 1, -1); }
        add(row, 4.0 + 0.01 * (row % 7));
        if (x < side - 1) { add(row + 1, -1); }
        if (y < side - 1) { add(row + side, -1); }
        begin.push_back(static_cast<int>(column.size()));
    }
    std::vector<double> wanted(n);
    std::vector<double> right(n, 0);
    for (int i = 0; i < n; ++i) { wanted[i] = mixedFloat(i); }
    for (int i = 0; i < n; ++i)
    {
        for (int k = begin[i]; k < begin[i + 1]; ++k) { right[i] += value[k] * wanted[column[k]]; }
    }

    const DeviceArray<int>    dbegin(begin);
    const DeviceArray<int>    dcolumn(column);
    const DeviceArray<double> dvalue(value);
    const DeviceArray<double> x(std::vector<double>(n, 0));
    const DeviceArray<double> r(right);
    const DeviceArray<double> p(right);
    const DeviceArray<double> q(n);
    DeviceArray<double>       scalars(3); // r.r before, r.r after, p.q
    double* const             rr    = scalars.get();
    double* const             newRr = scalars.get() + 1;
    double* const             pq    = scalars.get() + 2;
    const int                 grid  = (n + 127) / 128;
    scalars.fillBytes(0);
    dot<<<3, 96>>>(r.get(), r.get(), rr);
    int rounds = 0;
    for (double residual = 1; residual > 1e-24 && rounds < 400; ++rounds)
    {
        CUDA(cudaMemsetAsync(newRr, 0, 2 * sizeof(double)));
        multiply<<<(n * 32 + 159) / 160, 160>>>(dbegin.get(), dcolumn.get(), dvalue.get(), p.get(), q.get());
        dot<<<3, 96>>>(p.get(), q.get(), pq);
        advance<<<grid, 128>>>(rr, pq, p.get(), q.get(), x.get(), r.get());
        dot<<<3, 96>>>(r.get(), r.get(), newRr);
        turn<<<grid, 128>>>(newRr, rr, r.get(), p.get());
        CUDA(cudaMemcpyAsync(rr, newRr, sizeof(double), cudaMemcpyDeviceToDevice));
        CUDA(cudaMemcpy(&residual, rr, sizeof residual, cudaMemcpyDeviceToHost));
    }
    LAUNCHED();
    REQUIRE(rounds < 200, "no convergence in %d rounds", rounds);
    const std::vector<double> found = x.download();
    for (int i = 0; i < n; ++i) { REQUIRE(std::fabs(found[i] - wanted[i]) < 1e-10, "unknown %d: %g, expected %g", i, found[i], wanted[i]); }
    return ok();
}
