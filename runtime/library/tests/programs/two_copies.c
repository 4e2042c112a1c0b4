// Two static copies of the runtime in one process: the library (-DSECOND) allocates and makes a stream, the program uses
// both through its own copy.
#include "check.h"
#include "cuda_runtime_api.h"
#include <dlfcn.h>

#ifdef SECOND

void *second_allocate(size_t size) {
    void *pointer = NULL;
    OK(cudaMalloc(&pointer, size));
    return pointer;
}

cudaStream_t second_stream(void) {
    cudaStream_t stream;
    OK(cudaStreamCreate(&stream));
    return stream;
}

void *second_address(void) {
    return (void *)&cudaMalloc;
}

#else

void *second_allocate(size_t size);
cudaStream_t second_stream(void);
void *second_address(void);

int main(void) {
    int values[256], back[256];
    for (int i = 0; i < 256; i++)
        values[i] = i * i;
    REQUIRE(second_address() != (void *)&cudaMalloc);
    int *device = second_allocate(sizeof values);
    cudaStream_t stream = second_stream();
    OK(cudaMemcpyAsync(device, values, sizeof values, cudaMemcpyHostToDevice, stream));
    OK(cudaMemcpyAsync(back, device, sizeof values, cudaMemcpyDeviceToHost, stream));
    OK(cudaStreamSynchronize(stream));
    REQUIRE(memcmp(values, back, sizeof values) == 0);
    // The driver API joins in: it sees the runtime's context, and releasing it does not take it from the runtime.
    void *driver = dlopen("libcuda.so.1", RTLD_NOW), *context = NULL, *retained = NULL;
    REQUIRE(driver);
    OK(((int (*)(void **))dlsym(driver, "cuCtxGetCurrent"))(&context));
    OK(((int (*)(void **, int))dlsym(driver, "cuDevicePrimaryCtxRetain"))(&retained, 0));
    REQUIRE(context && context == retained);
    OK(((int (*)(int))dlsym(driver, "cuDevicePrimaryCtxRelease_v2"))(0));
    RETURNS(201, ((int (*)(int))dlsym(driver, "cuDevicePrimaryCtxRelease_v2"))(0));
    OK(((int (*)(cudaStream_t))dlsym(driver, "cuStreamSynchronize"))(stream));
    OK(cudaMemcpy(back, device, sizeof back, cudaMemcpyDeviceToHost));

    OK(cudaStreamDestroy(stream));
    OK(cudaFree(device));
    return 0;
}

#endif
