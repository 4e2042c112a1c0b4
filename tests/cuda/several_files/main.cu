//! build = ["-O2 -c {dir}/main.cu -o {out}/main.o", "-O2 -c {dir}/smooth.cu -o {out}/smooth.o", "-O2 {dir}/host.cpp {out}/main.o {out}/smooth.o -o {exe}"]
// Three files in one program: two of them with kernels of the same name and a variable each, one of plain C++. A kernel of
// the other file is launched from here, and this file's kernel has a static namesake there.
#include "several.h"

__device__ int calls;

static __global__ void prepare(float* v, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) { v[i] = static_cast<float>(i % 10); }
    if (i == 0) { atomicAdd(&calls, 1); }
}

int main()
{
    const int                n = 257;
    const DeviceArray<float> a(n);
    const DeviceArray<float> b(n);
    prepare<<<3, 96>>>(a.get(), n);
    smooth<<<3, 96>>>(a.get(), b.get(), n); // defined in smooth.cu
    LAUNCHED();
    const std::vector<float> out = b.download();
    for (int i = 0; i < n; ++i)
    {
        const float wanted = hostSmooth(i, n);
        REQUIRE(out[i] == wanted, "element %d: %g, expected %g", i, out[i], wanted);
    }
    REQUIRE(preparedElsewhere(n) == 2 * n, "the other file's kernel gave %d", preparedElsewhere(n));
    int count = 0;
    CUDA(cudaMemcpyFromSymbol(&count, calls, sizeof count));
    REQUIRE(count == 1, "counted %d calls", count);
    return ok();
}
