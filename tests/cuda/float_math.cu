// Single precision functions against the host's in double: within the ulps that the manuals state, and the fast
// intrinsics within their absolute or relative bounds.
#include "check.h"

#include <limits>

enum Function
{
    Sqrtf,
    Rsqrtf,
    Expf,
    Logf,
    Sinf,
    Cosf,
    Erff,
    Powf,
    Tanhf,
    Divide,
    Reciprocal,
    Rintf,
    Hypotf,
    Exp2f,
    FunctionCount
};

const char* const names[FunctionCount]  = { "sqrtf", "rsqrtf", "expf", "logf", "sinf", "cosf", "erff", "powf", "tanhf", "/", "__frcp_rn", "rintf", "hypotf", "exp2f" };
// CUDA's, save for logf: AMD's device library, whose functions these are, states 2 ulps where CUDA states 1.
const double      bounds[FunctionCount] = { 0.5, 2, 2, 2, 2, 2, 2, 4, 2, 0.5, 0.5, 0, 3, 2 };

__global__ void evaluate(int function, const float* x, const float* y, float* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    float r = 0;
    switch (function)
    {
        case Sqrtf: r = sqrtf(x[i]); break;
        case Rsqrtf: r = rsqrtf(x[i]); break;
        case Expf: r = expf(y[i]); break;
        case Logf: r = logf(x[i]); break;
        case Sinf: r = sinf(y[i]); break;
        case Cosf: r = cosf(y[i]); break;
        case Erff: r = erff(y[i]); break;
        case Powf: r = powf(x[i], y[i] * 0.25F); break;
        case Tanhf: r = tanhf(y[i]); break;
        case Divide: r = y[i] / x[i]; break;
        case Reciprocal: r = __frcp_rn(x[i]); break;
        case Rintf: r = rintf(y[i]); break;
        case Hypotf: r = hypotf(x[i], y[i]); break;
        case Exp2f: r = exp2f(y[i]); break;
    }
    out[i] = r;
}

double hostValue(int function, double x, double y)
{
    switch (function)
    {
        case Sqrtf: return std::sqrt(x);
        case Rsqrtf: return 1 / std::sqrt(x);
        case Expf: return std::exp(y);
        case Logf: return std::log(x);
        case Sinf: return std::sin(y);
        case Cosf: return std::cos(y);
        case Erff: return std::erf(y);
        case Powf: return std::pow(x, static_cast<double>(static_cast<float>(y) * 0.25F));
        case Tanhf: return std::tanh(y);
        case Divide: return y / x;
        case Reciprocal: return 1 / x;
        case Rintf: return std::rint(y);
        case Hypotf: return std::hypot(x, y);
        default: return std::exp2(y);
    }
}

/// Fast intrinsics, and what belongs to the rounding of the value: sin, cos, exp, log, division, saturation.
__global__ void fast(const float* x, const float* y, float* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    const float angle = y[i] * 0.15F; // within [-pi, pi]
    out[6 * i]        = __sinf(angle);
    out[6 * i + 1]    = __cosf(angle);
    out[6 * i + 2]    = __expf(y[i]);
    out[6 * i + 3]    = __logf(x[i]);
    out[6 * i + 4]    = __fdividef(y[i], x[i]);
    out[6 * i + 5]    = __saturatef(y[i]);
}

double ulps(float value, double wanted)
{
    const float near = static_cast<float>(wanted);
    if (value == near || (std::isnan(value) && std::isnan(near))) { return 0; }
    const double place = static_cast<double>(std::nextafterf(std::fabs(near), std::numeric_limits<float>::infinity())) - std::fabs(near);
    return std::fabs(value - wanted) / place;
}

int main()
{
    const int          n = 1023;
    std::vector<float> x(n);
    std::vector<float> y(n);
    for (int i = 0; i < n; ++i)
    {
        x[i] = std::ldexp(1.0F + (mixed(i) >> 9) * 0x1p-23F, static_cast<int>(mixed(i + n) % 20) - 10);
        y[i] = mixedFloat(i + 2 * n) * 20.0F;
    }
    const DeviceArray<float> dx(x);
    const DeviceArray<float> dy(y);
    const DeviceArray<float> dout(n);
    for (int f = 0; f < FunctionCount; ++f)
    {
        evaluate<<<(n + 127) / 128, 128>>>(f, dx.get(), dy.get(), dout.get(), n);
        LAUNCHED();
        const std::vector<float> out = dout.download();
        for (int i = 0; i < n; ++i)
        {
            const double wanted = hostValue(f, x[i], y[i]);
            REQUIRE(ulps(out[i], wanted) <= bounds[f] + 1e-6, "%s at x %.9g, y %.9g: %.9g, expected %.9g: %g ulps", names[f], x[i],
                    y[i], out[i], wanted, ulps(out[i], wanted));
        }
    }
    const DeviceArray<float> dsix(6 * n);
    fast<<<(n + 127) / 128, 128>>>(dx.get(), dy.get(), dsix.get(), n);
    LAUNCHED();
    const std::vector<float> six = dsix.download();
    for (int i = 0; i < n; ++i)
    {
        const double angle     = y[i] * 0.15F;
        const double wanted[6] = { std::sin(angle), std::cos(angle), std::exp(static_cast<double>(y[i])),
                                   std::log(static_cast<double>(x[i])), static_cast<double>(y[i]) / x[i],
                                   std::fmin(1, std::fmax(0, y[i])) };
        const double bound[6]  = { 0x1p-21, 0x1p-21, wanted[2] * (2 + std::fabs(1.16 * y[i])) * 0x1p-23,
                                   0x1p-21 + 3 * 0x1p-23 * std::fabs(wanted[3]), 2 * 0x1p-23 * std::fabs(wanted[4]), 0 };
        for (int k = 0; k < 6; ++k)
        {
            REQUIRE(std::fabs(six[6 * i + k] - wanted[k]) <= bound[k], "fast function %d at x %.9g, y %.9g: %.9g, expected %.9g", k,
                    x[i], y[i], six[6 * i + k], wanted[k]);
        }
    }
    return ok();
}
