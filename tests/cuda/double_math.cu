// Double precision: arithmetic bit for bit as the host's, functions within the ulps that CUDA's manual states for them.
#include "check.h"

#include <limits>

enum Function
{
    Sqrt,
    Exp,
    Log,
    Sin,
    Cos,
    Tan,
    Atan2,
    Erf,
    Erfc,
    Pow,
    Cbrt,
    Tanh,
    Floor,
    Fmod,
    FunctionCount
};

const char* const names[FunctionCount] = { "sqrt", "exp", "log", "sin", "cos", "tan", "atan2", "erf", "erfc", "pow", "cbrt", "tanh", "floor", "fmod" };
// Of the CUDA C++ Programming Guide, section Mathematical Functions, plus one for the host library's own error.
const double bounds[FunctionCount] = { 0, 2, 2, 3, 3, 3, 3, 3, 6, 3, 2, 3, 0, 0 };

__global__ void arithmetic(const double* a, const double* b, double* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    out[6 * i]     = __dadd_rn(a[i], b[i]);
    out[6 * i + 1] = __dmul_rn(a[i], b[i]);
    out[6 * i + 2] = a[i] / b[i];
    out[6 * i + 3] = fma(a[i], b[i], 1.0);
    out[6 * i + 4] = fmin(a[i], b[i]);
    out[6 * i + 5] = static_cast<double>(static_cast<long long>(a[i] * 1000.0));
}

__global__ void evaluate(int function, const double* x, const double* y, double* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    double r = 0;
    switch (function)
    {
        case Sqrt: r = sqrt(x[i]); break;
        case Exp: r = exp(y[i]); break;
        case Log: r = log(x[i]); break;
        case Sin: r = sin(y[i]); break;
        case Cos: r = cos(y[i]); break;
        case Tan: r = tan(y[i]); break;
        case Atan2: r = atan2(y[i], x[i]); break;
        case Erf: r = erf(y[i]); break;
        case Erfc: r = erfc(y[i]); break;
        case Pow: r = pow(x[i], y[i] * 0.1); break;
        case Cbrt: r = cbrt(y[i]); break;
        case Tanh: r = tanh(y[i]); break;
        case Floor: r = floor(y[i]); break;
        case Fmod: r = fmod(y[i], x[i]); break;
    }
    out[i] = r;
}

double hostValue(int function, double x, double y)
{
    switch (function)
    {
        case Sqrt: return std::sqrt(x);
        case Exp: return std::exp(y);
        case Log: return std::log(x);
        case Sin: return std::sin(y);
        case Cos: return std::cos(y);
        case Tan: return std::tan(y);
        case Atan2: return std::atan2(y, x);
        case Erf: return std::erf(y);
        case Erfc: return std::erfc(y);
        case Pow: return std::pow(x, y * 0.1);
        case Cbrt: return std::cbrt(y);
        case Tanh: return std::tanh(y);
        case Floor: return std::floor(y);
        default: return std::fmod(y, x);
    }
}

/// Distance in units of the last place of `wanted`.
double ulps(double value, double wanted)
{
    if (value == wanted || (std::isnan(value) && std::isnan(wanted))) { return 0; }
    const double place = std::nextafter(std::fabs(wanted), std::numeric_limits<double>::infinity()) - std::fabs(wanted);
    return std::fabs(value - wanted) / place;
}

int main()
{
    const int           n = 777;
    std::vector<double> x(n); // positive, over many magnitudes
    std::vector<double> y(n); // between -20 and 20
    for (int i = 0; i < n; ++i)
    {
        x[i] = std::ldexp(1.0 + mixed(i) / 4294967296.0, static_cast<int>(mixed(i + n) % 40) - 20);
        y[i] = (mixed(i + 2 * n) / 4294967296.0 - 0.5) * 40.0;
    }
    const DeviceArray<double> dx(x);
    const DeviceArray<double> dy(y);
    const DeviceArray<double> dsix(6 * n);
    arithmetic<<<(n + 63) / 64, 64>>>(dx.get(), dy.get(), dsix.get(), n);
    LAUNCHED();
    const std::vector<double> six = dsix.download();
    for (int i = 0; i < n; ++i)
    {
        const double wanted[6] = { x[i] + y[i], x[i] * y[i], x[i] / y[i], std::fma(x[i], y[i], 1.0), std::fmin(x[i], y[i]),
                                   static_cast<double>(static_cast<long long>(x[i] * 1000.0)) };
        for (int k = 0; k < 6; ++k)
        {
            REQUIRE(six[6 * i + k] == wanted[k], "operation %d of %.17g, %.17g: %.17g, expected %.17g", k, x[i], y[i], six[6 * i + k],
                    wanted[k]);
        }
    }
    const DeviceArray<double> dout(n);
    for (int f = 0; f < FunctionCount; ++f)
    {
        evaluate<<<(n + 63) / 64, 64>>>(f, dx.get(), dy.get(), dout.get(), n);
        LAUNCHED();
        const std::vector<double> out = dout.download();
        for (int i = 0; i < n; ++i)
        {
            const double wanted = hostValue(f, x[i], y[i]);
            REQUIRE(ulps(out[i], wanted) <= bounds[f], "%s at x %.17g, y %.17g: %.17g, expected %.17g: %g ulps", names[f], x[i], y[i],
                    out[i], wanted, ulps(out[i], wanted));
        }
    }
    return ok();
}
