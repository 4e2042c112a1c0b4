// Managed memory: host and kernels see each other's writes, it copies, fills and frees as device memory does, says that it is
// managed, and takes advice.
#include "check.h"

__global__ void scale(float* x, int n, float factor)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { x[i] *= factor; }
}

__global__ void sum(const float* x, int n, float* total)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { atomicAdd(total, x[i]); }
}

struct Node
{
    int   value;
    Node* next;
};

__global__ void walk(Node* list)
{
    for (Node* node = list; node != nullptr; node = node->next) { node->value *= 2; }
}

int main()
{
    int value = -1;
    CUDA(cudaDeviceGetAttribute(&value, cudaDevAttrManagedMemory, 0));
    REQUIRE(value == 1, "%d", value);
    CUDA(cudaDeviceGetAttribute(&value, cudaDevAttrConcurrentManagedAccess, 0));
    REQUIRE(value == 0, "%d", value);

    constexpr int n = 10000;
    float*        x;
    float*        total;
    CUDA(cudaMallocManaged(&x, n * sizeof(float)));
    CUDA(cudaMallocManaged(&total, sizeof(float), cudaMemAttachGlobal));
    for (int i = 0; i < n; ++i) { x[i] = static_cast<float>(i % 100); }
    *total = 0;
    scale<<<(n + 255) / 256, 256>>>(x, n, 2);
    sum<<<(n + 255) / 256, 256>>>(x, n, total);
    LAUNCHED();
    REQUIRE(x[99] == 198 && x[n - 1] == 198 && *total == 990000, "%g %g %g", x[99], x[n - 1], *total);
    x[0] = 1000;
    *total = 0;
    sum<<<(n + 255) / 256, 256>>>(x, n, total);
    LAUNCHED();
    REQUIRE(*total == 991000, "%g", *total);

    // Copies and fills.
    DeviceArray<float> device(n);
    CUDA(cudaMemcpy(device.get(), x, n * sizeof(float), cudaMemcpyDefault));
    REQUIRE(device.download()[0] == 1000, "%g", device.download()[0]);
    CUDA(cudaMemset(x, 0, 100 * sizeof(float)));
    CUDA(cudaDeviceSynchronize());
    REQUIRE(x[0] == 0 && x[99] == 0 && x[100] == 0 && x[101] == 2, "%g %g", x[99], x[101]);
    CUDA(cudaMemcpy(x, device.get(), n * sizeof(float), cudaMemcpyDeviceToDevice));
    CUDA(cudaDeviceSynchronize());
    REQUIRE(x[0] == 1000, "%g", x[0]);

    // Pointers in it mean the same to both.
    Node* list = nullptr;
    for (int i = 0; i < 10; ++i)
    {
        Node* node;
        CUDA(cudaMallocManaged(&node, sizeof(Node)));
        *node = {i, list};
        list  = node;
    }
    walk<<<1, 1>>>(list);
    LAUNCHED();
    for (int i = 9; list != nullptr; --i)
    {
        REQUIRE(list->value == 2 * i, "%d", list->value);
        Node* next = list->next;
        CUDA(cudaFree(list));
        list = next;
    }

    cudaPointerAttributes about;
    CUDA(cudaPointerGetAttributes(&about, x + 5));
    REQUIRE(about.type == cudaMemoryTypeManaged && about.devicePointer == x + 5 && about.hostPointer == x + 5, "%d", about.type);

    // Advice is remembered for exactly the range it was given for.
    const size_t bytes = n * sizeof(float), half = bytes / 2;
    int          location = 0;
    CUDA(cudaMemRangeGetAttribute(&location, sizeof location, cudaMemRangeAttributePreferredLocation, x, bytes));
    REQUIRE(location == cudaInvalidDeviceId, "%d", location);
    CUDA(cudaMemAdvise(x, bytes, cudaMemAdviseSetPreferredLocation, 0));
    CUDA(cudaMemAdvise(x, half, cudaMemAdviseSetReadMostly, 0));
    CUDA(cudaMemAdvise(x, bytes, cudaMemAdviseSetAccessedBy, cudaCpuDeviceId));
    CUDA(cudaMemPrefetchAsync(x, bytes, 0));
    CUDA(cudaMemPrefetchAsync(x, half, cudaCpuDeviceId));
    CUDA(cudaMemRangeGetAttribute(&location, sizeof location, cudaMemRangeAttributePreferredLocation, x, bytes));
    REQUIRE(location == 0, "%d", location);
    CUDA(cudaMemRangeGetAttribute(&location, sizeof location, cudaMemRangeAttributeReadMostly, x, half));
    REQUIRE(location == 1, "%d", location);
    CUDA(cudaMemRangeGetAttribute(&location, sizeof location, cudaMemRangeAttributeReadMostly, x, bytes));
    REQUIRE(location == 0, "%d", location);
    int places[3] = {};
    CUDA(cudaMemRangeGetAttribute(places, sizeof places, cudaMemRangeAttributeAccessedBy, x, bytes));
    REQUIRE(places[0] == cudaCpuDeviceId && places[1] == cudaInvalidDeviceId && places[2] == cudaInvalidDeviceId, "%d %d",
            places[0], places[1]);
    CUDA(cudaMemRangeGetAttribute(&location, sizeof location, cudaMemRangeAttributeLastPrefetchLocation, x, half));
    REQUIRE(location == cudaCpuDeviceId, "%d", location);
    CUDA(cudaMemRangeGetAttribute(&location, sizeof location, cudaMemRangeAttributeLastPrefetchLocation, x, bytes));
    REQUIRE(location == cudaInvalidDeviceId, "%d", location);
    CUDA(cudaMemAdvise(x, bytes, cudaMemAdviseUnsetPreferredLocation, 0));
    CUDA(cudaMemRangeGetAttribute(&location, sizeof location, cudaMemRangeAttributePreferredLocation, x, bytes));
    REQUIRE(location == cudaInvalidDeviceId, "%d", location);
    CUDA(cudaStreamAttachMemAsync(nullptr, x));
    CUDA(cudaStreamSynchronize(nullptr));

    // What is wrong.
    CUDA_FAILS(cudaErrorInvalidValue, cudaMallocManaged(&total, 0));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMallocManaged(&total, 4, 3));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMemAdvise(device.get(), 16, cudaMemAdviseSetReadMostly, 0));
    CUDA_FAILS(cudaErrorInvalidDevice, cudaMemPrefetchAsync(x, bytes, 77));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMemPrefetchAsync(x, bytes + (1 << 20), 0));
    CUDA(cudaFree(x));
    CUDA_FAILS(cudaErrorInvalidValue, cudaFree(x));
    return ok();
}
