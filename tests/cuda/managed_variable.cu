//! refused = ["managed"]
// Managed variables are not there yet: nvcc must say so and make nothing.
__managed__ int counter;

__global__ void count() { atomicAdd(&counter, 1); }

int main()
{
    count<<<1, 1>>>();
    return counter;
}
