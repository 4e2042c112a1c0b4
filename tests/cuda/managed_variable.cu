//! also = [["-G"]]
// Managed variables: one memory for host and device, with their initial values from the start, in namespaces and static, as
// arrays and structs, by address, and as arguments of the API.
#include "check.h"

// The host may use them before anything of CUDA is.
__managed__ int             counter = 40;
__device__ __managed__ double zeroed;
static __managed__ float    table[4] = {1.5F, 2.5F, 3.5F};
namespace deep
{
struct Pair
{
    int       first;
    long long second;
};
__managed__ Pair pair = {7, 1LL << 40};
} // namespace deep
__device__ int plain = 3;

__global__ void step(int* viaPointer)
{
    atomicAdd(&counter, 1);
    if (threadIdx.x == 0 && blockIdx.x == 0)
    {
        zeroed += plain;
        table[3] = table[0] + table[1];
        deep::pair.second += deep::pair.first;
        *viaPointer += 100;
    }
}

int main()
{
    REQUIRE(counter == 40 && zeroed == 0 && table[2] == 3.5F && table[3] == 0, "initial values");
    REQUIRE(deep::pair.first == 7 && deep::pair.second == 1LL << 40, "initial value of a struct");
    counter         = 50;
    table[0]        = 10;
    deep::pair.first = 9;
    int* address    = nullptr;
    CUDA(cudaGetSymbolAddress(reinterpret_cast<void**>(&address), counter));
    REQUIRE(address == &counter, "%p is not %p", static_cast<void*>(address), static_cast<void*>(&counter));
    step<<<1, 64>>>(&deep::pair.first);
    LAUNCHED();
    REQUIRE(counter == 114 && zeroed == 3, "%d %g", counter, zeroed);
    REQUIRE(table[3] == 12.5F, "%g", table[3]);
    REQUIRE(deep::pair.first == 109 && deep::pair.second == (1LL << 40) + 9, "%d %lld", deep::pair.first, deep::pair.second);
    for (int i = 0; i < 10; ++i)
    {
        ++counter;
        step<<<2, 32>>>(&deep::pair.first);
        CUDA(cudaDeviceSynchronize());
    }
    REQUIRE(counter == 114 + 10 * 65, "%d", counter);
    const int five = 5;
    CUDA(cudaMemcpyToSymbol(counter, &five, sizeof five));
    REQUIRE(counter == 5, "%d", counter);
    cudaPointerAttributes about;
    CUDA(cudaPointerGetAttributes(&about, &counter));
    REQUIRE(about.type == cudaMemoryTypeManaged && about.devicePointer == &counter && about.hostPointer == &counter, "%d",
            about.type);
    return ok();
}
