// Copies and fills: parts, all directions, strided copies, device to device, asynchronous forms, and what is left of memory.
#include "check.h"

int main()
{
    size_t before = 0;
    size_t total  = 0;
    CUDA(cudaMemGetInfo(&before, &total));
    REQUIRE(total > 0 && before <= total, "%zu of %zu", before, total);

    const int                  n = 1003;
    std::vector<unsigned char> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<unsigned char>(mixed(i)); }
    const DeviceArray<unsigned char> a(in);
    DeviceArray<unsigned char>       b(n);
    b.fillBytes(0x5a);
    CUDA(cudaMemcpy(b.get() + 7, a.get() + 1, 900, cudaMemcpyDeviceToDevice));
    CUDA(cudaMemset(b.get() + 100, 0x11, 33));
    std::vector<unsigned char> out = b.download();
    for (int i = 0; i < n; ++i)
    {
        const int wanted = i >= 100 && i < 133 ? 0x11 : i >= 7 && i < 907 ? in[i - 6] : 0x5a;
        REQUIRE(out[i] == wanted, "byte %d: %02x, expected %02x", i, out[i], wanted);
    }

    // 13 rows of 31 bytes, out of rows of 47 into pitched memory and back into rows of 40.
    unsigned char* pitched = nullptr;
    size_t         pitch   = 0;
    CUDA(cudaMallocPitch(&pitched, &pitch, 31, 13));
    REQUIRE(pitch >= 31, "pitch %zu", pitch);
    CUDA(cudaMemcpy2D(pitched, pitch, in.data(), 47, 31, 13, cudaMemcpyHostToDevice));
    std::vector<unsigned char> rows(40 * 13, 0xee);
    CUDA(cudaMemcpy2D(rows.data(), 40, pitched, pitch, 31, 13, cudaMemcpyDeviceToHost));
    for (int r = 0; r < 13; ++r)
    {
        for (int c = 0; c < 40; ++c)
        {
            const int wanted = c < 31 ? in[r * 47 + c] : 0xee;
            REQUIRE(rows[r * 40 + c] == wanted, "row %d, column %d: %02x", r, c, rows[r * 40 + c]);
        }
    }
    CUDA(cudaFree(pitched));

    cudaStream_t stream;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaMemsetAsync(b.get(), 0, n, stream));
    CUDA(cudaMemcpyAsync(b.get() + 1, in.data(), 500, cudaMemcpyHostToDevice, stream)); // pageable
    CUDA(cudaMemcpyAsync(out.data(), b.get(), n, cudaMemcpyDeviceToHost, stream));
    CUDA(cudaStreamSynchronize(stream));
    for (int i = 0; i < n; ++i)
    {
        const int wanted = i >= 1 && i < 501 ? in[i - 1] : 0;
        REQUIRE(out[i] == wanted, "byte %d: %02x, expected %02x", i, out[i], wanted);
    }
    CUDA(cudaStreamDestroy(stream));

    void* large = nullptr;
    CUDA(cudaMalloc(&large, 64 << 20));
    size_t during = 0;
    CUDA(cudaMemGetInfo(&during, &total));
    REQUIRE(during + (64 << 20) <= before, "%zu free before, %zu with 64 MiB taken", before, during);
    CUDA(cudaFree(large));
    CUDA(cudaMemcpy(nullptr, nullptr, 0, cudaMemcpyHostToDevice));
    return ok();
}
