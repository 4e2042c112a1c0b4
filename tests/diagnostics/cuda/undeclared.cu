//! # An error in device code is clang's, at its place.
__global__ void kernel(float *out)
{
    out[threadIdx.x] = missing; // error: use of undeclared identifier 'missing'
}
