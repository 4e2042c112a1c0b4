// A 2D transpose through a padded tile in shared memory; neither extent is a multiple of the tile.
#include "check.h"

constexpr int tile = 32;
constexpr int rows = 8;

__global__ void transpose(const int* in, int* out, int width, int height)
{
    __shared__ int buffer[tile][tile + 1];
    const int      x = blockIdx.x * tile + threadIdx.x;
    for (int r = threadIdx.y; r < tile; r += rows)
    {
        const int y = blockIdx.y * tile + r;
        if (x < width && y < height) { buffer[r][threadIdx.x] = in[y * width + x]; }
    }
    __syncthreads();
    const int outX = blockIdx.y * tile + threadIdx.x;
    for (int r = threadIdx.y; r < tile; r += rows)
    {
        const int outY = blockIdx.x * tile + r;
        if (outX < height && outY < width) { out[outY * height + outX] = buffer[threadIdx.x][r]; }
    }
}

int main()
{
    const int        width  = 301;
    const int        height = 173;
    std::vector<int> in(width * height);
    for (int i = 0; i < width * height; ++i) { in[i] = i * 3 + 1; }
    const DeviceArray<int> din(in);
    DeviceArray<int>       dout(in.size());
    dout.fillBytes(0xff);
    transpose<<<dim3((width + tile - 1) / tile, (height + tile - 1) / tile), dim3(tile, rows)>>>(din.get(), dout.get(), width, height);
    LAUNCHED();
    const std::vector<int> out = dout.download();
    for (int y = 0; y < height; ++y)
    {
        for (int x = 0; x < width; ++x)
        {
            REQUIRE(out[x * height + y] == in[y * width + x], "at x %d, y %d: %d", x, y, out[x * height + y]);
        }
    }
    return ok();
}
