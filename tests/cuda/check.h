// What the programs of this folder share: checked calls, device arrays, reproducible input, one way to fail.
//
// A program prints `ok` as its last line and exits 0, or says at which line what went wrong and exits 1.
#pragma once

#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

/// A CUDA call that must succeed.
#define CUDA(call)                                                                                                     \
    do                                                                                                                 \
    {                                                                                                                  \
        const cudaError_t status_ = (call);                                                                            \
        if (status_ != cudaSuccess)                                                                                    \
        {                                                                                                              \
            std::printf("%s:%d: %s: %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorName(status_),                   \
                        cudaGetErrorString(status_));                                                                  \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (0)

/// A CUDA call that must fail with exactly this error.
#define CUDA_FAILS(wanted, call)                                                                                       \
    do                                                                                                                 \
    {                                                                                                                  \
        const cudaError_t status_ = (call);                                                                            \
        if (status_ != (wanted))                                                                                       \
        {                                                                                                              \
            std::printf("%s:%d: %s: expected %s, got %s\n", __FILE__, __LINE__, #call, cudaGetErrorName(wanted),       \
                        cudaGetErrorName(status_));                                                                    \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (0)

/// A condition that must hold; the rest are printf arguments that say with which values it did not.
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

/// After a launch: neither it nor the kernel failed.
#define LAUNCHED()                                                                                                     \
    do                                                                                                                 \
    {                                                                                                                  \
        CUDA(cudaGetLastError());                                                                                      \
        CUDA(cudaDeviceSynchronize());                                                                                 \
    } while (0)

/// An array in device memory.
template<typename T>
class DeviceArray
{
public:
    explicit DeviceArray(std::size_t count) : count_(count) { CUDA(cudaMalloc(&data_, count * sizeof(T))); }
    explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) { upload(values); }
    DeviceArray(const DeviceArray&)            = delete;
    DeviceArray& operator=(const DeviceArray&) = delete;
    ~DeviceArray() { cudaFree(data_); }

    T* get() const { return data_; }
    std::size_t size() const { return count_; }

    void upload(const std::vector<T>& values)
    {
        CUDA(cudaMemcpy(data_, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
    }

    void fillBytes(int byte) { CUDA(cudaMemset(data_, byte, count_ * sizeof(T))); }

    std::vector<T> download() const
    {
        std::vector<T> values(count_);
        CUDA(cudaMemcpy(values.data(), data_, count_ * sizeof(T), cudaMemcpyDeviceToHost));
        return values;
    }

private:
    std::size_t count_;
    T*          data_ = nullptr;
};

/// A well-mixed number for each index: input that is the same in every run.
__host__ __device__ inline std::uint32_t mixed(std::uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    x ^= x >> 16;
    return x;
}

/// In [-1, 1), a multiple of 2^-15, so that sums of products of few of them are exact in f32.
inline float mixedFloat(std::uint32_t x) { return (static_cast<int>(mixed(x) >> 16) - 32768) / 32768.0F; }

inline int ok()
{
    std::puts("ok");
    return 0;
}
