//! timeout = 240
// Textures of one, two and three dimensions and of layers: every format, filter, address mode, read mode and kind of
// coordinate, against a sampler on the host.

#include "texture_reference.h"

enum Operation
{
    Tex1D,
    Tex2D,
    Tex3D,
    Layered1D,
    Layered2D
};

/// Reads as Quad (float4, int4 or uint4), whose words go out as they are.
template<typename Quad>
__global__ void sample(cudaTextureObject_t texture, Operation operation, const float4* at, uint4* out, int count)
{
    const int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n >= count)
        return;
    const float4 p = at[n];
    Quad q;
    switch (operation)
    {
    case Tex1D:
        q = tex1D<Quad>(texture, p.x);
        break;
    case Tex2D:
        q = tex2D<Quad>(texture, p.x, p.y);
        break;
    case Tex3D:
        tex3D(&q, texture, p.x, p.y, p.z);
        break;
    case Layered1D:
        q = tex1DLayered<Quad>(texture, p.x, int(p.w));
        break;
    default:
        q = tex2DLayered<Quad>(texture, p.x, p.y, int(p.w));
    }
    memcpy(&out[n], &q, 16);
}

constexpr int samples = 128;

/// Samples at random places, of which some lie far outside, and compares.
static void check(cudaTextureObject_t texture, const HostTexture& t, const Sampling& s, Operation operation,
                  std::mt19937& random)
{
    const HostLevel& l = t.levels[0];
    const int size[3] = {l.width, l.height, l.slices};
    std::vector<float4> places(samples);
    for (float4& place : places)
    {
        float x[3] = {0, 0, 0};
        for (int axis = 0; axis < s.axes; axis++)
        {
            const int fraction = int(random() % 4096) - 1024;
            x[axis] = s.d.normalizedCoords ? fraction / 1024.0f : float(fraction) * size[axis] / 1024;
            // Whole numbers and centres of texels, too.
            if (random() % 4 == 0 && !s.d.normalizedCoords)
                x[axis] = int(random() % (2 * size[axis])) / 2.0f;
        }
        const int layer = int(random() % (l.slices + 2)) - 1;
        place = make_float4(x[0], x[1], x[2], operation >= Layered1D ? layer : 0);
    }
    DeviceArray<float4> at(places);
    DeviceArray<uint4> out(samples);
    const bool normalized = s.d.readMode == cudaReadModeNormalizedFloat;
    if (t.format.isFloat() || (normalized && t.format.bits < 32))
        sample<float4><<<2, 64>>>(texture, operation, at.get(), out.get(), samples);
    else if (t.format.kind == cudaChannelFormatKindSigned)
        sample<int4><<<2, 64>>>(texture, operation, at.get(), out.get(), samples);
    else
        sample<uint4><<<2, 64>>>(texture, operation, at.get(), out.get(), samples);
    LAUNCHED();
    const std::vector<uint4> got = out.download();
    for (int n = 0; n < samples; n++)
    {
        const double x[3] = {places[n].x, places[n].y, places[n].z};
        const int slice = std::min(std::max(int(places[n].w), 0), l.slices - 1);
        const std::uint32_t words[4] = {got[n].x, got[n].y, got[n].z, got[n].w};
        for (int c = 0; c < t.format.channels; c++)
        {
            const double want = sampleLevel(t, s, 0, x, slice, c);
            const double have = resultValue(words[c], t.format, normalized);
            const bool exact = s.d.filterMode == cudaFilterModePoint && !(normalized && t.format.bits < 32);
            // Rounding of f32 sums of terms as large as the largest texel.
            const double allowed = exact ? 0 : 1e-6 * (t.format.isFloat() ? 256 : 8);
            REQUIRE(std::fabs(want - have) <= allowed,
                    "operation %d, kind %d of %d bits x %d, size %d %d %d, at (%g, %g, %g) layer %d, channel %d: "
                    "want %.9g, have %.9g (filter %d, modes %d %d %d, normalized %d, read %d)",
                    operation, t.format.kind, t.format.bits, t.format.channels, size[0], size[1], size[2], x[0], x[1],
                    x[2], slice, c, want, have, s.d.filterMode, s.d.addressMode[0], s.d.addressMode[1],
                    s.d.addressMode[2], s.d.normalizedCoords, s.d.readMode);
        }
    }
}

static cudaArray_t makeArray(const HostTexture& t, cudaExtent extent, unsigned int flags)
{
    cudaArray_t array;
    const cudaChannelFormatDesc format = t.format.descriptor();
    CUDA(cudaMalloc3DArray(&array, &format, extent, flags));
    const HostLevel& l = t.levels[0];
    cudaMemcpy3DParms copy = {};
    copy.srcPtr = make_cudaPitchedPtr((void*)l.bytes.data(), std::size_t(l.width) * t.format.bytes(), l.width, l.height);
    copy.dstArray = array;
    copy.extent = make_cudaExtent(l.width, l.height, l.slices);
    copy.kind = cudaMemcpyHostToDevice;
    CUDA(cudaMemcpy3D(&copy));
    return array;
}

/// All ways of sampling an array, one filter and one kind of coordinate at a time; modes by turns.
static void sweep(const HostTexture& t, cudaResourceDesc resource, Operation operation, int axes, std::mt19937& random)
{
    for (int way = 0; way < 8; way++)
    {
        Sampling s = {{}, axes};
        s.d.filterMode = way & 1 ? cudaFilterModeLinear : cudaFilterModePoint;
        s.d.normalizedCoords = way >> 1 & 1;
        s.d.readMode = way >> 2 & 1 ? cudaReadModeNormalizedFloat : cudaReadModeElementType;
        const bool floats = t.format.isFloat() || (s.d.readMode == cudaReadModeNormalizedFloat && t.format.bits < 32);
        for (float& colour : s.d.borderColor)
            colour = int(random() % 64) / 8.0f;
        cudaTextureObject_t texture;
        if (s.d.filterMode == cudaFilterModeLinear && !floats)
        {
            CUDA_FAILS(cudaErrorInvalidFilterSetting, cudaCreateTextureObject(&texture, &resource, &s.d, nullptr));
            cudaGetLastError();
            continue;
        }
        const int turns = 2;
        for (int turn = 0; turn < turns; turn++)
        {
            for (int axis = 0; axis < 3; axis++)
                s.d.addressMode[axis] = cudaTextureAddressMode((random() + turn) % 4);
            CUDA(cudaCreateTextureObject(&texture, &resource, &s.d, nullptr));
            check(texture, t, s, operation, random);
            CUDA(cudaDestroyTextureObject(texture));
        }
    }
}

int main()
{
    std::mt19937 random(20260411);
    for (const TexelFormat& format : allFormats())
    {
        struct Case
        {
            Operation operation;
            int axes;
            cudaExtent extent;
            unsigned int flags;
        };
        const Case cases[] = {
            {Tex1D, 1, make_cudaExtent(16, 0, 0), 0},
            {Tex2D, 2, make_cudaExtent(8, 4, 0), 0},
            {Tex2D, 2, make_cudaExtent(1, 2, 0), 0},
            {Tex3D, 3, make_cudaExtent(8, 4, 2), 0},
            {Layered1D, 1, make_cudaExtent(8, 0, 5), cudaArrayLayered},
            {Layered2D, 2, make_cudaExtent(4, 8, 3), cudaArrayLayered},
        };
        for (const Case& c : cases)
        {
            HostTexture t = {format, {}};
            t.addLevel(int(c.extent.width), std::max(1, int(c.extent.height)), std::max(1, int(c.extent.depth)),
                       random);
            cudaArray_t array = makeArray(t, c.extent, c.flags);
            cudaResourceDesc resource = {};
            resource.resType = cudaResourceTypeArray;
            resource.res.array.array = array;
            sweep(t, resource, c.operation, c.axes, random);
            CUDA(cudaFreeArray(array));
        }
        // The program's own pitched memory.
        HostTexture t = {format, {}};
        t.addLevel(16, 8, 1, random);
        void* memory;
        std::size_t pitch;
        const std::size_t row = std::size_t(16) * format.bytes();
        CUDA(cudaMallocPitch(&memory, &pitch, row, 8));
        CUDA(cudaMemcpy2D(memory, pitch, t.levels[0].bytes.data(), row, row, 8, cudaMemcpyHostToDevice));
        cudaResourceDesc resource = {};
        resource.resType = cudaResourceTypePitch2D;
        resource.res.pitch2D.devPtr = memory;
        resource.res.pitch2D.desc = format.descriptor();
        resource.res.pitch2D.width = 16;
        resource.res.pitch2D.height = 8;
        resource.res.pitch2D.pitchInBytes = pitch;
        sweep(t, resource, Tex2D, 2, random);
        CUDA(cudaFree(memory));
    }
    std::printf("ok\n");
    return 0;
}
