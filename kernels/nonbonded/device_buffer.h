// Device memory, events and checked calls: what of the CUDA runtime must be paired or looked at, done in one place.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

inline void checkCuda(cudaError_t status, const char* call)
{
    if (status != cudaSuccess)
    {
        throw std::runtime_error(std::string(call) + ": " + cudaGetErrorName(status) + ": " + cudaGetErrorString(status));
    }
}

#define CHECK_CUDA(call) checkCuda((call), #call)

/// An array in device memory.
template<typename T>
class DeviceBuffer
{
public:
    explicit DeviceBuffer(std::size_t count) : count_(count)
    {
        CHECK_CUDA(cudaMalloc(reinterpret_cast<void**>(&data_), bytes()));
    }

    explicit DeviceBuffer(const std::vector<T>& values) : DeviceBuffer(values.size())
    {
        CHECK_CUDA(cudaMemcpy(data_, values.data(), bytes(), cudaMemcpyHostToDevice));
    }

    DeviceBuffer(const DeviceBuffer&)            = delete;
    DeviceBuffer& operator=(const DeviceBuffer&) = delete;

    ~DeviceBuffer() { cudaFree(data_); } // an error here has been met before, by the call that caused it

    T* get() const { return data_; }

    void clearAsync(cudaStream_t stream) { CHECK_CUDA(cudaMemsetAsync(data_, 0, bytes(), stream)); }

    std::vector<T> download() const
    {
        std::vector<T> values(count_);
        CHECK_CUDA(cudaMemcpy(values.data(), data_, bytes(), cudaMemcpyDeviceToHost));
        return values;
    }

private:
    std::size_t bytes() const { return count_ * sizeof(T); }

    std::size_t count_;
    T*          data_ = nullptr;
};

class Event
{
public:
    Event() { CHECK_CUDA(cudaEventCreate(&event_)); }
    Event(const Event&)            = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { cudaEventDestroy(event_); }

    void record(cudaStream_t stream) { CHECK_CUDA(cudaEventRecord(event_, stream)); }

    /// Milliseconds from `start` to this event, once it has happened.
    float since(const Event& start) const
    {
        float milliseconds = 0;
        CHECK_CUDA(cudaEventSynchronize(event_));
        CHECK_CUDA(cudaEventElapsedTime(&milliseconds, start.event_, event_));
        return milliseconds;
    }

private:
    cudaEvent_t event_ = nullptr;
};

class Stream
{
public:
    Stream() { CHECK_CUDA(cudaStreamCreate(&stream_)); }
    Stream(const Stream&)            = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { cudaStreamDestroy(stream_); }

    cudaStream_t get() const { return stream_; }

private:
    cudaStream_t stream_ = nullptr;
};
