//! check = "race"
// All blocks add to one sum without an atomic.
#include "../check.h"

__global__ void sum(int* total)
{
    if (threadIdx.x == 0)
    {
        *total += blockIdx.x; // finding: race: of global memory
    }
}

int main()
{
    sum<<<4, 64>>>(zeroed<int>(1));
    return finish();
}
