//! build = ["-O2 -shared -Xcompiler -fPIC {dir}/scale.cu -o {out}/libscale.so", "-O2 {dir}/main.cu -L{out} -lscale -Xlinker -rpath={out} -o {exe}"]
// A kernel launched from a shared library, on memory and a stream of the program's, whose own kernels have the same names.
#include "../check.h"

#include "scale.h"

__device__ float factor = 10.0F;

__global__ void scaleKernel(float* v, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { v[i] = v[i] * factor + 1.0F; }
}

int main()
{
    const int          n = 501;
    std::vector<float> in(n);
    for (int i = 0; i < n; ++i) { in[i] = mixedFloat(i); }
    const DeviceArray<float> v(in);
    cudaStream_t             stream;
    CUDA(cudaStreamCreate(&stream));
    CUDA(scaleInLibrary(v.get(), n, 4.0F, stream)); // v * 4, with a variable of the library's
    scaleKernel<<<(n + 63) / 64, 64, 0, stream>>>(v.get(), n);
    CUDA(cudaGetLastError());
    CUDA(cudaStreamSynchronize(stream));
    CUDA(cudaStreamDestroy(stream));
    const std::vector<float> out = v.download();
    for (int i = 0; i < n; ++i)
    {
        const float wanted = in[i] * 4.0F * 10.0F + 1.0F;
        REQUIRE(std::fabs(out[i] - wanted) <= 2e-6F * std::fabs(wanted) + 1e-6F, "element %d: %g, expected %g", i, out[i], wanted);
    }
    return ok();
}
