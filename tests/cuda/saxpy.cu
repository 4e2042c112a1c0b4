// y = a x + y, one thread an element, and the same with a grid-stride loop over a grid that is too small.
#include "check.h"

__global__ void saxpy(int n, float a, const float* x, float* y)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { y[i] = a * x[i] + y[i]; }
}

__global__ void saxpyStrided(int n, float a, const float* x, float* y)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) { y[i] = fmaf(a, x[i], y[i]); }
}

int main()
{
    const int          n = 100003;
    const float        a = 2.5F;
    std::vector<float> x(n);
    std::vector<float> y(n);
    for (int i = 0; i < n; ++i)
    {
        x[i] = mixedFloat(i);
        y[i] = mixedFloat(i + n);
    }
    for (const bool strided : { false, true })
    {
        const DeviceArray<float> dx(x);
        const DeviceArray<float> dy(y);
        if (strided) { saxpyStrided<<<7, 96>>>(n, a, dx.get(), dy.get()); }
        else { saxpy<<<(n + 255) / 256, 256>>>(n, a, dx.get(), dy.get()); }
        LAUNCHED();
        const std::vector<float> result = dy.download();
        for (int i = 0; i < n; ++i)
        {
            const double wanted = static_cast<double>(a) * x[i] + y[i]; // exact in f32: few bits
            REQUIRE(result[i] == wanted, "element %d: %g, expected %g", i, result[i], wanted);
        }
    }
    return ok();
}
