// Memory that host and device share: managed, pinned and mapped, registered; the device writes, the host reads, and the other way.
#include "check.h"

__global__ void increment(int* values, int count, int by)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { values[i] += by; }
}

__global__ void sum(const int* values, int count, int* total)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { atomicAdd_system(total, values[i]); }
}

__managed__ int managedTotal = 5;

/// `host` and `device` name the same memory.
static void both(int* host, int* device, int count, const char* what)
{
    int expected = 0;
    for (int i = 0; i < count; ++i) { host[i] = i; }
    increment<<<(count + 127) / 128, 128>>>(device, count, 10);
    HIP(hipDeviceSynchronize());
    for (int i = 0; i < count; ++i)
    {
        REQUIRE(host[i] == i + 10, "%s: element %d is %d", what, i, host[i]);
        host[i] *= 2;
        expected += host[i];
    }
    managedTotal = 5;
    sum<<<(count + 63) / 64, 64>>>(device, count, &managedTotal);
    HIP(hipDeviceSynchronize());
    REQUIRE(managedTotal == 5 + expected, "%s: sum %d", what, managedTotal);
}

int main()
{
    const int count = 5000;
    const size_t size = count * sizeof(int);
    int *     managed = nullptr, *pinned = nullptr, *seen = nullptr;

    HIP(hipMallocManaged(&managed, size));
    both(managed, managed, count, "managed");
    HIP(hipMemAdvise(managed, size, hipMemAdviseSetReadMostly, 0));
    HIP(hipMemPrefetchAsync(managed, size, 0, nullptr));
    HIP(hipDeviceSynchronize());
    both(managed, managed, count, "managed, after a prefetch");
    HIP(hipFree(managed));

    HIP(hipHostMalloc(&pinned, size, hipHostMallocMapped));
    HIP(hipHostGetDevicePointer(reinterpret_cast<void**>(&seen), pinned, 0));
    both(pinned, seen, count, "pinned");
    hipPointerAttribute_t attributes{};
    HIP(hipPointerGetAttributes(&attributes, pinned));
    REQUIRE(attributes.hostPointer == pinned && attributes.memoryType == hipMemoryTypeHost, "attributes");
    HIP(hipHostFree(pinned));

    std::vector<int> plain(count + 1024);
    HIP(hipHostRegister(plain.data(), size, hipHostRegisterMapped));
    HIP(hipHostGetDevicePointer(reinterpret_cast<void**>(&seen), plain.data(), 0));
    both(plain.data(), seen, count, "registered");
    // Not unregistered: HIP 5.2 aborts there on a device that sees the host's memory at the host's own addresses, as this one.
    return ok();
}
