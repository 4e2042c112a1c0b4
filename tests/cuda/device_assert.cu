//! refused = ["Wavefold does not support assert in kernels yet", "device_assert.cu:5:"]
// assert on the device is not there yet: nvcc must say so and make nothing.
#include <cassert>

__global__ void insist(const int* v) { assert(*v == 7); }

int main()
{
    insist<<<1, 1>>>(nullptr);
    return 0;
}
