//! check = "init"
// An index is read from a table that nobody filled.
#include "../check.h"

__global__ void gather(const unsigned* index, const int* values, int* out)
{
    out[threadIdx.x] = values[index[threadIdx.x] & 63U]; // finding: init: an address is undefined
}

int main()
{
    unsigned* index = nullptr;
    CUDA(cudaMalloc(&index, 64 * sizeof(unsigned)));
    gather<<<1, 64>>>(index, zeroed<int>(64), zeroed<int>(64));
    return finish();
}
