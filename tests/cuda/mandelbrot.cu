//! flags = ["-fmad=false"]
// Escape times over a plane, in f32 and f64: long loops that lanes leave one by one, over a 2D grid, with early returns and a switch.
#include "check.h"

template<typename T>
__host__ __device__ inline int escapeTime(T cx, T cy, int limit)
{
    T   x = 0;
    T   y = 0;
    int k = 0;
    for (; k < limit; ++k)
    {
        const T xx = x * x;
        const T yy = y * y;
        if (xx + yy > T(4)) { break; }
        if (k == 40 && xx < T(1e-4)) { return -1; } // gives up on points near the origin's orbit
        y = T(2) * x * y + cy;
        x = xx - yy + cx;
    }
    switch (k % 5)
    {
        case 0: return k;
        case 1: return k * 2;
        case 2: return k + 1000;
        case 3: return -k;
        default: return k ^ 0x55;
    }
}

template<typename T>
__global__ void plane(int* out, int width, int height, int limit)
{
    const int px = blockIdx.x * blockDim.x + threadIdx.x;
    const int py = blockIdx.y * blockDim.y + threadIdx.y;
    if (px >= width || py >= height) { return; }
    out[py * width + px] = escapeTime<T>(T(px) * T(1.0 / 64) - T(2), T(py) * T(1.0 / 32) - T(1.25), limit);
}

template<typename T>
void check(const char* name)
{
    const int              width  = 187;
    const int              height = 75;
    const DeviceArray<int> dout(width * height);
    plane<T><<<dim3((width + 15) / 16, (height + 11) / 12), dim3(16, 12)>>>(dout.get(), width, height, 200);
    LAUNCHED();
    const std::vector<int> out = dout.download();
    for (int i = 0; i < width * height; ++i)
    {
        const int wanted = escapeTime<T>(T(i % width) * T(1.0 / 64) - T(2), T(i / width) * T(1.0 / 32) - T(1.25), 200);
        REQUIRE(out[i] == wanted, "%s, point %d %d: %d, expected %d", name, i % width, i / width, out[i], wanted);
    }
}

int main()
{
    check<float>("f32");
    check<double>("f64");
    return ok();
}
