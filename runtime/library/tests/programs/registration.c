// What is registered and what is not: kernels without an image for the device, damaged fat binaries, unknown symbols.
#include "check.h"
#include "cuda_runtime_api.h"

struct wrapper {
    unsigned magic, version;
    const void *data;
    const void *prelinked;
};

void **__cudaRegisterFatBinary(void *);
void __cudaRegisterFatBinaryEnd(void **);
void __cudaUnregisterFatBinary(void **);
int __cudaRegisterFunction(void **, const char *, char *, const char *, int, void *, void *, void *, void *, int *);
void __cudaRegisterVar(void **, char *, char *, const char *, int, size_t, int, int);

static void first_stub(void) {}
static void second_stub(void) {}
static void unknown_stub(void) {}
static int shadow, unknown_shadow;

int main(void) {
    // A container that holds nothing, and one whose header is smaller than a header.
    static const struct {
        unsigned magic;
        unsigned short version, header;
        unsigned long size;
    } empty = {0xba55ed50, 1, 16, 0}, torn = {0xba55ed50, 1, 3, 8};
    static const struct wrapper empty_wrapper = {0x466243b1, 1, &empty, NULL};
    static const struct wrapper torn_wrapper = {0x466243b1, 1, &torn, NULL};
    dim3 one = {1, 1, 1};
    struct cudaFuncAttributes attributes;
    void *address;

    void **first = __cudaRegisterFatBinary((void *)&empty_wrapper);
    __cudaRegisterFunction(first, (const char *)first_stub, "k", "k", -1, 0, 0, 0, 0, 0);
    __cudaRegisterVar(first, (char *)&shadow, "v", "v", 0, 4, 0, 0);
    __cudaRegisterFatBinaryEnd(first);
    void **second = __cudaRegisterFatBinary((void *)&torn_wrapper);
    __cudaRegisterFunction(second, (const char *)second_stub, "k", "k", -1, 0, 0, 0, 0, 0);
    __cudaRegisterFatBinaryEnd(second);

    RETURNS(cudaErrorNoKernelImageForDevice, cudaLaunchKernel((void *)first_stub, one, one, NULL, 0, 0));
    RETURNS(cudaErrorNoKernelImageForDevice, cudaGetLastError());
    RETURNS(cudaErrorInvalidDeviceFunction, cudaFuncGetAttributes(&attributes, (void *)first_stub));
    RETURNS(cudaErrorInvalidKernelImage, cudaLaunchKernel((void *)second_stub, one, one, NULL, 0, 0));
    RETURNS(cudaErrorInvalidDeviceFunction, cudaLaunchKernel((void *)unknown_stub, one, one, NULL, 0, 0));
    RETURNS(cudaErrorNoKernelImageForDevice, cudaGetSymbolAddress(&address, &shadow));
    RETURNS(cudaErrorInvalidSymbol, cudaGetSymbolAddress(&address, &unknown_shadow));

    // The kernels of a library that was closed are unknown; the other's are still there.
    __cudaUnregisterFatBinary(second);
    RETURNS(cudaErrorInvalidDeviceFunction, cudaLaunchKernel((void *)second_stub, one, one, NULL, 0, 0));
    RETURNS(cudaErrorNoKernelImageForDevice, cudaLaunchKernel((void *)first_stub, one, one, NULL, 0, 0));
    __cudaUnregisterFatBinary(first);

    // No configuration was pushed.
    size_t shared;
    cudaStream_t stream;
    cudaGetLastError();
    RETURNS(cudaErrorMissingConfiguration, __cudaPopCallConfiguration(&one, &one, &shared, &stream));
    puts("ok");
    return 0;
}
