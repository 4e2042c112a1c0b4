//! refused = ["Wavefold does not support printf in kernels yet", "device_printf.cu:5:"]
// printf on the device is not there yet: nvcc must say so and make nothing.
#include <cstdio>

__global__ void speak(int v) { printf("value %d\n", v); }

int main()
{
    speak<<<1, 1>>>(7);
    return 0;
}
