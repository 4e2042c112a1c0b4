// Variables of the device: initialised, constant, pointers to each other and to functions; seen by name from the host.
#include "check.h"

__device__ int              counter = 3;
__constant__ int            table[8] = { 2, 3, 5, 7, 11, 13, 17, 19 };
__device__ const int*       intoTable = table + 2;
__device__ int              grid2d[4][5];
static __device__ long long hidden = -7;

__device__ int twice(int x) { return 2 * x; }
__device__ int square(int x) { return x * x; }
__device__ int third(int x) { return x / 3; }
typedef int (*Operation)(int);
__device__ Operation operations[3] = { twice, square, third };

__global__ void use(int* out, int which)
{
    const int i = threadIdx.x;
    atomicAdd(&counter, table[i & 7]);
    if (i < 20) { grid2d[i / 5][i % 5] = i; }
    out[i] = operations[which](i) + intoTable[i & 3] + int(hidden);
}

int main()
{
    int* device = nullptr;
    HIP(hipMalloc(&device, 64 * 4));
    const int primes[8] = { 2, 3, 5, 7, 11, 13, 17, 19 };
    int       expectedCounter = 3;
    for (int which = 0; which < 3; ++which)
    {
        use<<<1, 64>>>(device, which);
        int out[64];
        HIP(hipMemcpy(out, device, sizeof out, hipMemcpyDeviceToHost));
        for (int i = 0; i < 64; ++i)
        {
            const int applied = which == 0 ? 2 * i : which == 1 ? i * i : i / 3;
            REQUIRE(out[i] == applied + primes[2 + (i & 3)] - 7, "operation %d of %d: %d", which, i, out[i]);
            expectedCounter += primes[i & 7];
        }
    }
    int value = 0;
    HIP(hipMemcpyFromSymbol(&value, HIP_SYMBOL(counter), sizeof value));
    REQUIRE(value == expectedCounter, "%d", value);
    void*  address = nullptr;
    size_t size    = 0;
    HIP(hipGetSymbolAddress(&address, HIP_SYMBOL(grid2d)));
    HIP(hipGetSymbolSize(&size, HIP_SYMBOL(grid2d)));
    REQUIRE(size == 80, "%zu", size);
    int cells[20];
    HIP(hipMemcpy(cells, address, sizeof cells, hipMemcpyDeviceToHost));
    for (int i = 0; i < 20; ++i) { REQUIRE(cells[i] == i, "cell %d", i); }
    const int other[2] = { 100, 200 };
    HIP(hipMemcpyToSymbol(HIP_SYMBOL(table), other, sizeof other, 2 * sizeof(int)));
    use<<<1, 64>>>(device, 0);
    int out[64];
    HIP(hipMemcpy(out, device, sizeof out, hipMemcpyDeviceToHost));
    REQUIRE(out[0] == 93 && out[1] == 195, "%d %d", out[0], out[1]);
    return ok();
}
