// Linear memory as a texture: tex1Dfetch of every format, with zero outside, and the rules for making such textures.

#include "texture_reference.h"

template<typename T>
__global__ void fetch(cudaTextureObject_t texture, int first, T* out, int count)
{
    const int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n < count)
        out[n] = tex1Dfetch<T>(texture, first + n);
}

/// Reads elements -3 to behind the end, as T.
template<typename T>
static void check(const std::vector<T>& values, cudaTextureReadMode mode = cudaReadModeElementType)
{
    DeviceArray<T> memory(values);
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear.devPtr = memory.get();
    resource.res.linear.desc = cudaCreateChannelDesc<T>();
    resource.res.linear.sizeInBytes = values.size() * sizeof(T);
    cudaTextureDesc how = {};
    how.readMode = mode;
    cudaTextureObject_t texture;
    CUDA(cudaCreateTextureObject(&texture, &resource, &how, nullptr));
    const int count = int(values.size()) + 8;
    DeviceArray<T> out(count);
    fetch<T><<<(count + 63) / 64, 64>>>(texture, -3, out.get(), count);
    LAUNCHED();
    const std::vector<T> got = out.download();
    const T zero = {};
    for (int n = 0; n < count; n++)
    {
        const int at = n - 3;
        const T& want = at >= 0 && at < int(values.size()) ? values[at] : zero;
        // A 4-channel element is zero outside as a whole.
        REQUIRE(std::memcmp(&got[n], &want, sizeof(T)) == 0, "element %d of %zu bytes", at, sizeof(T));
    }
    cudaResourceDesc back;
    CUDA(cudaGetTextureObjectResourceDesc(&back, texture));
    REQUIRE(back.resType == cudaResourceTypeLinear && back.res.linear.devPtr == memory.get(), "the resource comes back");
    CUDA(cudaDestroyTextureObject(texture));
    CUDA_FAILS(cudaErrorInvalidValue, cudaDestroyTextureObject(texture));
    cudaGetLastError();
}

template<typename T>
static void checkRandom()
{
    std::mt19937 random(7);
    std::vector<T> values(1000);
    unsigned char* bytes = reinterpret_cast<unsigned char*>(values.data());
    for (std::size_t n = 0; n < values.size() * sizeof(T); n++)
        bytes[n] = (unsigned char)random();
    check(values);
}

__global__ void fetchNormalized(cudaTextureObject_t texture, float2* out)
{
    out[threadIdx.x] = tex1Dfetch<float2>(texture, threadIdx.x);
}

int main()
{
    checkRandom<float>();
    checkRandom<float2>();
    checkRandom<float4>();
    checkRandom<int>();
    checkRandom<uint2>();
    checkRandom<int4>();
    checkRandom<short>();
    checkRandom<ushort2>();
    checkRandom<short4>();
    checkRandom<signed char>();
    checkRandom<unsigned char>();
    checkRandom<char2>();
    checkRandom<uchar4>();

    // Bytes as floats in [0, 1].
    std::vector<uchar2> pairs(64);
    for (int n = 0; n < 64; n++)
        pairs[n] = make_uchar2((unsigned char)(4 * n + 3), (unsigned char)n);
    DeviceArray<uchar2> memory(pairs);
    DeviceArray<float2> out(64);
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear.devPtr = memory.get();
    resource.res.linear.desc = cudaCreateChannelDesc<uchar2>();
    resource.res.linear.sizeInBytes = 128;
    cudaTextureDesc how = {};
    how.readMode = cudaReadModeNormalizedFloat;
    cudaTextureObject_t texture;
    CUDA(cudaCreateTextureObject(&texture, &resource, &how, nullptr));
    fetchNormalized<<<1, 64>>>(texture, out.get());
    LAUNCHED();
    const std::vector<float2> got = out.download();
    for (int n = 0; n < 64; n++)
        REQUIRE(got[n].x == pairs[n].x / 255.0f && got[n].y == pairs[n].y / 255.0f, "pair %d: %g %g", n, got[n].x, got[n].y);
    CUDA(cudaDestroyTextureObject(texture));

    // What cannot be a texture.
    cudaDeviceProp properties;
    CUDA(cudaGetDeviceProperties(&properties, 0));
    REQUIRE(properties.maxTexture1DLinear >= 1 << 27, "maxTexture1DLinear is %d", properties.maxTexture1DLinear);
    cudaResourceDesc bad = resource;
    bad.res.linear.devPtr = nullptr;
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &bad, &how, nullptr));
    bad = resource;
    bad.res.linear.devPtr = memory.get() + 1;
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &bad, &how, nullptr));
    bad = resource;
    bad.res.linear.sizeInBytes = 1 << 20;
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &bad, &how, nullptr));
    bad = resource;
    bad.res.linear.desc = cudaCreateChannelDesc(8, 8, 8, 0, cudaChannelFormatKindUnsigned);
    CUDA_FAILS(cudaErrorInvalidChannelDescriptor, cudaCreateTextureObject(&texture, &bad, &how, nullptr));
    bad = resource;
    bad.resType = cudaResourceType(17);
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &bad, &how, nullptr));
    bad.resType = cudaResourceTypeArray;
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &bad, &how, nullptr));
    cudaTextureDesc wrong = how;
    wrong.addressMode[1] = cudaTextureAddressMode(9);
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &resource, &wrong, nullptr));
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(nullptr, &resource, &how, nullptr));
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, nullptr, &how, nullptr));
    cudaResourceViewDesc view = {};
    CUDA_FAILS(cudaErrorInvalidValue, cudaCreateTextureObject(&texture, &resource, &how, &view));
    cudaGetLastError();
    std::printf("ok\n");
    return 0;
}
