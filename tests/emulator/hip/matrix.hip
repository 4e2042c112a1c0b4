// Products of matrices by MFMA through the compiler's intrinsics, against sums in double precision. The layout of a fragment is the
// one that LLVM's own tests and AMD's matrix calculator use: row or column by lane, four rows a register group.
#include "check.h"

#include <cmath>

typedef float  f4 __attribute__((ext_vector_type(4)));
typedef float  f16v __attribute__((ext_vector_type(16)));
typedef double d4 __attribute__((ext_vector_type(4)));
typedef int    i4 __attribute__((ext_vector_type(4)));
typedef _Float16 h4 __attribute__((ext_vector_type(4)));

/// D = A B + C with A 16 x 4, B 4 x 16.
__global__ void f32_16x16x4(const float* a, const float* b, const float* c, float* d)
{
    const int lane = threadIdx.x, row = lane % 16, group = lane / 16;
    f4        acc;
    for (int r = 0; r < 4; ++r) { acc[r] = c[(4 * group + r) * 16 + row]; }
    acc = __builtin_amdgcn_mfma_f32_16x16x4f32(a[row * 4 + group], b[group * 16 + row], acc, 0, 0, 0);
    for (int r = 0; r < 4; ++r) { d[(4 * group + r) * 16 + row] = acc[r]; }
}

/// A 32 x 2, B 2 x 32.
__global__ void f32_32x32x2(const float* a, const float* b, const float* c, float* d)
{
    const int lane = threadIdx.x, row = lane % 32, group = lane / 32;
    f16v      acc;
    const auto at = [=](int r) { return (8 * (r / 4) + 4 * group + r % 4) * 32 + row; };
    for (int r = 0; r < 16; ++r) { acc[r] = c[at(r)]; }
    acc = __builtin_amdgcn_mfma_f32_32x32x2f32(a[row * 2 + group], b[group * 32 + row], acc, 0, 0, 0);
    for (int r = 0; r < 16; ++r) { d[at(r)] = acc[r]; }
}

/// A 16 x 4, B 4 x 16 in double.
__global__ void f64_16x16x4(const double* a, const double* b, const double* c, double* d)
{
    const int lane = threadIdx.x, row = lane % 16, group = lane / 16;
    d4        acc;
    for (int r = 0; r < 4; ++r) { acc[r] = c[(group + 4 * r) * 16 + row]; }
    acc = __builtin_amdgcn_mfma_f64_16x16x4f64(a[row * 4 + group], b[group * 16 + row], acc, 0, 0, 0);
    for (int r = 0; r < 4; ++r) { d[(group + 4 * r) * 16 + row] = acc[r]; }
}

/// A 16 x 16, B 16 x 16 of halves.
__global__ void f16_16x16x16(const float* a, const float* b, const float* c, float* d)
{
    const int lane = threadIdx.x, row = lane % 16, group = lane / 16;
    f4        acc;
    h4        x, y;
    for (int k = 0; k < 4; ++k)
    {
        x[k] = _Float16(a[row * 16 + 4 * group + k]);
        y[k] = _Float16(b[(4 * group + k) * 16 + row]);
    }
    for (int r = 0; r < 4; ++r) { acc[r] = c[(4 * group + r) * 16 + row]; }
    acc = __builtin_amdgcn_mfma_f32_16x16x16f16(x, y, acc, 0, 0, 0);
    for (int r = 0; r < 4; ++r) { d[(4 * group + r) * 16 + row] = acc[r]; }
}

template<typename T>
static void check(const char* name, void (*kernel)(const T*, const T*, const T*, T*), int n, int k)
{
    std::vector<T> a(n * k), b(k * n), c(n * n), d(n * n);
    for (int i = 0; i < n * k; ++i) { a[i] = T(int(mixed(i) % 512) - 256) / 16; }
    for (int i = 0; i < n * k; ++i) { b[i] = T(int(mixed(i + 5000) % 512) - 256) / 16; }
    for (int i = 0; i < n * n; ++i) { c[i] = T(int(mixed(i + 9000) % 512) - 256) / 16; }
    T *da = nullptr, *db = nullptr, *dc = nullptr, *dd = nullptr;
    HIP(hipMalloc(&da, n * k * sizeof(T)));
    HIP(hipMalloc(&db, n * k * sizeof(T)));
    HIP(hipMalloc(&dc, n * n * sizeof(T)));
    HIP(hipMalloc(&dd, n * n * sizeof(T)));
    HIP(hipMemcpy(da, a.data(), n * k * sizeof(T), hipMemcpyHostToDevice));
    HIP(hipMemcpy(db, b.data(), n * k * sizeof(T), hipMemcpyHostToDevice));
    HIP(hipMemcpy(dc, c.data(), n * n * sizeof(T), hipMemcpyHostToDevice));
    kernel<<<1, 64>>>(da, db, dc, dd);
    HIP(hipMemcpy(d.data(), dd, n * n * sizeof(T), hipMemcpyDeviceToHost));
    for (int i = 0; i < n; ++i)
    {
        for (int j = 0; j < n; ++j)
        {
            double sum = c[i * n + j]; // Multiples of 1/256 below 2^16: exact.
            for (int l = 0; l < k; ++l) { sum += double(a[i * k + l]) * double(b[l * n + j]); }
            REQUIRE(double(d[i * n + j]) == sum, "%s: element %d %d is %f, not %f", name, i, j, double(d[i * n + j]), sum);
        }
    }
}

int main()
{
    check<float>("16x16x4 f32", f32_16x16x4, 16, 4);
    check<float>("32x32x2 f32", f32_32x32x2, 32, 2);
    check<double>("16x16x4 f64", f64_16x16x4, 16, 4);
    check<float>("16x16x16 f16", f16_16x16x16, 16, 16);
    return ok();
}
