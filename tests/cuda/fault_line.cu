//! flags  = ["-lineinfo"]
//! also   = [["-G"]]
//! stderr = ["fault_line.cu:15", "_Z5storePii", "wavefront 1, lane 6", "write outside device memory at address 0x1118"]
// With line information, the report of a fault names the source line, the kernel, the wavefront, the lane and the address.
#include "check.h"

__device__ int* slot(int* where)
{
    return where + threadIdx.x;
}

__global__ void store(int* where, int value)
{
    if (threadIdx.x >= 70)
        *slot(where) = value; // the line that fails
}

int main()
{
    store<<<1, 128>>>(reinterpret_cast<int*>(0x1000), 7);
    CUDA_FAILS(cudaErrorIllegalAddress, cudaDeviceSynchronize());
    return ok();
}
