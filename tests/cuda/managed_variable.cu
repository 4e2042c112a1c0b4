//! refused = ["Wavefold does not support __managed__ variables yet", "managed_variable.cu:3:"]
// Managed variables are not there yet: nvcc must say so and make nothing.
__managed__ int counter;

__global__ void count() { atomicAdd(&counter, 1); }

int main()
{
    count<<<1, 1>>>();
    return counter;
}
