// Arrays in local memory with indexes known only at run time, in loops that differ between lanes.
#include "check.h"

constexpr int size = 24;

/// Sorts `size` values a thread by insertion and follows a permutation through a second array.
__global__ void sortLocal(const int* in, int n, int* out, unsigned char* order)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    int           values[size];
    unsigned char place[size];
    for (int k = 0; k < size; ++k)
    {
        const int v = in[i * size + k];
        int       p = k;
        while (p > 0 && values[p - 1] > v)
        {
            values[p] = values[p - 1];
            place[p]  = place[p - 1];
            --p;
        }
        values[p] = v;
        place[p]  = static_cast<unsigned char>(k);
    }
    for (int k = 0; k < size; ++k)
    {
        out[i * size + k]   = values[k];
        order[i * size + k] = place[k];
    }
}

int main()
{
    const int        n = 150;
    std::vector<int> in(n * size);
    for (int i = 0; i < n * size; ++i) { in[i] = static_cast<int>(mixed(i) % 1000) - 500; }
    const DeviceArray<int>           din(in);
    const DeviceArray<int>           dout(n * size);
    const DeviceArray<unsigned char> dorder(n * size);
    sortLocal<<<(n + 63) / 64, 64>>>(din.get(), n, dout.get(), dorder.get());
    LAUNCHED();
    const auto out   = dout.download();
    const auto order = dorder.download();
    for (int i = 0; i < n; ++i)
    {
        std::vector<int> seen(size, 0);
        for (int k = 0; k < size; ++k)
        {
            const int from = order[i * size + k];
            REQUIRE(from < size && seen[from] == 0, "thread %d: value %d is taken twice", i, from);
            seen[from] = 1;
            REQUIRE(out[i * size + k] == in[i * size + from], "thread %d, place %d", i, k);
            REQUIRE(k == 0 || out[i * size + k - 1] <= out[i * size + k], "thread %d is not sorted at %d", i, k);
        }
    }
    return ok();
}
