//! check = "race"
// The last block sums up what the others stored, but nothing makes their stores visible before their tickets.
#include "../check.h"

__global__ void reduce(const int* a, int* parts, unsigned* tickets, int* out)
{
    __shared__ bool last;
    if (threadIdx.x == 0)
    {
        parts[blockIdx.x] = a[blockIdx.x];
        last = atomicAdd(tickets, 1U) == gridDim.x - 1;
        if (last)
        {
            int total = 0;
            for (unsigned i = 0; i < gridDim.x; ++i) { total += parts[i]; } // finding: race: read and write of global memory
            *out = total;
        }
    }
}

int main()
{
    reduce<<<8, 64>>>(zeroed<int>(8), zeroed<int>(8), zeroed<unsigned>(1), zeroed<int>(1));
    return finish();
}
