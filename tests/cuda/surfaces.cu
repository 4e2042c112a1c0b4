// Surfaces: reads and writes of every width and shape, the three modes at the bounds, and textures of what was written.

#include "check.h"

template<typename T>
__global__ void write2D(cudaSurfaceObject_t surface, int width, int height)
{
    const int x = threadIdx.x, y = blockIdx.x;
    if (x < width && y < height)
    {
        unsigned char bytes[sizeof(T)];
        for (unsigned n = 0; n < sizeof(T); n++)
            bytes[n] = (unsigned char)(x + 16 * y + 3 * n);
        T value;
        memcpy(&value, bytes, sizeof(T));
        surf2Dwrite(value, surface, x * int(sizeof(T)), y);
    }
}

template<typename T>
__global__ void read2D(cudaSurfaceObject_t surface, T* out, int width, cudaSurfaceBoundaryMode mode)
{
    // One column and one row outside on each side.
    const int x = int(threadIdx.x) - 1, y = int(blockIdx.x) - 1;
    out[blockIdx.x * (width + 2) + threadIdx.x] = surf2Dread<T>(surface, x * int(sizeof(T)), y, mode);
}

template<typename T>
static void check2D()
{
    const int width = 9, height = 5;
    cudaArray_t array;
    const cudaChannelFormatDesc format = cudaCreateChannelDesc<T>();
    CUDA(cudaMallocArray(&array, &format, width, height, cudaArraySurfaceLoadStore));
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    cudaSurfaceObject_t surface;
    CUDA(cudaCreateSurfaceObject(&surface, &resource));
    write2D<T><<<height, 32>>>(surface, width, height);
    std::vector<unsigned char> whole(width * height * sizeof(T));
    CUDA(cudaMemcpy2DFromArray(whole.data(), width * sizeof(T), array, 0, 0, width * sizeof(T), height, cudaMemcpyDeviceToHost));
    auto byte = [](int x, int y, int n) { return (unsigned char)(x + 16 * y + 3 * n); };
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int n = 0; n < int(sizeof(T)); n++)
                REQUIRE(whole[(y * width + x) * sizeof(T) + n] == byte(x, y, n), "written (%d, %d) byte %d", x, y, n);
    for (const auto mode : {cudaBoundaryModeZero, cudaBoundaryModeClamp})
    {
        DeviceArray<T> out((width + 2) * (height + 2));
        read2D<T><<<height + 2, width + 2>>>(surface, out.get(), width, mode);
        LAUNCHED();
        const std::vector<T> got = out.download();
        for (int row = 0; row < height + 2; row++)
            for (int column = 0; column < width + 2; column++)
            {
                int x = column - 1, y = row - 1;
                const bool inside = x >= 0 && x < width && y >= 0 && y < height;
                x = x < 0 ? 0 : x >= width ? width - 1 : x;
                y = y < 0 ? 0 : y >= height ? height - 1 : y;
                unsigned char bytes[sizeof(T)];
                std::memcpy(bytes, &got[row * (width + 2) + column], sizeof(T));
                for (int n = 0; n < int(sizeof(T)); n++)
                    REQUIRE(bytes[n] == (inside || mode == cudaBoundaryModeClamp ? byte(x, y, n) : 0),
                            "mode %d, (%d, %d) byte %d of %zu is %d", mode, column - 1, row - 1, n, sizeof(T), bytes[n]);
            }
    }
    CUDA(cudaDestroySurfaceObject(surface));
    CUDA_FAILS(cudaErrorInvalidValue, cudaDestroySurfaceObject(surface));
    cudaGetLastError();
    CUDA(cudaFreeArray(array));
}

/// Every shape: each thread writes its own number at its own place, then reads it back through the other function.
__global__ void shapes(cudaSurfaceObject_t one, cudaSurfaceObject_t three, cudaSurfaceObject_t layers1,
                       cudaSurfaceObject_t layers2, cudaSurfaceObject_t cube, cudaSurfaceObject_t cubes, int* wrong)
{
    const int n = threadIdx.x, x = n & 3, y = n >> 2 & 3, z = n >> 4;
    surf1Dwrite(n, one, n * 4);
    surf3Dwrite(n + 1, three, x * 4, y, z);
    surf1DLayeredwrite(n + 2, layers1, x * 4, n >> 2);
    surf2DLayeredwrite(n + 3, layers2, x * 4, y, z);
    surfCubemapwrite(n + 4, cube, x * 4, y, z);
    surfCubemapLayeredwrite(n + 5, cubes, x * 4, y, z + 6);
    int value;
    surfCubemapread(&value, cube, x * 4, y, z);
    if (surf1Dread<int>(one, n * 4) != n || surf3Dread<int>(three, x * 4, y, z) != n + 1 ||
        surf1DLayeredread<int>(layers1, x * 4, n >> 2) != n + 2 || surf2DLayeredread<int>(layers2, x * 4, y, z) != n + 3 ||
        value != n + 4 || surfCubemapLayeredread<int>(cubes, x * 4, y, z + 6) != n + 5)
        atomicAdd(wrong, 1);
}

__global__ void sum(cudaTextureObject_t texture, int* out)
{
    out[threadIdx.x] = tex3D<int>(texture, threadIdx.x & 3, threadIdx.x >> 2 & 3, threadIdx.x >> 4);
}

static cudaSurfaceObject_t surfaceOf(cudaExtent extent, unsigned int flags, cudaArray_t* array)
{
    const cudaChannelFormatDesc format = cudaCreateChannelDesc<int>();
    CUDA(cudaMalloc3DArray(array, &format, extent, flags | cudaArraySurfaceLoadStore));
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = *array;
    cudaSurfaceObject_t surface;
    CUDA(cudaCreateSurfaceObject(&surface, &resource));
    return surface;
}

int main()
{
    check2D<unsigned char>();
    check2D<uchar2>();
    check2D<uchar4>();
    check2D<short>();
    check2D<ushort4>();
    check2D<int>();
    check2D<float2>();
    check2D<float4>();

    cudaArray_t arrays[6];
    const cudaSurfaceObject_t one = surfaceOf(make_cudaExtent(64, 0, 0), 0, &arrays[0]);
    const cudaSurfaceObject_t three = surfaceOf(make_cudaExtent(4, 4, 4), 0, &arrays[1]);
    const cudaSurfaceObject_t layers1 = surfaceOf(make_cudaExtent(4, 0, 16), cudaArrayLayered, &arrays[2]);
    const cudaSurfaceObject_t layers2 = surfaceOf(make_cudaExtent(4, 4, 4), cudaArrayLayered, &arrays[3]);
    const cudaSurfaceObject_t cube = surfaceOf(make_cudaExtent(4, 4, 6), cudaArrayCubemap, &arrays[4]);
    const cudaSurfaceObject_t cubes =
        surfaceOf(make_cudaExtent(4, 4, 12), cudaArrayCubemap | cudaArrayLayered, &arrays[5]);
    DeviceArray<int> wrong(std::vector<int>{0});
    shapes<<<1, 64>>>(one, three, layers1, layers2, cube, cubes, wrong.get());
    LAUNCHED();
    REQUIRE(wrong.download()[0] == 0, "%d threads read something else than they wrote", wrong.download()[0]);

    // A texture of what a surface wrote, in the next kernel.
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = arrays[1];
    cudaTextureDesc how = {};
    cudaTextureObject_t texture;
    CUDA(cudaCreateTextureObject(&texture, &resource, &how, nullptr));
    DeviceArray<int> out(64);
    sum<<<1, 64>>>(texture, out.get());
    LAUNCHED();
    const std::vector<int> got = out.download();
    for (int n = 0; n < 64; n++)
        REQUIRE(got[n] == n + 1, "texel %d is %d", n, got[n]);
    cudaResourceDesc back;
    CUDA(cudaGetSurfaceObjectResourceDesc(&back, three));
    REQUIRE(back.resType == cudaResourceTypeArray && back.res.array.array == arrays[1], "the array comes back");
    CUDA_FAILS(cudaErrorInvalidValue, cudaGetTextureObjectResourceDesc(&back, three));

    // What cannot be a surface, and what cannot be an array.
    cudaArray_t plain;
    const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
    CUDA(cudaMallocArray(&plain, &format, 4, 4));
    cudaSurfaceObject_t none;
    resource.res.array.array = plain;
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateSurfaceObject(&none, &resource));
    resource.resType = cudaResourceTypeLinear;
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateSurfaceObject(&none, &resource));
    CUDA(cudaFreeArray(plain));
    CUDA_FAILS(cudaErrorInvalidValue, cudaFreeArray(plain));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMalloc3DArray(&plain, &format, make_cudaExtent(4, 0, 4), 0));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMalloc3DArray(&plain, &format, make_cudaExtent(4, 5, 6), cudaArrayCubemap));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMallocArray(&plain, &format, 0));
    cudaDeviceProp properties;
    CUDA(cudaGetDeviceProperties(&properties, 0));
    CUDA_FAILS(cudaErrorInvalidValue, cudaMallocArray(&plain, &format, std::size_t(properties.maxTexture1D) + 1));
    cudaGetLastError();
    CUDA(cudaFreeArray(nullptr));
    for (cudaArray_t array : arrays)
        CUDA(cudaFreeArray(array));
    std::printf("ok\n");
    return 0;
}
