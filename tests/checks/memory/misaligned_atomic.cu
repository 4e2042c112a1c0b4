//! check = "memory"
// A counter in a packed record.
#include "../check.h"

__global__ void count(char* record) { atomicAdd(reinterpret_cast<int*>(record + 2), 1); } // finding in a header: memory: misaligned atomic of 4 bytes

int main()
{
    count<<<1, 1>>>(zeroed<char>(64));
    return finish();
}
