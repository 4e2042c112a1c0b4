//! timeout = 240
// Mipmapped arrays: levels of detail with bias and limits, both filters between levels, derivatives, views of some
// levels and layers, sRGB, and gathering; against the sampler on the host.

#include "texture_reference.h"

enum Operation
{
    Lod1D,
    Lod2D,
    Lod3D,
    LodLayered,
    Grad2D
};

__global__ void sample(cudaTextureObject_t texture, Operation operation, const float4* at, float4* out, int count)
{
    const int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= count)
        return;
    const float4 p = at[n];
    switch (operation)
    {
    case Lod1D:
        out[n] = tex1DLod<float4>(texture, p.x, p.w);
        break;
    case Lod2D:
        out[n] = tex2DLod<float4>(texture, p.x, p.y, p.w);
        break;
    case Lod3D:
        out[n] = tex3DLod<float4>(texture, p.x, p.y, p.z, p.w);
        break;
    case LodLayered:
        out[n] = tex2DLayeredLod<float4>(texture, p.x, p.y, int(p.z), p.w);
        break;
    default:
        // The second derivative is the longer one: 2^w texels of level 0, which is 16 wide.
        out[n] = tex2DGrad<float4>(texture, p.x, p.y, make_float2(0.01f, 0), make_float2(0, exp2f(p.w) / 16));
    }
}

__global__ void gather(cudaTextureObject_t texture, const float4* at, float4* out, int count)
{
    const int n = threadIdx.x;
    if (n < count)
        out[n] = tex2Dgather<float4>(texture, at[n].x, at[n].y, int(at[n].w));
}

/// Channel `c` at a level of detail.
static double sampleDetail(const HostTexture& t, const Sampling& s, const double* x, int slice, double detail, int c)
{
    const double last = double(t.levels.size() - 1);
    detail = std::min(std::max(detail + s.d.mipmapLevelBias, double(s.d.minMipmapLevelClamp)),
                      double(s.d.maxMipmapLevelClamp));
    detail = std::min(std::max(detail, 0.0), last);
    if (s.d.mipmapFilterMode == cudaFilterModePoint)
        return sampleLevel(t, s, int(std::floor(detail + 0.5)), x, slice, c);
    const double fixed = std::floor(detail * 256 + 0.5) / 256;
    const int level = int(fixed);
    const double weight = fixed - level;
    const double first = sampleLevel(t, s, level, x, slice, c);
    return weight == 0 ? first : first * (1 - weight) + weight * sampleLevel(t, s, level + 1, x, slice, c);
}

static cudaMipmappedArray_t makeArray(HostTexture& t, cudaExtent extent, unsigned int levels, unsigned int flags,
                                      std::mt19937& random)
{
    cudaMipmappedArray_t array;
    const cudaChannelFormatDesc format = t.format.descriptor();
    CUDA(cudaMallocMipmappedArray(&array, &format, extent, levels, flags));
    for (unsigned int level = 0; level < levels; level++)
    {
        const bool volume = extent.depth != 0 && !(flags & cudaArrayLayered);
        const int width = std::max(1, int(extent.width >> level));
        const int height = std::max(1, int(extent.height >> level));
        const int slices = std::max(1, int(volume ? extent.depth >> level : extent.depth));
        t.addLevel(width, height, slices, random);
        cudaArray_t part;
        CUDA(cudaGetMipmappedArrayLevel(&part, array, level));
        cudaExtent have;
        CUDA(cudaArrayGetInfo(nullptr, &have, nullptr, part));
        REQUIRE(int(have.width) == width, "level %u is %zu wide", level, have.width);
        cudaMemcpy3DParms copy = {};
        copy.srcPtr = make_cudaPitchedPtr(t.levels[level].bytes.data(), std::size_t(width) * t.format.bytes(), width, height);
        copy.dstArray = part;
        copy.extent = make_cudaExtent(width, height, slices);
        copy.kind = cudaMemcpyHostToDevice;
        CUDA(cudaMemcpy3D(&copy));
        CUDA_FAILS(cudaErrorInvalidValue, cudaFreeArray(part));
        cudaGetLastError();
    }
    cudaArray_t none;
    CUDA_FAILS(cudaErrorInvalidValue, cudaGetMipmappedArrayLevel(&none, array, levels));
    cudaGetLastError();
    return array;
}

static void check(const HostTexture& t, const Sampling& s, cudaTextureObject_t texture, Operation operation,
                  std::mt19937& random)
{
    constexpr int samples = 128;
    std::vector<float4> places(samples);
    for (float4& place : places)
    {
        place = make_float4(int(random() % 2048) / 1024.0f - 0.5f, int(random() % 2048) / 1024.0f - 0.5f,
                            int(random() % 2048) / 1024.0f - 0.5f, int(random() % 768) / 128.0f - 1);
        if (operation == LodLayered)
            place.z = float(random() % t.levels[0].slices);
        if (operation == Grad2D)
            place.w = float(random() % 5);
    }
    DeviceArray<float4> at(places);
    DeviceArray<float4> out(samples);
    sample<<<2, 64>>>(texture, operation, at.get(), out.get(), samples);
    LAUNCHED();
    const std::vector<float4> got = out.download();
    for (int n = 0; n < samples; n++)
    {
        const double x[3] = {places[n].x, places[n].y, places[n].z};
        const int slice = operation == LodLayered ? int(places[n].z) : 0;
        const float values[4] = {got[n].x, got[n].y, got[n].z, got[n].w};
        for (int c = 0; c < t.format.channels; c++)
        {
            const double want = sampleDetail(t, s, x, slice, places[n].w, c);
            REQUIRE(std::fabs(want - values[c]) <= 3e-4,
                    "operation %d at (%g, %g, %g) detail %g channel %d: want %g, have %g", operation, x[0], x[1], x[2],
                    places[n].w, c, want, values[c]);
        }
    }
}

static void checkGather(std::mt19937& random)
{
    HostTexture t = {{cudaChannelFormatKindFloat, 32, 4}, {}};
    t.addLevel(8, 4, 1, random);
    cudaArray_t array;
    const cudaChannelFormatDesc format = t.format.descriptor();
    CUDA(cudaMallocArray(&array, &format, 8, 4, cudaArrayTextureGather));
    CUDA(cudaMemcpy2DToArray(array, 0, 0, t.levels[0].bytes.data(), 8 * 16, 8 * 16, 4, cudaMemcpyHostToDevice));
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    cudaTextureDesc how = {};
    how.addressMode[0] = cudaAddressModeClamp;
    how.addressMode[1] = cudaAddressModeClamp;
    cudaTextureObject_t texture;
    CUDA(cudaCreateTextureObject(&texture, &resource, &how, nullptr));
    std::vector<float4> places(64);
    for (float4& place : places)
        place = make_float4(int(random() % 80) / 8.0f - 1, int(random() % 48) / 8.0f - 1, 0, float(random() % 4));
    DeviceArray<float4> at(places);
    DeviceArray<float4> out(64);
    gather<<<1, 64>>>(texture, at.get(), out.get(), 64);
    LAUNCHED();
    const std::vector<float4> got = out.download();
    for (int n = 0; n < 64; n++)
    {
        const int i = int(std::floor(places[n].x - 0.5)), j = int(std::floor(places[n].y - 0.5));
        const int c = int(places[n].w);
        auto texel = [&](int a, int b) {
            return t.channel(0, referenceIndex(a, 8, cudaAddressModeClamp), referenceIndex(b, 4, cudaAddressModeClamp), 0, c,
                             false);
        };
        REQUIRE(got[n].x == texel(i, j + 1) && got[n].y == texel(i + 1, j + 1) && got[n].z == texel(i + 1, j) &&
                    got[n].w == texel(i, j),
                "gather at (%g, %g) component %d", places[n].x, places[n].y, c);
    }
    CUDA(cudaDestroyTextureObject(texture));
    CUDA(cudaFreeArray(array));
}

static void checkColours()
{
    // Bytes of sRGB: the three colours become linear, opacity does not.
    std::vector<uchar4> colours(256);
    for (int n = 0; n < 256; n++)
        colours[n] = make_uchar4((unsigned char)n, (unsigned char)(255 - n), 0, (unsigned char)n);
    cudaArray_t array;
    const cudaChannelFormatDesc format = cudaCreateChannelDesc<uchar4>();
    CUDA(cudaMallocArray(&array, &format, 256));
    CUDA(cudaMemcpyToArray(array, 0, 0, colours.data(), 1024, cudaMemcpyHostToDevice));
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    cudaTextureDesc how = {};
    how.readMode = cudaReadModeNormalizedFloat;
    how.sRGB = 1;
    cudaTextureObject_t texture;
    CUDA(cudaCreateTextureObject(&texture, &resource, &how, nullptr));
    std::vector<float4> places(256);
    for (int n = 0; n < 256; n++)
        places[n] = make_float4(float(n), 0, 0, 0);
    DeviceArray<float4> at(places);
    DeviceArray<float4> out(256);
    sample<<<4, 64>>>(texture, Lod1D, at.get(), out.get(), 256);
    LAUNCHED();
    const std::vector<float4> got = out.download();
    auto linear = [](int byte) {
        const double s = byte / 255.0;
        return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
    };
    for (int n = 0; n < 256; n++)
        REQUIRE(std::fabs(got[n].x - linear(n)) < 2e-6 && std::fabs(got[n].y - linear(255 - n)) < 2e-6 &&
                    got[n].z == 0 && std::fabs(got[n].w - n / 255.0) < 1e-7,
                "colour %d: %g %g %g %g", n, got[n].x, got[n].y, got[n].z, got[n].w);
    CUDA(cudaDestroyTextureObject(texture));
    CUDA(cudaFreeArray(array));
}

int main()
{
    std::mt19937 random(99);
    struct Case
    {
        Operation operation;
        int axes;
        cudaExtent extent;
        unsigned int levels, flags;
    };
    const Case cases[] = {
        {Lod1D, 1, make_cudaExtent(16, 0, 0), 5, 0},
        {Lod2D, 2, make_cudaExtent(16, 8, 0), 5, 0},
        {Lod2D, 2, make_cudaExtent(16, 8, 0), 2, 0},
        {Lod3D, 3, make_cudaExtent(8, 8, 4), 4, 0},
        {LodLayered, 2, make_cudaExtent(8, 8, 3), 4, cudaArrayLayered},
        {Grad2D, 2, make_cudaExtent(16, 16, 0), 5, 0},
    };
    for (const Case& c : cases)
    {
        HostTexture t = {{cudaChannelFormatKindFloat, 32, c.operation == Lod2D ? 2 : 1}, {}};
        cudaMipmappedArray_t array = makeArray(t, c.extent, c.levels, c.flags, random);
        cudaResourceDesc resource = {};
        resource.resType = cudaResourceTypeMipmappedArray;
        resource.res.mipmap.mipmap = array;
        for (int way = 0; way < 8; way++)
        {
            Sampling s = {{}, c.axes};
            s.d.normalizedCoords = 1;
            s.d.filterMode = way & 1 ? cudaFilterModeLinear : cudaFilterModePoint;
            s.d.mipmapFilterMode = way >> 1 & 1 ? cudaFilterModeLinear : cudaFilterModePoint;
            s.d.mipmapLevelBias = way >> 2 & 1 ? 0.75f : 0;
            s.d.minMipmapLevelClamp = way >> 2 & 1 ? 0.5f : 0;
            s.d.maxMipmapLevelClamp = way >> 2 & 1 ? 2.25f : 20;
            // A derivative's logarithm may fall on either side of a whole number: only where that does not matter.
            if (c.operation == Grad2D && s.d.mipmapFilterMode == cudaFilterModePoint && way >> 2 & 1)
                s.d.mipmapLevelBias = 0.25f;
            for (int axis = 0; axis < 3; axis++)
                s.d.addressMode[axis] = cudaTextureAddressMode(random() % 4);
            cudaTextureObject_t texture;
            CUDA(cudaCreateTextureObject(&texture, &resource, &s.d, nullptr));
            check(t, s, texture, c.operation, random);
            CUDA(cudaDestroyTextureObject(texture));
        }
        Sampling s = {{}, c.axes};
        cudaTextureObject_t texture;
        CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &resource, &s.d, nullptr));
        cudaGetLastError();
        // A view of all levels but the first is a texture that begins there.
        if (c.operation == Lod2D && c.levels > 2)
        {
            s.d.normalizedCoords = 1;
            s.d.maxMipmapLevelClamp = 20;
            cudaResourceViewDesc view = {};
            view.format = cudaResViewFormatFloat2;
            view.width = c.extent.width;
            view.height = c.extent.height;
            view.firstMipmapLevel = 1;
            view.lastMipmapLevel = c.levels - 1;
            CUDA(cudaCreateTextureObject(&texture, &resource, &s.d, &view));
            HostTexture rest = t;
            rest.levels.erase(rest.levels.begin());
            check(rest, s, texture, c.operation, random);
            cudaResourceViewDesc back;
            CUDA(cudaGetTextureObjectResourceViewDesc(&back, texture));
            REQUIRE(back.firstMipmapLevel == 1 && back.width == c.extent.width, "the view comes back");
            CUDA(cudaDestroyTextureObject(texture));
            view.lastMipmapLevel = c.levels;
            CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &resource, &s.d, &view));
            cudaGetLastError();
        }
        CUDA(cudaFreeMipmappedArray(array));
    }
    checkGather(random);
    checkColours();
    std::printf("ok\n");
    return 0;
}
