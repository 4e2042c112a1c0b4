// Sum, smallest and largest of an array by a tree in shared memory, for two types and block sizes from one warp to 1024.
#include "check.h"

template<typename T>
struct Summary
{
    T sum;
    T low;
    T high;
};

template<typename T>
__global__ void summarise(const T* in, int n, Summary<T>* out)
{
    __shared__ T sums[1024];
    __shared__ T lows[1024];
    __shared__ T highs[1024];
    const int    t = threadIdx.x;
    T            sum = 0;
    T            low = in[0];
    T            high = in[0];
    for (int i = blockIdx.x * blockDim.x + t; i < n; i += gridDim.x * blockDim.x)
    {
        sum += in[i];
        low  = in[i] < low ? in[i] : low;
        high = in[i] > high ? in[i] : high;
    }
    sums[t]  = sum;
    lows[t]  = low;
    highs[t] = high;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2)
    {
        if (t < half)
        {
            sums[t] += sums[t + half];
            lows[t]  = lows[t + half] < lows[t] ? lows[t + half] : lows[t];
            highs[t] = highs[t + half] > highs[t] ? highs[t + half] : highs[t];
        }
        __syncthreads();
    }
    if (t == 0) { out[blockIdx.x] = { sums[0], lows[0], highs[0] }; }
}

template<typename T>
void check(int n, int blocks, int threads)
{
    std::vector<T> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<T>(static_cast<int>(mixed(i) % 2001) - 1000); }
    const DeviceArray<T>          din(in);
    const DeviceArray<Summary<T>> dout(blocks);
    summarise<<<blocks, threads>>>(din.get(), n, dout.get());
    LAUNCHED();
    double sum  = 0;
    double low  = 1e9;
    double high = -1e9;
    for (const Summary<T>& part : dout.download())
    {
        sum += part.sum;
        low  = std::fmin(low, part.low);
        high = std::fmax(high, part.high);
    }
    double wantedSum  = 0;
    double wantedLow  = 1e9;
    double wantedHigh = -1e9;
    for (const T value : in)
    {
        wantedSum += value;
        wantedLow  = std::fmin(wantedLow, value);
        wantedHigh = std::fmax(wantedHigh, value);
    }
    // Integers below 2^24 throughout: f32 sums are exact too.
    REQUIRE(sum == wantedSum, "n %d, %d threads: sum %.17g, expected %.17g", n, threads, sum, wantedSum);
    REQUIRE(low == wantedLow && high == wantedHigh, "n %d, %d threads: %g .. %g", n, threads, low, high);
}

int main()
{
    for (const int threads : { 32, 64, 256, 1024 })
    {
        check<int>(12345, 5, threads);
        check<float>(9871, 3, threads);
    }
    return ok();
}
