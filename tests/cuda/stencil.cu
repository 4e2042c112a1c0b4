// A 3D stencil of seven points over several steps: planes marched through registers, a tile with halo in shared memory, extents that no
// tile divides.
#include "check.h"

constexpr int nx    = 37;
constexpr int ny    = 21;
constexpr int nz    = 13;
constexpr int tileX = 16;
constexpr int tileY = 8;

__host__ __device__ inline int at(int x, int y, int z) { return (z * ny + y) * nx + x; }

__global__ void step(const float* in, float* out)
{
    __shared__ float plane[tileY + 2][tileX + 2];
    const int        x      = blockIdx.x * tileX + threadIdx.x;
    const int        y      = blockIdx.y * tileY + threadIdx.y;
    const bool       inside = x < nx && y < ny;
    const auto       load   = [&](int cx, int cy, int cz)
    { return cx >= 0 && cx < nx && cy >= 0 && cy < ny && cz >= 0 && cz < nz ? in[at(cx, cy, cz)] : 0.0F; };
    float below = 0.0F;
    float here  = load(x, y, 0);
    for (int z = 0; z < nz; ++z)
    {
        const float above = load(x, y, z + 1);
        plane[threadIdx.y + 1][threadIdx.x + 1] = here;
        if (threadIdx.x == 0) { plane[threadIdx.y + 1][0] = load(x - 1, y, z); }
        if (threadIdx.x == tileX - 1) { plane[threadIdx.y + 1][tileX + 1] = load(x + 1, y, z); }
        if (threadIdx.y == 0) { plane[0][threadIdx.x + 1] = load(x, y - 1, z); }
        if (threadIdx.y == tileY - 1) { plane[tileY + 1][threadIdx.x + 1] = load(x, y + 1, z); }
        __syncthreads();
        if (inside)
        {
            const float sum = plane[threadIdx.y + 1][threadIdx.x] + plane[threadIdx.y + 1][threadIdx.x + 2]
                              + plane[threadIdx.y][threadIdx.x + 1] + plane[threadIdx.y + 2][threadIdx.x + 1] + below + above;
            out[at(x, y, z)] = 0.25F * here + 0.125F * sum;
        }
        __syncthreads();
        below = here;
        here  = above;
    }
}

int main()
{
    std::vector<float> field(nx * ny * nz);
    for (int i = 0; i < nx * ny * nz; ++i) { field[i] = mixedFloat(i); }
    const DeviceArray<float> a(field);
    const DeviceArray<float> b(field.size());
    const dim3               grid((nx + tileX - 1) / tileX, (ny + tileY - 1) / tileY);
    const int                pairs = 3;
    for (int k = 0; k < pairs; ++k)
    {
        step<<<grid, dim3(tileX, tileY)>>>(a.get(), b.get());
        step<<<grid, dim3(tileX, tileY)>>>(b.get(), a.get());
    }
    LAUNCHED();
    std::vector<double> wanted(field.begin(), field.end());
    for (int k = 0; k < 2 * pairs; ++k)
    {
        const std::vector<double> old  = wanted;
        const auto                load = [&](int x, int y, int z)
        { return x >= 0 && x < nx && y >= 0 && y < ny && z >= 0 && z < nz ? old[at(x, y, z)] : 0.0; };
        for (int z = 0; z < nz; ++z)
        {
            for (int y = 0; y < ny; ++y)
            {
                for (int x = 0; x < nx; ++x)
                {
                    const double sum = load(x - 1, y, z) + load(x + 1, y, z) + load(x, y - 1, z) + load(x, y + 1, z) + load(x, y, z - 1)
                                       + load(x, y, z + 1);
                    wanted[at(x, y, z)] = 0.25 * old[at(x, y, z)] + 0.125 * sum;
                }
            }
        }
    }
    const std::vector<float> found = a.download();
    for (int i = 0; i < nx * ny * nz; ++i) { REQUIRE(std::fabs(found[i] - wanted[i]) < 2e-6, "point %d: %g, expected %g", i, found[i], wanted[i]); }
    return ok();
}
