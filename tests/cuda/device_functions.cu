//! also = [["-G"]]
// Device functions that are called, not inlined: by value, by pointer into local memory, with a struct as result, in
// divergent lanes, and recursive ones.
#include "check.h"

#include <utility>

struct Pair
{
    int    quotient;
    double remainder;
};

__noinline__ __device__ int weigh(int a, int b) { return a * 31 + b; }

__noinline__ __device__ Pair divide(int a, int b)
{
    Pair result;
    result.quotient  = a / b;
    result.remainder = a - result.quotient * b + 0.25;
    return result;
}

__noinline__ __device__ void sortThree(int* v)
{
    for (int pass = 0; pass < 2; ++pass)
    {
        for (int k = 0; k < 2; ++k)
        {
            if (v[k] > v[k + 1])
            {
                const int t = v[k];
                v[k]        = v[k + 1];
                v[k + 1]    = t;
            }
        }
    }
}

__noinline__ __device__ unsigned fibonacci(unsigned n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

__noinline__ __device__ int greatestDivisor(int a, int b) { return b == 0 ? a : greatestDivisor(b, a % b); }

__global__ void call(const int* in, int n, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    const int  a     = in[i];
    const int  b     = i % 17 + 1;
    const Pair pair  = divide(a, b);
    int        v[3]  = { a % 100, b, i % 50 };
    sortThree(v);
    int result = weigh(pair.quotient, static_cast<int>(4 * pair.remainder));
    if (i % 3 == 0) { result += static_cast<int>(fibonacci(i % 9)); } // lanes recurse to different depths
    else { result -= greatestDivisor(a, b * 6); }
    out[i] = weigh(result, v[0] * 10000 + v[1] * 100 + v[2]);
}

namespace host
{
int fibonacci(int n)
{
    int a = 0;
    int b = 1;
    for (; n > 0; --n)
    {
        const int c = a + b;
        a           = b;
        b           = c;
    }
    return a;
}

int greatestDivisor(int a, int b)
{
    while (b != 0)
    {
        const int r = a % b;
        a           = b;
        b           = r;
    }
    return a;
}
} // namespace host

int main()
{
    const int        n = 301;
    std::vector<int> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i) % 100000); }
    const DeviceArray<int> din(in);
    const DeviceArray<int> dout(n);
    // Nine frames of a function compiled without optimisation need more than the stack that a thread has by default.
    CUDA(cudaDeviceSetLimit(cudaLimitStackSize, 8192));
    call<<<(n + 95) / 96, 96>>>(din.get(), n, dout.get());
    LAUNCHED();
    const std::vector<int> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        const int a = in[i];
        const int b = i % 17 + 1;
        int       v[3] = { a % 100, b, i % 50 };
        if (v[0] > v[1]) { std::swap(v[0], v[1]); }
        if (v[1] > v[2]) { std::swap(v[1], v[2]); }
        if (v[0] > v[1]) { std::swap(v[0], v[1]); }
        int result = (a / b) * 31 + 4 * (a % b) + 1;
        result += i % 3 == 0 ? host::fibonacci(i % 9) : -host::greatestDivisor(a, b * 6);
        const int wanted = result * 31 + v[0] * 10000 + v[1] * 100 + v[2];
        REQUIRE(out[i] == wanted, "element %d: %d, expected %d", i, out[i], wanted);
    }
    return ok();
}
