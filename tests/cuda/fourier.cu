// Fourier transforms of length 256 in shared memory, one a block, with sincosf twiddles; against the sum that defines them, in f64.
#include "check.h"

constexpr int length = 256;
constexpr int stages = 8;

__global__ void transform(const float2* in, float2* out, float direction)
{
    __shared__ float2 data[2][length];
    const int         t = threadIdx.x; // length / 2 threads
    const float2*     source = in + blockIdx.x * length;
    data[0][t]               = source[t];
    data[0][t + length / 2]  = source[t + length / 2];
    __syncthreads();
    int current = 0;
    for (int s = 0, half = 1; s < stages; ++s, half *= 2) // Stockham: sorted without bit reversal
    {
        const int    k     = t & (half - 1);
        const float2 a     = data[current][t];
        const float2 b     = data[current][t + length / 2];
        float        sine;
        float        cosine;
        sincosf(direction * 3.14159265358979F * static_cast<float>(k) / static_cast<float>(half), &sine, &cosine);
        const float2 turned = make_float2(b.x * cosine - b.y * sine, b.x * sine + b.y * cosine);
        const int    place  = (t - k) * 2 + k;
        data[1 - current][place]        = make_float2(a.x + turned.x, a.y + turned.y);
        data[1 - current][place + half] = make_float2(a.x - turned.x, a.y - turned.y);
        current                         = 1 - current;
        __syncthreads();
    }
    out[blockIdx.x * length + t]              = data[current][t];
    out[blockIdx.x * length + t + length / 2] = data[current][t + length / 2];
}

int main()
{
    const int           count = 5;
    std::vector<float2> in(count * length);
    for (int i = 0; i < count * length; ++i) { in[i] = make_float2(mixedFloat(2 * i), mixedFloat(2 * i + 1)); }
    const DeviceArray<float2> din(in);
    const DeviceArray<float2> dspectrum(in.size());
    const DeviceArray<float2> dback(in.size());
    transform<<<count, length / 2>>>(din.get(), dspectrum.get(), -1.0F);
    transform<<<count, length / 2>>>(dspectrum.get(), dback.get(), 1.0F);
    LAUNCHED();
    const std::vector<float2> spectrum = dspectrum.download();
    const std::vector<float2> back     = dback.download();
    for (int b = 0; b < count; ++b)
    {
        for (int k = 0; k < length; ++k)
        {
            double real      = 0;
            double imaginary = 0;
            for (int j = 0; j < length; ++j)
            {
                const double angle = -2 * 3.14159265358979323846 * (j * k % length) / length;
                const float2 v     = in[b * length + j];
                real += v.x * std::cos(angle) - v.y * std::sin(angle);
                imaginary += v.x * std::sin(angle) + v.y * std::cos(angle);
            }
            const float2 s = spectrum[b * length + k];
            REQUIRE(std::fabs(s.x - real) < 2e-5 && std::fabs(s.y - imaginary) < 2e-5, "block %d, line %d: %g %g, expected %g %g", b, k, s.x,
                    s.y, real, imaginary);
            const float2 r = back[b * length + k];
            const float2 w = in[b * length + k];
            REQUIRE(std::fabs(r.x / length - w.x) < 1e-6 && std::fabs(r.y / length - w.y) < 1e-6, "block %d, place %d: %g %g", b, k,
                    r.x / length, r.y / length);
        }
    }
    return ok();
}
