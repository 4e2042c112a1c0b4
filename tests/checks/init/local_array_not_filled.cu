//! check = "init"
// A local array is filled up to a count and read one further.
#include "../check.h"

__global__ void last(const int* count, int* out)
{
    int values[16];
    for (int i = 0; i < count[0]; ++i) { values[i] = out[i]; }
    out[0] = values[count[0]]; // finding: init: an undefined value is stored
}

int main()
{
    int*      count = zeroed<int>(1);
    const int eight = 8;
    CUDA(cudaMemcpy(count, &eight, sizeof eight, cudaMemcpyHostToDevice));
    last<<<1, 1>>>(count, zeroed<int>(16));
    return finish();
}
