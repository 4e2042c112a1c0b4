// What the HIP programs share: checked calls, reproducible input, one way to fail. `ok` is the last line of success.
#pragma once

#include <hip/hip_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#define HIP(call)                                                                                                      \
    do                                                                                                                 \
    {                                                                                                                  \
        const hipError_t status_ = (call);                                                                             \
        if (status_ != hipSuccess)                                                                                     \
        {                                                                                                              \
            std::printf("%s:%d: %s: %s\n", __FILE__, __LINE__, #call, hipGetErrorString(status_));                     \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (0)

#define REQUIRE(condition, ...)                                                                                        \
    do                                                                                                                 \
    {                                                                                                                  \
        if (!(condition))                                                                                              \
        {                                                                                                              \
            std::printf("%s:%d: not so: %s: ", __FILE__, __LINE__, #condition);                                        \
            std::printf(__VA_ARGS__);                                                                                  \
            std::printf("\n");                                                                                         \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (0)

constexpr int wavefront = 64;

__host__ __device__ inline unsigned mixed(unsigned x)
{
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    return x ^ x >> 16;
}

/// `count` numbers from 0 to 999.
inline std::vector<int> input(int count)
{
    std::vector<int> values(count);
    for (int i = 0; i < count; ++i) { values[i] = static_cast<int>(mixed(i) % 1000); }
    return values;
}

/// Runs `kernel(in, out)` on blocks of `block` threads; `out` has as many elements as `in`.
inline std::vector<int> run(void (*kernel)(const int*, int*), const std::vector<int>& in, int block)
{
    const size_t     bytes = in.size() * sizeof(int);
    int*             din   = nullptr;
    int*             dout  = nullptr;
    std::vector<int> out(in.size());
    HIP(hipMalloc(&din, bytes));
    HIP(hipMalloc(&dout, bytes));
    HIP(hipMemcpy(din, in.data(), bytes, hipMemcpyHostToDevice));
    HIP(hipMemset(dout, 0xff, bytes));
    kernel<<<in.size() / block, block>>>(din, dout);
    HIP(hipGetLastError());
    HIP(hipDeviceSynchronize());
    HIP(hipMemcpy(out.data(), dout, bytes, hipMemcpyDeviceToHost));
    HIP(hipFree(din));
    HIP(hipFree(dout));
    return out;
}

inline int ok()
{
    std::puts("ok");
    return 0;
}
