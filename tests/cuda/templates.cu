// Kernels from templates: over types, values, functors and a lambda's place taken by a struct; explicit instantiations.
#include "check.h"

struct Square
{
    template<typename T>
    __device__ T operator()(T v) const
    {
        return v * v;
    }
};

template<typename T>
struct Affine
{
    T a;
    T b;
    __device__ T operator()(T v) const { return a * v + b; }
};

template<typename T, int unroll, typename F>
__global__ void transform(const T* in, T* out, int n, F f)
{
    const int first = (blockIdx.x * blockDim.x + threadIdx.x) * unroll;
#pragma unroll
    for (int k = 0; k < unroll; ++k)
    {
        if (first + k < n) { out[first + k] = f(in[first + k]); }
    }
}

/// The kind of arithmetic is chosen at compile time.
template<bool saturate, typename T>
__global__ void add(const T* a, const T* b, T* out, int n, T limit)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    T sum = a[i] + b[i];
    if constexpr (saturate) { sum = sum > limit ? limit : sum; }
    out[i] = sum;
}

template<int depth>
__device__ int power(int base)
{
    if constexpr (depth == 0) { return 1; }
    else { return base * power<depth - 1>(base); }
}

__global__ void powers(int base, int* out)
{
    out[0] = power<0>(base);
    out[1] = power<3>(base);
    out[2] = power<7>(base);
}

template<typename T, int unroll, typename F>
void check(F f, T (*wanted)(T))
{
    const int      n = 501;
    std::vector<T> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<T>(static_cast<int>(mixed(i) % 200) - 100); }
    const DeviceArray<T> din(in);
    const DeviceArray<T> dout(n);
    transform<T, unroll><<<(n + 64 * unroll - 1) / (64 * unroll), 64>>>(din.get(), dout.get(), n, f);
    LAUNCHED();
    const std::vector<T> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        REQUIRE(out[i] == wanted(in[i]), "unroll %d, element %d: %g", unroll, i, static_cast<double>(out[i]));
    }
}

template<bool saturate, typename T>
void checkAdd()
{
    const int      n = 100;
    std::vector<T> a(n);
    std::vector<T> b(n);
    for (int i = 0; i < n; ++i)
    {
        a[i] = static_cast<T>(mixed(i) % 100);
        b[i] = static_cast<T>(mixed(i + n) % 100);
    }
    const DeviceArray<T> da(a);
    const DeviceArray<T> db(b);
    const DeviceArray<T> dout(n);
    add<saturate><<<1, 128>>>(da.get(), db.get(), dout.get(), n, static_cast<T>(120));
    LAUNCHED();
    const std::vector<T> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        const T sum = a[i] + b[i];
        REQUIRE(out[i] == (saturate && sum > 120 ? 120 : sum), "element %d: %g", i, static_cast<double>(out[i]));
    }
}

int main()
{
    check<int, 1>(Square{}, [](int v) { return v * v; });
    check<float, 3>(Square{}, [](float v) { return v * v; });
    check<double, 2>(Affine<double>{ 2.0, 0.5 }, [](double v) { return 2.0 * v + 0.5; });
    check<short, 5>(Affine<short>{ 3, -1 }, [](short v) { return static_cast<short>(3 * v - 1); });
    check<long long, 4>(Affine<long long>{ 1LL << 33, 1 }, [](long long v) { return (v << 33) + 1; });
    checkAdd<true, int>();
    checkAdd<false, float>();
    checkAdd<true, unsigned short>();
    const DeviceArray<int> dout(3);
    powers<<<1, 1>>>(5, dout.get());
    LAUNCHED();
    const std::vector<int> out = dout.download();
    REQUIRE(out[0] == 1 && out[1] == 125 && out[2] == 78125, "%d %d %d", out[0], out[1], out[2]);
    return ok();
}
