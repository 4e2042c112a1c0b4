// Standard headers beside device code: <cmath>'s overloads and constexpr functions in kernels, containers and threads on the host.
#include "check.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <type_traits>

constexpr int cube(int v) { return v * v * v; }

template<typename T>
__global__ void compute(const T* in, T* out, int n)
{
    static_assert(std::is_floating_point<T>::value, "of floating point");
    constexpr T offset = cube(3);
    const int   i      = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { out[i] = std::sqrt(std::fabs(in[i])) + std::fmax(in[i], T(0)) + std::floor(in[i]) + offset; }
}

template<typename T>
void check()
{
    const int      n = 100;
    std::vector<T> in(n);
    std::iota(in.begin(), in.end(), T(-50.25));
    const DeviceArray<T> din(in);
    const DeviceArray<T> dout(n);
    compute<<<1, 128>>>(din.get(), dout.get(), n);
    LAUNCHED();
    const std::vector<T> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        const T wanted = std::sqrt(std::fabs(in[i])) + std::fmax(in[i], T(0)) + std::floor(in[i]) + 27;
        REQUIRE(std::fabs(out[i] - wanted) <= 4 * std::numeric_limits<T>::epsilon() * (std::fabs(wanted) + 100), "element %d: %g, expected %g", i,
                static_cast<double>(out[i]), static_cast<double>(wanted));
    }
}

int main()
{
    std::map<std::string, std::unique_ptr<std::array<int, 3>>> host;
    host["a"] = std::make_unique<std::array<int, 3>>(std::array<int, 3>{ 3, 1, 2 });
    std::sort(host["a"]->begin(), host["a"]->end());
    REQUIRE((*host["a"])[2] == 3, "%d", (*host["a"])[2]);
    check<float>();
    check<double>();
    return ok();
}
