//! # A kernel returns nothing.
__global__ int kernel(int *out) // error: kernel function type 'int (int *)' must have void return type
{
    return out[0];
}
