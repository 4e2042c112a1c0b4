//! # A host function cannot be called on the device.
float host(float x)
{
    return x;
}

__global__ void kernel(float *out)
{
    out[0] = host(1.0f); // error: no matching function for call to 'host'
}
