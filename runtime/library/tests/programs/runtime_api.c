// The runtime API from C, without kernels of the program's own: memory, copies, filling, streams, events, errors.
#include "check.h"
#include "cuda_runtime_api.h"

static void count_up(void *counter) {
    *(int *)counter += 1;
}

static void copies(unsigned char *from, unsigned char *to, size_t size) {
    unsigned char *a, *b;
    OK(cudaMalloc((void **)&a, size));
    OK(cudaMalloc((void **)&b, size));
    OK(cudaMemcpy(a, from, size, cudaMemcpyHostToDevice));
    OK(cudaMemcpy(b, a, size, cudaMemcpyDeviceToDevice));
    memset(to, 0, size);
    OK(cudaMemcpy(to, b, size, cudaMemcpyDefault));
    REQUIRE(memcmp(from, to, size) == 0);

    OK(cudaMemcpy2D(a, 1000, from, 1100, 777, 2000, cudaMemcpyHostToDevice));
    OK(cudaMemcpy2D(to, 900, a, 1000, 777, 2000, cudaMemcpyDeviceToHost));
    for (size_t row = 0; row < 2000; row++)
        REQUIRE(memcmp(to + row * 900, from + row * 1100, 777) == 0);
    RETURNS(cudaErrorInvalidPitchValue, cudaMemcpy2D(to, 776, a, 1000, 777, 2, cudaMemcpyDeviceToHost));

    OK(cudaMemset(a, 0x5a, size));
    OK(cudaMemset(a + 3, 0x11, 1001));
    OK(cudaMemset2D(a + 5001, 700, 0x22, 13, 1000));
    OK(cudaMemcpy(to, a, size, cudaMemcpyDeviceToHost));
    for (size_t i = 0; i < size; i++) {
        int in_rows = i >= 5001 && (i - 5001) / 700 < 1000 && (i - 5001) % 700 < 13;
        REQUIRE(to[i] == (in_rows ? 0x22 : i >= 3 && i < 1004 ? 0x11 : 0x5a));
    }

    RETURNS(cudaErrorInvalidValue, cudaMemcpy(a + size - 10, from, 11, cudaMemcpyHostToDevice));
    RETURNS(cudaErrorInvalidValue, cudaMemcpy(from, to, 10, cudaMemcpyHostToDevice));
    RETURNS(cudaErrorInvalidMemcpyDirection, cudaMemcpy(a, from, 10, (enum cudaMemcpyKind)9));
    RETURNS(cudaErrorInvalidValue, cudaFree(a + 1));
    OK(cudaFree(a));
    RETURNS(cudaErrorInvalidValue, cudaFree(a));
    OK(cudaFree(b));
    OK(cudaFree(NULL));
}

static void streams(unsigned char *host) {
    cudaStream_t first, second;
    cudaEvent_t begin, end;
    unsigned char *a, *b, *pinned;
    int calls = 0;
    OK(cudaStreamCreate(&first));
    OK(cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking));
    OK(cudaEventCreate(&begin));
    OK(cudaEventCreate(&end));
    OK(cudaMalloc((void **)&a, 4096));
    OK(cudaMalloc((void **)&b, 8192));
    OK(cudaMallocHost((void **)&pinned, 4096));
    OK(cudaEventRecord(begin, first));
    for (int i = 0; i < 100; i++) {
        OK(cudaMemsetAsync(a, i, 4096, first));
        OK(cudaMemcpyAsync(pinned, a, 4096, cudaMemcpyDeviceToHost, first));
        OK(cudaLaunchHostFunc(first, count_up, &calls));
        OK(cudaMemcpyAsync(b, pinned, 4096, cudaMemcpyHostToDevice, first));
    }
    OK(cudaEventRecord(end, first));
    OK(cudaStreamWaitEvent(second, end, 0));
    OK(cudaMemcpyAsync(b + 4096, b, 4096, cudaMemcpyDeviceToDevice, second));
    cudaError_t state = cudaStreamQuery(first);
    REQUIRE(state == cudaSuccess || state == cudaErrorNotReady);
    RETURNS(cudaSuccess, cudaPeekAtLastError());
    OK(cudaStreamSynchronize(second));
    REQUIRE(calls == 100);
    OK(cudaStreamQuery(first));
    float milliseconds = -1;
    OK(cudaEventElapsedTime(&milliseconds, begin, end));
    REQUIRE(milliseconds > 0 && milliseconds < 60000);
    OK(cudaMemcpy(host, b + 4096, 4096, cudaMemcpyDeviceToHost));
    for (int i = 0; i < 4096; i++)
        REQUIRE(host[i] == 99);
    RETURNS(cudaErrorInvalidResourceHandle, cudaStreamSynchronize((cudaStream_t)0x123450));
    OK(cudaStreamDestroy(first));
    RETURNS(cudaErrorInvalidResourceHandle, cudaStreamQuery(first));
    OK(cudaStreamDestroy(second));
    OK(cudaEventDestroy(begin));
    OK(cudaEventDestroy(end));
    OK(cudaFree(a));
    OK(cudaFree(b));
    OK(cudaFreeHost(pinned));
}

static void pinned(unsigned char *host, unsigned char *other, size_t size) {
    struct cudaPointerAttributes what;
    unsigned char *device;
    OK(cudaPointerGetAttributes(&what, host));
    REQUIRE(what.type == cudaMemoryTypeUnregistered);
    OK(cudaHostRegister(host, size, cudaHostRegisterDefault));
    OK(cudaPointerGetAttributes(&what, host + 5));
    REQUIRE(what.type == cudaMemoryTypeHost && what.hostPointer == host + 5);
    RETURNS(cudaErrorHostMemoryAlreadyRegistered, cudaHostRegister(host + 10, 10, 0));
    OK(cudaMalloc((void **)&device, size));
    OK(cudaPointerGetAttributes(&what, device + 5));
    REQUIRE(what.type == cudaMemoryTypeDevice && what.devicePointer == device + 5);
    OK(cudaMemcpyAsync(device, host, size, cudaMemcpyHostToDevice, 0));
    OK(cudaMemcpyAsync(other, device, size, cudaMemcpyDeviceToHost, 0));
    OK(cudaDeviceSynchronize());
    REQUIRE(memcmp(host, other, size) == 0);
    OK(cudaHostUnregister(host));
    RETURNS(cudaErrorHostMemoryNotRegistered, cudaHostUnregister(host));
    OK(cudaFree(device));
}

int main(void) {
    size_t size = 5000003, free_bytes, total;
    unsigned char *from = malloc(size), *to = malloc(size);
    for (size_t i = 0; i < size; i++)
        from[i] = (unsigned char)(i * 7 + (i >> 8));
    copies(from, to, size);
    cudaGetLastError();
    streams(to);
    pinned(from, to, size);
    cudaGetLastError();

    RETURNS(cudaErrorInvalidDevice, cudaSetDevice(99));
    RETURNS(cudaErrorInvalidDevice, cudaPeekAtLastError());
    RETURNS(cudaErrorInvalidDevice, cudaGetLastError());
    OK(cudaGetLastError());
    void *large;
    RETURNS(cudaErrorMemoryAllocation, cudaMalloc(&large, (size_t)1 << 50));
    OK(cudaMemGetInfo(&free_bytes, &total));
    REQUIRE(free_bytes == total);
    RETURNS(cudaErrorNotSupported, cudaDeviceGetNvSciSyncAttributes(NULL, 0, 0));
    REQUIRE(strcmp(cudaGetErrorName(cudaErrorNotSupported), "cudaErrorNotSupported") == 0);
    REQUIRE(strcmp(cudaGetErrorString((cudaError_t)4711), "unrecognized error code") == 0);

    OK(cudaMalloc(&large, 1000));
    OK(cudaDeviceReset());
    OK(cudaMemGetInfo(&free_bytes, &total));
    REQUIRE(free_bytes == total);
    puts("ok");
    return 0;
}
