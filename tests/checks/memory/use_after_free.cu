//! check = "memory"
// The list's nodes were freed, the list was not told; and memory of the same size was allocated since.
#include "../check.h"

struct List
{
    const int* node;
};

__global__ void walk(const List* list, int* out) { out[threadIdx.x] = list->node[threadIdx.x]; } // finding: memory: read of freed memory

int main()
{
    List* list = zeroed<List>(1);
    int*  node = zeroed<int>(64);
    CUDA(cudaMemcpy(list, &node, sizeof node, cudaMemcpyHostToDevice));
    CUDA(cudaFree(node));
    int* later = zeroed<int>(64);
    walk<<<1, 64>>>(list, later);
    return finish();
}
