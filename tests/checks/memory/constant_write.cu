//! check = "memory"
// A kernel is given the address of a table of constants to write to.
#include "../check.h"

__constant__ int table[4] = { 1, 2, 3, 4 };

__global__ void update(int* which) { which[threadIdx.x] = 5; } // finding: memory: write to read-only memory

__global__ void use(int* out) { *out = table[*out]; }

int main()
{
    void* address = nullptr;
    CUDA(cudaGetSymbolAddress(&address, table));
    use<<<1, 1>>>(zeroed<int>(1));
    update<<<1, 1>>>(static_cast<int*>(address));
    return finish();
}
