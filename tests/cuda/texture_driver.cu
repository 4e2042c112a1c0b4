//! flags = ["-lcuda"]
// Arrays, copies, texture objects and texture references of the driver API.

#include "check.h"
#include <cuda.h>

#define DRIVER(call)                                                                                                   \
    do                                                                                                                 \
    {                                                                                                                  \
        const CUresult result_ = (call);                                                                               \
        const char* name_ = "?";                                                                                       \
        cuGetErrorName(result_, &name_);                                                                               \
        REQUIRE(result_ == CUDA_SUCCESS, "%s: %s", #call, name_);                                                      \
    } while (0)
#define DRIVER_FAILS(wanted, call)                                                                                     \
    do                                                                                                                 \
    {                                                                                                                  \
        const CUresult result_ = (call);                                                                               \
        REQUIRE(result_ == (wanted), "%s: %d", #call, result_);                                                        \
    } while (0)

// Reads two texture references and writes through a surface reference, by name.
static const char* const module_text = R"(
.version 6.0
.target sm_50
.address_size 64
.visible .global .texref picture;
.visible .global .texref words;
.visible .global .surfref canvas;
.global .u32 number = 3;
.visible .entry read(.param .u64 out)
{
    .reg .b64 %rd<4>;
    .reg .b32 %r<12>;
    .reg .f32 %f<8>;
    ld.param.u64 %rd1, [out];
    cvta.to.global.u64 %rd1, %rd1;
    mov.f32 %f1, 0f3F800000;
    tex.2d.v4.f32.f32 {%f2, %f3, %f4, %f5}, [picture, {%f1, %f1}];
    st.global.f32 [%rd1], %f2;
    mov.u32 %r1, 2;
    tex.1d.v4.u32.s32 {%r2, %r3, %r4, %r5}, [words, {%r1}];
    st.global.u32 [%rd1+4], %r2;
    mov.u32 %r1, 4;
    mov.u32 %r2, 77;
    sust.b.1d.b32.trap [canvas, {%r1}], %r2;
    mov.u64 %rd2, picture;
    txq.width.b32 %r6, [%rd2];
    st.global.u32 [%rd1+8], %r6;
    ret;
}
)";

int main()
{
    CUDA(cudaFree(nullptr));
    // A volume: host memory with gaps to the array, the array to device memory, a part of it back.
    CUDA_ARRAY3D_DESCRIPTOR wanted = {};
    wanted.Width = 5;
    wanted.Height = 4;
    wanted.Depth = 3;
    wanted.Format = CU_AD_FORMAT_SIGNED_INT16;
    wanted.NumChannels = 2;
    CUarray volume;
    DRIVER(cuArray3DCreate(&volume, &wanted));
    CUDA_ARRAY3D_DESCRIPTOR have;
    DRIVER(cuArray3DGetDescriptor(&have, volume));
    REQUIRE(have.Width == 5 && have.Height == 4 && have.Depth == 3 && have.Format == CU_AD_FORMAT_SIGNED_INT16 &&
                have.NumChannels == 2 && have.Flags == 0,
            "the descriptor comes back");
    std::vector<int> host(8 * 6 * 3);
    for (std::size_t n = 0; n < host.size(); n++)
        host[n] = int(n) * 1000 + 1;
    CUDA_MEMCPY3D copy = {};
    copy.srcMemoryType = CU_MEMORYTYPE_HOST;
    copy.srcHost = host.data();
    copy.srcPitch = 8 * 4;
    copy.srcHeight = 6;
    copy.srcXInBytes = 4;
    copy.srcY = 1;
    copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    copy.dstArray = volume;
    copy.WidthInBytes = 20;
    copy.Height = 4;
    copy.Depth = 3;
    DRIVER(cuMemcpy3D(&copy));
    std::vector<int> part(2 * 2 * 2);
    CUDA_MEMCPY3D back = {};
    back.srcMemoryType = CU_MEMORYTYPE_ARRAY;
    back.srcArray = volume;
    back.srcXInBytes = 8;
    back.srcY = 2;
    back.srcZ = 1;
    back.dstMemoryType = CU_MEMORYTYPE_HOST;
    back.dstHost = part.data();
    back.dstPitch = 8;
    back.dstHeight = 2;
    back.WidthInBytes = 8;
    back.Height = 2;
    back.Depth = 2;
    DRIVER(cuMemcpy3D(&back));
    for (int z = 0; z < 2; z++)
        for (int y = 0; y < 2; y++)
            for (int x = 0; x < 2; x++)
                REQUIRE(part[(z * 2 + y) * 2 + x] == host[((z + 1) * 6 + y + 3) * 8 + x + 3], "(%d, %d, %d)", x, y, z);
    back.srcXInBytes = 16;
    DRIVER_FAILS(CUDA_ERROR_INVALID_VALUE, cuMemcpy3D(&back));
    DRIVER(cuArrayDestroy(volume));
    DRIVER_FAILS(CUDA_ERROR_INVALID_HANDLE, cuArrayDestroy(volume));

    // Rows and bytes of arrays of one and two dimensions.
    CUDA_ARRAY_DESCRIPTOR flat = {};
    flat.Width = 64;
    flat.Format = CU_AD_FORMAT_UNSIGNED_INT8;
    flat.NumChannels = 1;
    CUarray a, b;
    DRIVER(cuArrayCreate(&a, &flat));
    DRIVER(cuArrayCreate(&b, &flat));
    std::vector<unsigned char> bytes(64), result(64);
    for (int n = 0; n < 64; n++)
        bytes[n] = (unsigned char)(200 - n);
    DRIVER(cuMemcpyHtoA(a, 0, bytes.data(), 64));
    DRIVER(cuMemcpyAtoA(b, 10, a, 0, 54));
    DRIVER(cuMemcpyAtoH(result.data(), b, 10, 54));
    REQUIRE(std::memcmp(result.data(), bytes.data(), 54) == 0, "bytes between arrays");
    CUdeviceptr memory;
    DRIVER(cuMemAlloc(&memory, 4096));
    DRIVER(cuMemcpyAtoD(memory, a, 3, 8));
    DRIVER(cuMemcpyDtoH(result.data(), memory, 8));
    REQUIRE(std::memcmp(result.data(), bytes.data() + 3, 8) == 0, "bytes of an array");
    DRIVER_FAILS(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoA(a, 60, bytes.data(), 8));
    DRIVER(cuArrayDestroy(a));
    DRIVER(cuArrayDestroy(b));

    // A texture object: what was asked for comes back.
    CUDA_ARRAY_DESCRIPTOR square = {};
    square.Width = 2;
    square.Height = 2;
    square.Format = CU_AD_FORMAT_FLOAT;
    square.NumChannels = 1;
    CUarray picture;
    DRIVER(cuArrayCreate(&picture, &square));
    const float texels[4] = {1, 2, 3, 4};
    CUDA_MEMCPY2D rows = {};
    rows.srcMemoryType = CU_MEMORYTYPE_HOST;
    rows.srcHost = texels;
    rows.dstMemoryType = CU_MEMORYTYPE_ARRAY;
    rows.dstArray = picture;
    rows.WidthInBytes = 8;
    rows.Height = 2;
    DRIVER(cuMemcpy2D(&rows));
    CUDA_RESOURCE_DESC resource = {};
    resource.resType = CU_RESOURCE_TYPE_ARRAY;
    resource.res.array.hArray = picture;
    CUDA_TEXTURE_DESC how = {};
    how.filterMode = CU_TR_FILTER_MODE_LINEAR;
    how.addressMode[1] = CU_TR_ADDRESS_MODE_BORDER;
    how.flags = CU_TRSF_NORMALIZED_COORDINATES | CU_TRSF_READ_AS_INTEGER;
    how.borderColor[2] = 0.5f;
    CUtexObject texture;
    DRIVER(cuTexObjectCreate(&texture, &resource, &how, nullptr));
    CUDA_TEXTURE_DESC told;
    DRIVER(cuTexObjectGetTextureDesc(&told, texture));
    REQUIRE(std::memcmp(&told, &how, sizeof how) == 0, "the description comes back");
    CUDA_RESOURCE_DESC of;
    DRIVER(cuTexObjectGetResourceDesc(&of, texture));
    REQUIRE(of.resType == CU_RESOURCE_TYPE_ARRAY && of.res.array.hArray == picture, "the resource comes back");
    CUDA_RESOURCE_VIEW_DESC view;
    DRIVER_FAILS(CUDA_ERROR_INVALID_VALUE, cuTexObjectGetResourceViewDesc(&view, texture));
    DRIVER(cuTexObjectDestroy(texture));
    DRIVER_FAILS(CUDA_ERROR_INVALID_VALUE, cuTexObjectDestroy(texture));
    how.flags = 0x1000;
    DRIVER_FAILS(CUDA_ERROR_INVALID_VALUE, cuTexObjectCreate(&texture, &resource, &how, nullptr));

    // References to variables of a module.
    CUmodule module;
    DRIVER(cuModuleLoadData(&module, module_text));
    CUtexref reference, words;
    CUsurfref canvas;
    DRIVER(cuModuleGetTexRef(&reference, module, "picture"));
    DRIVER(cuModuleGetTexRef(&words, module, "words"));
    DRIVER(cuModuleGetSurfRef(&canvas, module, "canvas"));
    DRIVER_FAILS(CUDA_ERROR_NOT_FOUND, cuModuleGetTexRef(&reference, module, "nothing"));
    DRIVER_FAILS(CUDA_ERROR_NOT_FOUND, cuModuleGetTexRef(&reference, module, "number"));
    DRIVER(cuModuleGetTexRef(&reference, module, "picture"));
    DRIVER(cuTexRefSetFilterMode(reference, CU_TR_FILTER_MODE_LINEAR));
    DRIVER(cuTexRefSetArray(reference, picture, CU_TRSA_OVERRIDE_FORMAT));
    const unsigned numbers[4] = {10, 20, 30, 40};
    DRIVER(cuMemcpyHtoD(memory + 512, numbers, 16));
    DRIVER(cuTexRefSetFormat(words, CU_AD_FORMAT_UNSIGNED_INT32, 1));
    DRIVER(cuTexRefSetFlags(words, CU_TRSF_READ_AS_INTEGER));
    std::size_t offset = 99;
    DRIVER(cuTexRefSetAddress(&offset, words, memory + 512, 16));
    REQUIRE(offset == 0, "offset %zu", offset);
    CUDA_ARRAY3D_DESCRIPTOR row = {};
    row.Width = 4;
    row.Format = CU_AD_FORMAT_UNSIGNED_INT32;
    row.NumChannels = 1;
    row.Flags = CUDA_ARRAY3D_SURFACE_LDST;
    CUarray strip;
    DRIVER(cuArray3DCreate(&strip, &row));
    DRIVER(cuSurfRefSetArray(canvas, strip, 0));
    CUfunction read;
    DRIVER(cuModuleGetFunction(&read, module, "read"));
    void* arguments[] = {&memory};
    DRIVER(cuLaunchKernel(read, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr));
    struct
    {
        float mean;
        unsigned word, width;
    } seen;
    DRIVER(cuMemcpyDtoH(&seen, memory, sizeof seen));
    REQUIRE(seen.mean == 2.5f && seen.word == 30 && seen.width == 2, "%g %u %u", seen.mean, seen.word, seen.width);
    unsigned painted = 0;
    DRIVER(cuMemcpyAtoH(&painted, strip, 4, 4));
    REQUIRE(painted == 77, "%u", painted);
    // The same with the nearest texel.
    DRIVER(cuTexRefSetFilterMode(reference, CU_TR_FILTER_MODE_POINT));
    DRIVER(cuLaunchKernel(read, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr));
    DRIVER(cuMemcpyDtoH(&seen, memory, sizeof seen));
    REQUIRE(seen.mean == 4, "%g", seen.mean);
    CUarray_format format;
    int channels;
    DRIVER(cuTexRefGetFormat(&format, &channels, words));
    REQUIRE(format == CU_AD_FORMAT_UNSIGNED_INT32 && channels == 1, "the format comes back");
    CUarray bound;
    DRIVER(cuTexRefGetArray(&bound, reference));
    REQUIRE(bound == picture, "the array comes back");
    DRIVER_FAILS(CUDA_ERROR_INVALID_VALUE, cuTexRefGetArray(&bound, words));
    DRIVER(cuModuleUnload(module));
    DRIVER_FAILS(CUDA_ERROR_INVALID_VALUE, cuTexRefGetArray(&bound, reference));
    DRIVER(cuArrayDestroy(picture));
    DRIVER(cuArrayDestroy(strip));
    DRIVER(cuMemFree(memory));
    std::printf("ok\n");
    return 0;
}
