// What the runtime says of a pointer: device, pinned host, pageable; copies of the kind `cudaMemcpyDefault`.
#include "check.h"

int main()
{
    const int n      = 100;
    int*      device = nullptr;
    int*      pinned = nullptr;
    int       pageable[n];
    CUDA(cudaMalloc(&device, n * sizeof(int)));
    CUDA(cudaMallocHost(&pinned, n * sizeof(int)));

    cudaPointerAttributes attributes;
    CUDA(cudaPointerGetAttributes(&attributes, device + 10));
    REQUIRE(attributes.type == cudaMemoryTypeDevice && attributes.device == 0, "type %d", attributes.type);
    REQUIRE(attributes.devicePointer == device + 10, "%p", attributes.devicePointer);
    CUDA(cudaPointerGetAttributes(&attributes, pinned + 3));
    REQUIRE(attributes.type == cudaMemoryTypeHost, "type %d", attributes.type);
    CUDA(cudaPointerGetAttributes(&attributes, pageable));
    REQUIRE(attributes.type == cudaMemoryTypeUnregistered && attributes.devicePointer == nullptr, "type %d", attributes.type);

    for (int i = 0; i < n; ++i) { pageable[i] = i * i; }
    CUDA(cudaMemcpy(device, pageable, sizeof pageable, cudaMemcpyDefault));
    CUDA(cudaMemcpy(pinned, device, sizeof pageable, cudaMemcpyDefault));
    for (int i = 0; i < n; ++i) { REQUIRE(pinned[i] == i * i, "element %d: %d", i, pinned[i]); }
    CUDA(cudaFree(device));
    CUDA(cudaFreeHost(pinned));
    return ok();
}
