//! check = "memory"
// An index from outside leaves a local array, and with it the thread's stack.
#include "../check.h"

__global__ void pick(const int* index, int* out)
{
    int values[8];
    for (int i = 0; i < 8; ++i) { values[i] = i + out[i]; }
    out[0] = values[index[0] + threadIdx.x]; // finding: memory: read of 4 bytes outside the scratch memory
}

int main()
{
    int* index = zeroed<int>(1);
    const int far = 5000;
    CUDA(cudaMemcpy(index, &far, sizeof far, cudaMemcpyHostToDevice));
    pick<<<1, 32>>>(index, zeroed<int>(8));
    return finish();
}
