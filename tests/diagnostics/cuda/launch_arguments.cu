//! # A launch with an argument that does not convert.
__global__ void kernel(int *out)
{
    out[0] = 1;
}

int main()
{
    kernel<<<1, 1>>>(2.0f); // error: cannot initialize a parameter of type 'int *' with an rvalue of type 'float'
    return 0;
}
