//! check = "memory"
// An array of the host's own is handed to a kernel.
#include "../check.h"

__global__ void sum(const int* a, int* out) { *out = a[0] + a[1]; } // finding: memory: read out of bounds

int main()
{
    static int a[2] = { 1, 2 };
    sum<<<1, 1>>>(a, zeroed<int>(1));
    return finish();
}
