//! also = [["-G"], ["-Xptxas", "--warp-mapping=split"]]
//! stderr = ["device_assert.cu:16: void insist(const int *, int): block: [2,1,0], thread: [5,3,0] Assertion `v[threadIdx.x] != wrong && \"what it says\"` failed.\n"]
// A failed assertion says so as CUDA says it, ends the kernel, and is every later call's error until the device is reset.
#include <cassert>

#include "captured_output.h"
#include "check.h"

__global__ void insist(const int* v, int wrong)
{
    if (blockIdx.x == 2 && threadIdx.x == 0 && threadIdx.y == 3) { printf("before\n"); }
    __syncthreads();
    if (blockIdx.x == 2 && blockIdx.y == 1 && threadIdx.y % 4 == 3)
    {
        // The message has this place.
        assert(v[threadIdx.x] != wrong && "what it says");
    }
}

int main()
{
    std::vector<int> values(16);
    for (int i = 0; i < 16; ++i) { values[i] = i; }
    {
        DeviceArray<int> v(values);
        insist<<<dim3(3, 2), dim3(8, 8)>>>(v.get(), 99);
        LAUNCHED();
        CapturedOutput output;
        output.start();
        insist<<<dim3(3, 2), dim3(8, 8)>>>(v.get(), 5);
        CUDA_FAILS(cudaErrorAssert, cudaDeviceSynchronize());
        REQUIRE(output.text().find("before\n") == 0, "what was printed before the assertion is lost");
        CUDA_FAILS(cudaErrorAssert, cudaGetLastError());
        void* more = nullptr;
        CUDA_FAILS(cudaErrorAssert, cudaMalloc(&more, 4)); // sticky
        CUDA_FAILS(cudaErrorAssert, cudaDeviceSynchronize());
        REQUIRE(std::string(cudaGetErrorString(cudaErrorAssert)) == "device-side assert triggered", "the text");
    }
    CUDA(cudaDeviceReset());
    (void)cudaGetLastError();
    DeviceArray<int> v(values);
    insist<<<dim3(3, 2), dim3(8, 8)>>>(v.get(), 99);
    LAUNCHED();
    return ok();
}
