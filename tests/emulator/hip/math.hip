// AMD's mathematical functions (OCML) on random arguments against the host's libm in the next wider type, within the bounds that
// OpenCL demands of single precision and AMD states for double.
#include "check.h"

#include <cmath>

#define UNARY(F)                                                                                                       \
    F(sin, 4, -1e5, 1e5) F(cos, 4, -1e5, 1e5) F(tan, 5, -1e5, 1e5) F(asin, 4, -1, 1) F(acos, 4, -1, 1)                 \
    F(atan, 5, -1e6, 1e6) F(sinh, 4, -20, 20) F(cosh, 4, -20, 20) F(tanh, 5, -10, 10) F(asinh, 4, -1e5, 1e5)           \
    F(acosh, 4, 1, 1e5) F(atanh, 5, -0.999, 0.999) F(exp, 3, -80, 80) F(exp2, 3, -120, 120) F(expm1, 3, -20, 20)       \
    F(log, 3, 1e-30, 1e30) F(log2, 3, 1e-30, 1e30) F(log10, 3, 1e-30, 1e30) F(log1p, 2, -0.999, 1e6)                   \
    F(sqrt, 1, 0, 1e30) F(cbrt, 2, -1e20, 1e20) F(erf, 16, -4, 4) F(erfc, 16, -4, 9) F(tgamma, 16, 0.1, 30)            \
    F(lgamma, 40, 3, 1000) F(floor, 0, -1e7, 1e7) F(rint, 0, -1e7, 1e7) F(trunc, 0, -1e7, 1e7)
#define BINARY(F)                                                                                                      \
    F(pow, 16, 0.01, 20) F(atan2, 6, -100, 100) F(hypot, 4, -1e10, 1e10) F(fmod, 0, -1e3, 1e3) F(fdim, 0, -10, 10)     \
    F(remainder, 0, -1e3, 1e3)

#define KERNEL1(name, bound, low, high)                                                                                \
    template<typename T>                                                                                               \
    __global__ void k_##name(const T* a, const T*, T* out)                                                             \
    {                                                                                                                  \
        const int i = blockIdx.x * blockDim.x + threadIdx.x;                                                           \
        out[i]      = name(a[i]);                                                                                      \
    }
#define KERNEL2(name, bound, low, high)                                                                                \
    template<typename T>                                                                                               \
    __global__ void k_##name(const T* a, const T* b, T* out)                                                           \
    {                                                                                                                  \
        const int i = blockIdx.x * blockDim.x + threadIdx.x;                                                           \
        out[i]      = name(a[i], b[i]);                                                                                \
    }
UNARY(KERNEL1)
BINARY(KERNEL2)

constexpr int count = 1 << 14;

/// The distance of `got` from `exact` in units of the last place of T.
template<typename T, typename Wide>
static double error(T got, Wide exact)
{
    const T rounded = static_cast<T>(exact);
    if (std::isnan(rounded) || std::isinf(rounded)) { return std::memcmp(&got, &rounded, sizeof(T)) == 0 || (std::isnan(got) && std::isnan(rounded)) ? 0 : 1e9; }
    const T ulp = std::nextafter(std::abs(rounded), T(INFINITY)) - std::abs(rounded);
    return double(std::abs(Wide(got) - exact) / Wide(ulp));
}

template<typename T, typename Wide, typename Exact>
static void check(const char* name, void (*kernel)(const T*, const T*, T*), double bound, double low, double high, Exact exact)
{
    std::vector<T> a(count), b(count), out(count);
    for (int i = 0; i < count; ++i)
    {
        a[i] = T(low + (high - low) * (mixed(2 * i) / 4294967296.0));
        b[i] = T(low + (high - low) * (mixed(2 * i + 1) / 4294967296.0));
        if (i % 3 == 0 && low < 0.5 && high > 0.5) { a[i] = T(low < 0 ? a[i] / high : low + 1e-3 * mixed(i) / 4294967296.0); }
    }
    T *da = nullptr, *db = nullptr, *dout = nullptr;
    HIP(hipMalloc(&da, count * sizeof(T)));
    HIP(hipMalloc(&db, count * sizeof(T)));
    HIP(hipMalloc(&dout, count * sizeof(T)));
    HIP(hipMemcpy(da, a.data(), count * sizeof(T), hipMemcpyHostToDevice));
    HIP(hipMemcpy(db, b.data(), count * sizeof(T), hipMemcpyHostToDevice));
    kernel<<<count / 256, 256>>>(da, db, dout);
    HIP(hipMemcpy(out.data(), dout, count * sizeof(T), hipMemcpyDeviceToHost));
    for (int i = 0; i < count; ++i)
    {
        const double off = error<T, Wide>(out[i], exact(Wide(a[i]), Wide(b[i])));
        REQUIRE(off <= bound + 0.5, "%s%zu(%.17g, %.17g) = %.17g, off by %g", name, sizeof(T) * 8, double(a[i]), double(b[i]),
                double(out[i]), off);
    }
    HIP(hipFree(da));
    HIP(hipFree(db));
    HIP(hipFree(dout));
}

int main()
{
#define CHECK1(name, bound, low, high)                                                                                 \
    check<float, double>(#name, k_##name<float>, bound, low, high, [](double a, double) { return std::name(a); });     \
    check<double, long double>(#name, k_##name<double>, bound, low, high,                                              \
                               [](long double a, long double) { return std::name(a); });
#define CHECK2(name, bound, low, high)                                                                                 \
    check<float, double>(#name, k_##name<float>, bound, low, high, [](double a, double b) { return std::name(a, b); }); \
    check<double, long double>(#name, k_##name<double>, bound, low, high,                                              \
                               [](long double a, long double b) { return std::name(a, b); });
    UNARY(CHECK1)
    BINARY(CHECK2)
    return ok();
}
