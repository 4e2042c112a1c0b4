// Module variables: constant memory and device variables, written and read by symbol, initialised, with an offset.
#include "check.h"

struct Settings
{
    int   shift;
    float scale;
};

__constant__ float    coefficients[37];
__constant__ Settings settings = { 3, 0.5F };
__device__ int        counter  = 40;
__device__ float      table[5] = { 1, 2, 4, 8, 16 };
__device__ unsigned char bytes[3] = { 7, 8, 9 };

__global__ void evaluate(const int* index, float* out, int n)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    out[i] = coefficients[(index[i] + settings.shift) % 37] * settings.scale + table[index[i] % 5] + bytes[index[i] % 3];
    atomicAdd(&counter, 1);
}

int main()
{
    const int          n = 200;
    std::vector<float> values(37);
    std::vector<int>   index(n);
    for (int i = 0; i < 37; ++i) { values[i] = mixedFloat(i); }
    for (int i = 0; i < n; ++i) { index[i] = static_cast<int>(mixed(i) % 1000); }
    CUDA(cudaMemcpyToSymbol(coefficients, values.data(), sizeof(float) * 37));
    const DeviceArray<int>   dindex(index);
    const DeviceArray<float> dout(n);
    const auto               check = [&](Settings s)
    {
        evaluate<<<2, 128>>>(dindex.get(), dout.get(), n);
        LAUNCHED();
        const std::vector<float> out = dout.download();
        for (int i = 0; i < n; ++i)
        {
            const float wanted = values[(index[i] + s.shift) % 37] * s.scale + static_cast<float>(1 << index[i] % 5) + 7 + index[i] % 3;
            REQUIRE(out[i] == wanted, "element %d: %g, expected %g", i, out[i], wanted);
        }
    };
    check({ 3, 0.5F });

    const Settings other = { 11, 2.0F };
    CUDA(cudaMemcpyToSymbol(settings, &other, sizeof other));
    const float replaced[2] = { 5.0F, -5.0F };
    CUDA(cudaMemcpyToSymbol(coefficients, replaced, sizeof replaced, 30 * sizeof(float)));
    values[30] = 5.0F;
    values[31] = -5.0F;
    check(other);

    int count = 0;
    CUDA(cudaMemcpyFromSymbol(&count, counter, sizeof count));
    REQUIRE(count == 40 + 2 * n, "counter is %d", count);
    float part[2];
    CUDA(cudaMemcpyFromSymbol(part, table, sizeof part, 3 * sizeof(float)));
    REQUIRE(part[0] == 8 && part[1] == 16, "table ends in %g, %g", part[0], part[1]);

    void*       address = nullptr;
    std::size_t size    = 0;
    CUDA(cudaGetSymbolAddress(&address, table));
    CUDA(cudaGetSymbolSize(&size, table));
    REQUIRE(address != nullptr && size == sizeof table, "size %zu", size);
    CUDA(cudaMemcpy(part, static_cast<float*>(address) + 1, sizeof part, cudaMemcpyDeviceToHost));
    REQUIRE(part[0] == 2 && part[1] == 4, "through the address: %g, %g", part[0], part[1]);
    return ok();
}
