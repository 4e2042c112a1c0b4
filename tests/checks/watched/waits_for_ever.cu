// Two blocks wait for a flag that nobody sets.
#include "../check.h"

__global__ void wait(volatile int* flag)
{
    while (*flag == 0) {}
}

int main()
{
    wait<<<2, 64>>>(zeroed<int>(1));
    return finish();
}
