// Two GPUs, their peer access, and device printf over the host-call interface.
#include <hip/hip_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#define CHECK(call)                                                        \
    do {                                                                   \
        hipError_t error = (call);                                         \
        if (error != hipSuccess) {                                         \
            printf("%s: %s\n", #call, hipGetErrorString(error));           \
            exit(1);                                                       \
        }                                                                  \
    } while (0)

__global__ void scale(const int *in, int *out, int factor) { out[threadIdx.x] = in[threadIdx.x] * factor; }

__global__ void greet(int number) {
    if (threadIdx.x < 2)
        printf("lane %d says %d\n", int(threadIdx.x), number);
}

int main() {
    int count;
    CHECK(hipGetDeviceCount(&count));
    printf("devices %d\n", count);
    std::vector<int> host(256);
    for (int i = 0; i < 256; i++)
        host[i] = i;
    int *first, *second;
    CHECK(hipSetDevice(0));
    CHECK(hipMalloc(&first, 1024));
    CHECK(hipMemcpy(first, host.data(), 1024, hipMemcpyHostToDevice));
    CHECK(hipSetDevice(1));
    CHECK(hipMalloc(&second, 1024));
    int can;
    CHECK(hipDeviceCanAccessPeer(&can, 1, 0));
    printf("peer access %d\n", can);
    CHECK(hipDeviceEnablePeerAccess(0, 0));
    scale<<<1, 256>>>(first, second, 3);
    CHECK(hipDeviceSynchronize());
    CHECK(hipMemcpyPeer(first, 0, second, 1, 1024));
    CHECK(hipMemcpy(host.data(), first, 1024, hipMemcpyDeviceToHost));
    int wrong = 0;
    for (int i = 0; i < 256; i++)
        wrong += host[i] != 3 * i;
    printf("peers %d\n", wrong);
    fflush(stdout);
    greet<<<1, 64>>>(42);
    CHECK(hipDeviceSynchronize());
}
