// What the programs with a planted bug share: none of them looks at what comes out.
#pragma once
#include <cstdio>
#include <cstdlib>

#define CUDA(call)                                                                                                                 \
    do                                                                                                                             \
    {                                                                                                                              \
        const cudaError_t error_ = (call);                                                                                         \
        if (error_ != cudaSuccess)                                                                                                 \
        {                                                                                                                          \
            std::printf("%s: %s\n", #call, cudaGetErrorName(error_));                                                              \
            std::exit(2);                                                                                                          \
        }                                                                                                                          \
    } while (0)

/// Device memory, zeroed.
template<typename T>
T* zeroed(int count)
{
    T* memory = nullptr;
    CUDA(cudaMalloc(&memory, count * sizeof(T)));
    CUDA(cudaMemset(memory, 0, count * sizeof(T)));
    return memory;
}

/// Waits for the kernel; a planted bug may have stopped it.
inline int finish()
{
    std::printf("%s\n", cudaGetErrorName(cudaDeviceSynchronize()));
    return 0;
}
