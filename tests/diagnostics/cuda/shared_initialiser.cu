//! # Shared memory has no initialisers.
__global__ void kernel(int *out)
{
    __shared__ int value = 3; // error: initialization is not supported for __shared__ variables
    out[0] = value;
}
