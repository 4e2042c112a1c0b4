// C++ conveniences of the runtime API: typed pointers, symbols and kernels in place of void pointers.
// Host code, C++11 and later, any host compiler. Each forwards to one C function and adds nothing.
#pragma once

#include "../cuda_runtime_api.h"

template <class T> static inline cudaError_t cudaMalloc(T **pointer, size_t size) {
    return ::cudaMalloc((void **)(void *)pointer, size);
}
template <class T>
static inline cudaError_t cudaMallocHost(T **pointer, size_t size, unsigned int flags = cudaHostAllocDefault) {
    return ::cudaHostAlloc((void **)(void *)pointer, size, flags);
}
static inline cudaError_t cudaMallocHost(void **pointer, size_t size, unsigned int flags) {
    return ::cudaHostAlloc(pointer, size, flags);
}
template <class T> static inline cudaError_t cudaHostAlloc(T **pointer, size_t size, unsigned int flags) {
    return ::cudaHostAlloc((void **)(void *)pointer, size, flags);
}
template <class T>
static inline cudaError_t cudaMallocManaged(T **pointer, size_t size, unsigned int flags = cudaMemAttachGlobal) {
    return ::cudaMallocManaged((void **)(void *)pointer, size, flags);
}
template <class T>
static inline cudaError_t cudaMallocPitch(T **pointer, size_t *pitch, size_t width, size_t height) {
    return ::cudaMallocPitch((void **)(void *)pointer, pitch, width, height);
}
template <class T> static inline cudaError_t cudaMallocAsync(T **pointer, size_t size, cudaStream_t stream) {
    return ::cudaMallocAsync((void **)(void *)pointer, size, stream);
}
template <class T>
static inline cudaError_t cudaMallocAsync(T **pointer, size_t size, cudaMemPool_t pool, cudaStream_t stream) {
    return ::cudaMallocFromPoolAsync((void **)(void *)pointer, size, pool, stream);
}
template <class T>
static inline cudaError_t cudaHostGetDevicePointer(T **devicePointer, void *hostPointer, unsigned int flags) {
    return ::cudaHostGetDevicePointer((void **)(void *)devicePointer, hostPointer, flags);
}

// A symbol is the host's shadow of a __device__ or __constant__ variable; its address is what was registered.
template <class T>
static inline cudaError_t cudaMemcpyToSymbol(const T &symbol, const void *source, size_t count, size_t offset = 0,
                                             enum cudaMemcpyKind kind = cudaMemcpyHostToDevice) {
    return ::cudaMemcpyToSymbol((const void *)__builtin_addressof(symbol), source, count, offset, kind);
}
template <class T>
static inline cudaError_t cudaMemcpyToSymbolAsync(const T &symbol, const void *source, size_t count,
                                                  size_t offset = 0,
                                                  enum cudaMemcpyKind kind = cudaMemcpyHostToDevice,
                                                  cudaStream_t stream = 0) {
    return ::cudaMemcpyToSymbolAsync((const void *)__builtin_addressof(symbol), source, count, offset, kind, stream);
}
template <class T>
static inline cudaError_t cudaMemcpyFromSymbol(void *destination, const T &symbol, size_t count, size_t offset = 0,
                                               enum cudaMemcpyKind kind = cudaMemcpyDeviceToHost) {
    return ::cudaMemcpyFromSymbol(destination, (const void *)__builtin_addressof(symbol), count, offset, kind);
}
template <class T>
static inline cudaError_t cudaMemcpyFromSymbolAsync(void *destination, const T &symbol, size_t count,
                                                    size_t offset = 0,
                                                    enum cudaMemcpyKind kind = cudaMemcpyDeviceToHost,
                                                    cudaStream_t stream = 0) {
    return ::cudaMemcpyFromSymbolAsync(destination, (const void *)__builtin_addressof(symbol), count, offset, kind,
                                       stream);
}
template <class T> static inline cudaError_t cudaGetSymbolAddress(void **pointer, const T &symbol) {
    return ::cudaGetSymbolAddress(pointer, (const void *)__builtin_addressof(symbol));
}
template <class T> static inline cudaError_t cudaGetSymbolSize(size_t *size, const T &symbol) {
    return ::cudaGetSymbolSize(size, (const void *)__builtin_addressof(symbol));
}

// Kernels.
template <class T>
static inline cudaError_t cudaLaunchKernel(T *function, dim3 gridDim, dim3 blockDim, void **args,
                                           size_t sharedMem = 0, cudaStream_t stream = 0) {
    return ::cudaLaunchKernel((const void *)function, gridDim, blockDim, args, sharedMem, stream);
}
template <class T>
static inline cudaError_t cudaLaunchCooperativeKernel(T *function, dim3 gridDim, dim3 blockDim, void **args,
                                                      size_t sharedMem = 0, cudaStream_t stream = 0) {
    return ::cudaLaunchCooperativeKernel((const void *)function, gridDim, blockDim, args, sharedMem, stream);
}
#if __cplusplus >= 201103L
template <typename... Parameters, typename... Arguments>
static inline cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t *config, void (*kernel)(Parameters...),
                                             Arguments &&...arguments) {
    // Converted to the kernel's parameter types first: the runtime copies bytes.
    return [&](Parameters... converted) {
        void *pointers[] = {(void *)__builtin_addressof(converted)..., nullptr};
        return ::cudaLaunchKernelExC(config, (const void *)kernel, pointers);
    }(static_cast<Arguments &&>(arguments)...);
}
#endif
template <class T> static inline cudaError_t cudaFuncSetCacheConfig(T *function, enum cudaFuncCache config) {
    return ::cudaFuncSetCacheConfig((const void *)function, config);
}
template <class T>
static inline cudaError_t cudaFuncSetSharedMemConfig(T *function, enum cudaSharedMemConfig config) {
    return ::cudaFuncSetSharedMemConfig((const void *)function, config);
}
template <class T>
static inline cudaError_t cudaFuncGetAttributes(struct cudaFuncAttributes *attributes, T *function) {
    return ::cudaFuncGetAttributes(attributes, (const void *)function);
}
template <class T>
static inline cudaError_t cudaFuncSetAttribute(T *function, enum cudaFuncAttribute attribute, int value) {
    return ::cudaFuncSetAttribute((const void *)function, attribute, value);
}
template <class T> static inline cudaError_t cudaFuncGetName(const char **name, T *function) {
    return ::cudaFuncGetName(name, (const void *)function);
}
template <class T> static inline cudaError_t cudaGetFuncBySymbol(cudaFunction_t *function, T *symbol) {
    return ::cudaGetFuncBySymbol(function, (const void *)symbol);
}
template <class T> static inline cudaError_t cudaGetKernel(cudaKernel_t *kernel, T *symbol) {
    return ::cudaGetKernel(kernel, (const void *)symbol);
}

// Occupancy.
template <class T>
static inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, T function, int blockSize,
                                                                        size_t dynamicSharedMem) {
    return ::cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, (const void *)function, blockSize,
                                                           dynamicSharedMem);
}
template <class T>
static inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, T function,
                                                                                 int blockSize,
                                                                                 size_t dynamicSharedMem,
                                                                                 unsigned int flags) {
    return ::cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, (const void *)function, blockSize,
                                                                    dynamicSharedMem, flags);
}
template <class T>
static inline cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t *dynamicSharedMem, T function, int blocks,
                                                                    int blockSize) {
    return ::cudaOccupancyAvailableDynamicSMemPerBlock(dynamicSharedMem, (const void *)function, blocks, blockSize);
}

// The block size that keeps most threads of a multiprocessor busy, and the grid that fills the device with it. Every
// multiple of the warp size is tried from the largest down; the first best is taken.
template <class SharedMemOfBlock, class T>
static inline cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(
    int *minGridSize, int *blockSize, T function, SharedMemOfBlock sharedMemOfBlock, int blockSizeLimit = 0,
    unsigned int flags = 0) {
    if (!minGridSize || !blockSize || !function)
        return cudaErrorInvalidValue;
    int device = 0, warp = 32, multiprocessors = 0, threads = 0;
    struct cudaFuncAttributes attributes;
    cudaError_t error = ::cudaGetDevice(&device);
    if (error == cudaSuccess)
        error = ::cudaDeviceGetAttribute(&warp, cudaDevAttrWarpSize, device);
    if (error == cudaSuccess)
        error = ::cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device);
    if (error == cudaSuccess)
        error = ::cudaDeviceGetAttribute(&threads, cudaDevAttrMaxThreadsPerMultiProcessor, device);
    if (error == cudaSuccess)
        error = ::cudaFuncGetAttributes(&attributes, (const void *)function);
    if (error != cudaSuccess)
        return error;
    int limit = attributes.maxThreadsPerBlock;
    if (blockSizeLimit > 0 && blockSizeLimit < limit)
        limit = blockSizeLimit;
    int bestThreads = 0, bestSize = 0, bestBlocks = 0;
    for (int rounded = (limit + warp - 1) / warp * warp; rounded > 0; rounded -= warp) {
        const int size = rounded < limit ? rounded : limit;
        int blocks = 0;
        error = ::cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&blocks, (const void *)function, size,
                                                                         sharedMemOfBlock(size), flags);
        if (error != cudaSuccess)
            return error;
        if (blocks * size > bestThreads) {
            bestThreads = blocks * size;
            bestSize = size;
            bestBlocks = blocks;
        }
        if (bestThreads >= threads)
            break;
    }
    *minGridSize = bestBlocks * multiprocessors;
    *blockSize = bestSize;
    return cudaSuccess;
}
template <class SharedMemOfBlock, class T>
static inline cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMem(int *minGridSize, int *blockSize, T function,
                                                                         SharedMemOfBlock sharedMemOfBlock,
                                                                         int blockSizeLimit = 0) {
    return cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(minGridSize, blockSize, function,
                                                                   sharedMemOfBlock, blockSizeLimit);
}
struct __wavefold_constant_shared_memory {
    size_t bytes;
    size_t operator()(int) const { return bytes; }
};
template <class T>
static inline cudaError_t cudaOccupancyMaxPotentialBlockSizeWithFlags(int *minGridSize, int *blockSize, T function,
                                                                      size_t dynamicSharedMem = 0,
                                                                      int blockSizeLimit = 0,
                                                                      unsigned int flags = 0) {
    __wavefold_constant_shared_memory same = {dynamicSharedMem};
    return cudaOccupancyMaxPotentialBlockSizeVariableSMemWithFlags(minGridSize, blockSize, function, same,
                                                                   blockSizeLimit, flags);
}
template <class T>
static inline cudaError_t cudaOccupancyMaxPotentialBlockSize(int *minGridSize, int *blockSize, T function,
                                                             size_t dynamicSharedMem = 0, int blockSizeLimit = 0) {
    return cudaOccupancyMaxPotentialBlockSizeWithFlags(minGridSize, blockSize, function, dynamicSharedMem,
                                                       blockSizeLimit);
}

// Events, graphs and captures with their older or shorter parameter lists.
static inline cudaError_t cudaEventCreate(cudaEvent_t *event, unsigned int flags) {
    return ::cudaEventCreateWithFlags(event, flags);
}
static inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t *exec, cudaGraph_t graph, cudaGraphNode_t *errorNode,
                                               char *log, size_t logSize) {
    if (errorNode)
        *errorNode = 0;
    if (log && logSize)
        *log = 0;
    return ::cudaGraphInstantiate(exec, graph, 0);
}

// Channel formats of the vector types.
template <class T> static inline cudaChannelFormatDesc cudaCreateChannelDesc() {
    return ::cudaCreateChannelDesc(0, 0, 0, 0, cudaChannelFormatKindNone);
}
#define __WAVEFOLD_CHANNEL(type, bits, kind)                                                                          \
    template <> inline cudaChannelFormatDesc cudaCreateChannelDesc<type>() {                                          \
        return ::cudaCreateChannelDesc(bits, 0, 0, 0, kind);                                                          \
    }
#define __WAVEFOLD_CHANNELS(type, bits, kind)                                                                         \
    __WAVEFOLD_CHANNEL(type##1, bits, kind)                                                                           \
    template <> inline cudaChannelFormatDesc cudaCreateChannelDesc<type##2>() {                                       \
        return ::cudaCreateChannelDesc(bits, bits, 0, 0, kind);                                                       \
    }                                                                                                                 \
    template <> inline cudaChannelFormatDesc cudaCreateChannelDesc<type##4>() {                                       \
        return ::cudaCreateChannelDesc(bits, bits, bits, bits, kind);                                                 \
    }
__WAVEFOLD_CHANNEL(char, 8, cudaChannelFormatKindSigned)
__WAVEFOLD_CHANNEL(signed char, 8, cudaChannelFormatKindSigned)
__WAVEFOLD_CHANNEL(unsigned char, 8, cudaChannelFormatKindUnsigned)
__WAVEFOLD_CHANNEL(short, 16, cudaChannelFormatKindSigned)
__WAVEFOLD_CHANNEL(unsigned short, 16, cudaChannelFormatKindUnsigned)
__WAVEFOLD_CHANNEL(int, 32, cudaChannelFormatKindSigned)
__WAVEFOLD_CHANNEL(unsigned int, 32, cudaChannelFormatKindUnsigned)
__WAVEFOLD_CHANNEL(float, 32, cudaChannelFormatKindFloat)
__WAVEFOLD_CHANNELS(char, 8, cudaChannelFormatKindSigned)
__WAVEFOLD_CHANNELS(uchar, 8, cudaChannelFormatKindUnsigned)
__WAVEFOLD_CHANNELS(short, 16, cudaChannelFormatKindSigned)
__WAVEFOLD_CHANNELS(ushort, 16, cudaChannelFormatKindUnsigned)
__WAVEFOLD_CHANNELS(int, 32, cudaChannelFormatKindSigned)
__WAVEFOLD_CHANNELS(uint, 32, cudaChannelFormatKindUnsigned)
__WAVEFOLD_CHANNELS(float, 32, cudaChannelFormatKindFloat)
#undef __WAVEFOLD_CHANNELS
#undef __WAVEFOLD_CHANNEL
