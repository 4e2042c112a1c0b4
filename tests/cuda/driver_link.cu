//! flags = ["-lcuda"]
// cuLink: PTX modules that use each other's functions and variables become one code object; what does not fit together is
// refused with CUDA's error and a message that names it.
#include <cuda.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "driver_check.h"

static const char* const kHead = ".version 8.0\n.target sm_70\n.address_size 64\n";

// Calls a function of the other module, which adds to a variable of this one; `own` exists in both modules.
static const char* const kMain =
        ".extern .func (.param .b32 r) step(.param .b32 a);\n"
        ".visible .global .align 4 .u32 total;\n"
        ".extern .global .align 4 .u32 scale;\n"
        ".global .align 4 .u32 own = 5;\n"
        ".visible .entry run(.param .u64 out)\n{\n"
        ".reg .b32 %r<8>; .reg .b64 %rd<4>;\n"
        ".param .b32 a0; .param .b32 r0;\n"
        "mov.u32 %r1, 7; st.param.b32 [a0], %r1;\n"
        "call.uni (r0), step, (a0);\n"
        "ld.param.b32 %r2, [r0];\n"
        "ld.global.u32 %r3, [scale]; ld.global.u32 %r4, [own]; mad.lo.u32 %r5, %r2, %r3, %r4;\n"
        "ld.param.u64 %rd1, [out]; cvta.to.global.u64 %rd2, %rd1; st.global.u32 [%rd2], %r5;\n"
        "ld.global.u32 %r6, [total]; st.global.u32 [%rd2+4], %r6;\nret;\n}\n";

static const char* const kOther =
        ".extern .global .align 4 .u32 total;\n"
        ".visible .global .align 4 .u32 scale = 10;\n"
        ".global .align 4 .u32 own = 100;\n"
        ".visible .func (.param .b32 r) step(.param .b32 a)\n{\n"
        ".reg .b32 %r<8>;\n"
        "ld.param.b32 %r1, [a]; ld.global.u32 %r2, [own]; add.u32 %r3, %r1, %r2;\n"
        "mov.u32 %r4, 3; st.global.u32 [total], %r4;\n"
        "st.param.b32 [r], %r3;\nret;\n}\n";

struct Linked
{
    CUlinkState state = nullptr;
    char        errors[4096] = {};
    // The options' arrays must live as long as the link.
    CUjit_option keys[2] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void*        values[2] = {errors, reinterpret_cast<void*>(sizeof(errors))};

    Linked() { REQUIRE(cuLinkCreate(2, keys, values, &state) == CUDA_SUCCESS); }
    ~Linked() { REQUIRE(cuLinkDestroy(state) == CUDA_SUCCESS); }

    CUresult add(const std::string& body, const char* name)
    {
        std::string text = kHead + body;
        return cuLinkAddData(state, CU_JIT_INPUT_PTX, text.data(), text.size() + 1, name, 0, nullptr, nullptr);
    }
};

static void runs(const void* image)
{
    CUmodule   module;
    CUfunction function;
    REQUIRE(cuModuleLoadData(&module, image) == CUDA_SUCCESS);
    REQUIRE(cuModuleGetFunction(&function, module, "run") == CUDA_SUCCESS);
    CUdeviceptr out;
    REQUIRE(cuMemAlloc(&out, 8) == CUDA_SUCCESS);
    void* arguments[] = {&out};
    REQUIRE(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr) == CUDA_SUCCESS);
    unsigned host[2] = {};
    REQUIRE(cuMemcpyDtoH(host, out, 8) == CUDA_SUCCESS);
    REQUIRE(host[0] == (7 + 100) * 10 + 5);
    REQUIRE(host[1] == 3);
    REQUIRE(cuMemFree(out) == CUDA_SUCCESS);
    REQUIRE(cuModuleUnload(module) == CUDA_SUCCESS);
}

int main()
{
    CUlinkState none;
    REQUIRE(cuLinkCreate(0, nullptr, nullptr, &none) == CUDA_ERROR_NOT_INITIALIZED);
    REQUIRE(cuInit(0) == CUDA_SUCCESS);
    REQUIRE(cuLinkCreate(0, nullptr, nullptr, &none) == CUDA_ERROR_INVALID_CONTEXT);
    CUdevice  device;
    CUcontext context;
    REQUIRE(cuDeviceGet(&device, 0) == CUDA_SUCCESS);
    REQUIRE(cuCtxCreate(&context, 0, device) == CUDA_SUCCESS);

    void*  image = nullptr;
    size_t size  = 0;
    {
        Linked linked;
        REQUIRE(linked.add(kMain, "main.ptx") == CUDA_SUCCESS);
        REQUIRE(linked.add(kOther, "other.ptx") == CUDA_SUCCESS);
        REQUIRE(cuLinkComplete(linked.state, &image, &size) == CUDA_SUCCESS);
        REQUIRE(size > 0);
        runs(image);
        // The image is an input like any other, alone.
        Linked again;
        REQUIRE(cuLinkAddData(again.state, CU_JIT_INPUT_CUBIN, image, size, "image", 0, nullptr, nullptr) == CUDA_SUCCESS);
        void* copy = nullptr;
        REQUIRE(cuLinkComplete(again.state, &copy, nullptr) == CUDA_SUCCESS);
        runs(copy);
        // What is complete takes nothing more.
        REQUIRE(linked.add(kOther, "other.ptx") == CUDA_ERROR_INVALID_VALUE);
    }
    {
        Linked linked; // the order does not matter
        REQUIRE(linked.add(kOther, "other.ptx") == CUDA_SUCCESS);
        REQUIRE(linked.add(kMain, "main.ptx") == CUDA_SUCCESS);
        REQUIRE(cuLinkComplete(linked.state, &image, &size) == CUDA_SUCCESS);
        runs(image);
    }
    {
        Linked linked; // a file
        const char* const path = "driver_link_other.ptx";
        std::FILE*        file = std::fopen(path, "w");
        if (file == nullptr)
        {
            std::printf("cannot write %s\n", path);
            return 1;
        }
        std::fprintf(file, "%s%s", kHead, kOther);
        std::fclose(file);
        REQUIRE(linked.add(kMain, "main.ptx") == CUDA_SUCCESS);
        REQUIRE(cuLinkAddFile(linked.state, CU_JIT_INPUT_PTX, path, 0, nullptr, nullptr) == CUDA_SUCCESS);
        std::remove(path);
        REQUIRE(cuLinkAddFile(linked.state, CU_JIT_INPUT_PTX, path, 0, nullptr, nullptr) == CUDA_ERROR_FILE_NOT_FOUND);
        REQUIRE(cuLinkComplete(linked.state, &image, &size) == CUDA_SUCCESS);
        runs(image);
    }
    {
        Linked linked; // what is not PTX
        REQUIRE(linked.add("nonsense\n", "wrong.ptx") == CUDA_ERROR_INVALID_PTX);
        REQUIRE(std::strstr(linked.errors, "wrong.ptx:4:1: error: ") != nullptr);
        REQUIRE(cuLinkAddData(linked.state, CU_JIT_INPUT_CUBIN, linked.errors, 64, "x", 0, nullptr, nullptr)
                == CUDA_ERROR_INVALID_IMAGE);
        REQUIRE(cuLinkAddData(linked.state, CU_JIT_NUM_INPUT_TYPES, linked.errors, 64, "x", 0, nullptr, nullptr)
                == CUDA_ERROR_INVALID_VALUE);
        REQUIRE(cuLinkComplete(linked.state, &image, &size) == CUDA_ERROR_INVALID_VALUE);
    }
    {
        Linked linked; // a symbol that nobody defines
        REQUIRE(linked.add(kMain, "main.ptx") == CUDA_SUCCESS);
        REQUIRE(linked.add(".visible .global .u32 scale;\n", "scale.ptx") == CUDA_SUCCESS);
        REQUIRE(cuLinkComplete(linked.state, &image, &size) != CUDA_SUCCESS);
        REQUIRE(std::strstr(linked.errors, "main.ptx:") != nullptr && std::strstr(linked.errors, "`step`") != nullptr);
    }
    {
        Linked linked; // a symbol that two define
        REQUIRE(linked.add(kOther, "first.ptx") == CUDA_SUCCESS);
        REQUIRE(linked.add(kOther, "second.ptx") == CUDA_SUCCESS);
        REQUIRE(cuLinkComplete(linked.state, &image, &size) != CUDA_SUCCESS);
        REQUIRE(std::strstr(linked.errors, "second.ptx:") != nullptr && std::strstr(linked.errors, "first.ptx:") == nullptr);
        REQUIRE(std::strstr(linked.errors, "`scale` is defined") && std::strstr(linked.errors, "`step` is defined"));
    }
    REQUIRE(cuLinkDestroy(reinterpret_cast<CUlinkState>(8)) == CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(cuCtxDestroy(context) == CUDA_SUCCESS);
    std::puts("ok");
    return 0;
}
