//! flags = ["-lcuda"]
// cuLibrary and cuKernel: code loaded once, its kernels used in two contexts, each with variables of its own.
#include <cuda.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "driver_check.h"

static const char* const kCode =
        ".version 8.0\n.target sm_70\n.address_size 64\n"
        ".visible .global .align 4 .u32 counter = 40;\n"
        ".visible .entry bump(.param .u64 out, .param .u32 by)\n{\n"
        ".reg .b32 %r<4>; .reg .b64 %rd<4>;\n"
        "ld.param.u64 %rd1, [out]; ld.param.u32 %r1, [by];\n"
        "atom.global.add.u32 %r2, [counter], %r1; add.u32 %r3, %r2, %r1;\n"
        "cvta.to.global.u64 %rd2, %rd1; st.global.u32 [%rd2], %r3;\nret;\n}\n"
        ".visible .entry nothing()\n{\nret;\n}\n";

static unsigned bump(CUfunction function, unsigned by)
{
    CUdeviceptr out;
    REQUIRE(cuMemAlloc(&out, 4) == CUDA_SUCCESS);
    void* arguments[] = {&out, &by};
    REQUIRE(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr) == CUDA_SUCCESS);
    unsigned value = 0;
    REQUIRE(cuMemcpyDtoH(&value, out, 4) == CUDA_SUCCESS);
    REQUIRE(cuMemFree(out) == CUDA_SUCCESS);
    return value;
}

int main()
{
    CUlibrary library;
    CUkernel  kernel;
    REQUIRE(cuLibraryLoadData(&library, kCode, nullptr, nullptr, 0, nullptr, nullptr, 0) == CUDA_ERROR_NOT_INITIALIZED);
    int version = 0;
    REQUIRE(cuDriverGetVersion(&version) == CUDA_SUCCESS && version == 12040); // works without cuInit
    const char* text = nullptr;
    REQUIRE(cuGetErrorName(CUDA_ERROR_NOT_INITIALIZED, &text) == CUDA_SUCCESS);
    REQUIRE(std::strcmp(text, "CUDA_ERROR_NOT_INITIALIZED") == 0);
    REQUIRE(cuInit(1) == CUDA_ERROR_INVALID_VALUE);
    REQUIRE(cuInit(0) == CUDA_SUCCESS);

    // No context is needed to load.
    REQUIRE(cuLibraryLoadData(&library, kCode, nullptr, nullptr, 0, nullptr, nullptr, 0) == CUDA_SUCCESS);
    REQUIRE(cuLibraryGetKernel(&kernel, library, "absent") == CUDA_ERROR_NOT_FOUND);
    REQUIRE(cuLibraryGetKernel(&kernel, library, "bump") == CUDA_SUCCESS);
    CUkernel same;
    REQUIRE(cuLibraryGetKernel(&same, library, "bump") == CUDA_SUCCESS && same == kernel);
    REQUIRE(cuKernelGetName(&text, kernel) == CUDA_SUCCESS && std::strcmp(text, "bump") == 0);
    unsigned count = 0;
    REQUIRE(cuLibraryGetKernelCount(&count, library) == CUDA_SUCCESS && count == 2);
    CUkernel kernels[2] = {};
    REQUIRE(cuLibraryEnumerateKernels(kernels, 2, library) == CUDA_SUCCESS);
    REQUIRE((kernels[0] == kernel || kernels[1] == kernel) && kernels[0] != kernels[1]);
    CUfunction function;
    REQUIRE(cuKernelGetFunction(&function, kernel) == CUDA_ERROR_INVALID_CONTEXT);

    CUdevice  device;
    CUcontext first, second;
    REQUIRE(cuDeviceGet(&device, 0) == CUDA_SUCCESS);
    REQUIRE(cuCtxCreate(&first, 0, device) == CUDA_SUCCESS);
    REQUIRE(cuKernelGetFunction(&function, kernel) == CUDA_SUCCESS);
    REQUIRE(bump(function, 2) == 42);
    REQUIRE(bump(reinterpret_cast<CUfunction>(kernel), 8) == 50); // a kernel may stand for its function
    CUdeviceptr counter;
    size_t      bytes = 0;
    REQUIRE(cuLibraryGetGlobal(&counter, &bytes, library, "counter") == CUDA_SUCCESS && bytes == 4);
    REQUIRE(cuLibraryGetGlobal(&counter, &bytes, library, "absent") == CUDA_ERROR_NOT_FOUND);
    CUmodule module, again;
    REQUIRE(cuLibraryGetModule(&module, library) == CUDA_SUCCESS);
    REQUIRE(cuLibraryGetModule(&again, library) == CUDA_SUCCESS && again == module);
    CUfunction by_module;
    REQUIRE(cuModuleGetFunction(&by_module, module, "bump") == CUDA_SUCCESS && by_module == function);
    REQUIRE(cuFuncGetName(&text, function) == CUDA_SUCCESS && std::strcmp(text, "bump") == 0);
    CUfunction functions[2] = {};
    REQUIRE(cuModuleGetFunctionCount(&count, module) == CUDA_SUCCESS && count == 2);
    REQUIRE(cuModuleEnumerateFunctions(functions, 2, module) == CUDA_SUCCESS);
    REQUIRE(functions[0] == function || functions[1] == function);
    CUfunctionLoadingState state;
    REQUIRE(cuFuncLoad(function) == CUDA_SUCCESS);
    REQUIRE(cuFuncIsLoaded(&state, function) == CUDA_SUCCESS && state == CU_FUNCTION_LOADING_STATE_LOADED);
    size_t offset = 0, size = 0;
    REQUIRE(cuKernelGetParamInfo(kernel, 1, &offset, &size) == CUDA_SUCCESS && offset == 8 && size == 4);
    REQUIRE(cuKernelGetParamInfo(kernel, 2, &offset, &size) == CUDA_ERROR_INVALID_VALUE);
    int threads = 0;
    REQUIRE(cuKernelGetAttribute(&threads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, kernel, device) == CUDA_SUCCESS);
    REQUIRE(threads == 1024);
    REQUIRE(cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 4096, kernel, device) == CUDA_SUCCESS);
    REQUIRE(cuKernelSetCacheConfig(kernel, CU_FUNC_CACHE_PREFER_L1, device) == CUDA_SUCCESS);

    // Another context has a variable of its own.
    REQUIRE(cuCtxCreate(&second, 0, device) == CUDA_SUCCESS);
    CUfunction other;
    REQUIRE(cuKernelGetFunction(&other, kernel) == CUDA_SUCCESS && other != function);
    REQUIRE(bump(other, 1) == 41);
    REQUIRE(cuCtxSetCurrent(first) == CUDA_SUCCESS);
    REQUIRE(bump(function, 1) == 51);

    REQUIRE(cuLibraryUnload(library) == CUDA_SUCCESS);
    REQUIRE(cuLibraryUnload(library) == CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(cuKernelGetFunction(&function, kernel) == CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(cuFuncGetName(&text, by_module) == CUDA_ERROR_INVALID_HANDLE);

    // Options: messages, time, levels.
    char         errors[1024] = {};
    CUjit_option keys[]   = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, CU_JIT_OPTIMIZATION_LEVEL};
    void*        values[] = {errors, reinterpret_cast<void*>(sizeof(errors)), reinterpret_cast<void*>(5)};
    REQUIRE(cuLibraryLoadData(&library, kCode, keys, values, 3, nullptr, nullptr, 0) == CUDA_ERROR_INVALID_VALUE);
    values[2] = nullptr;
    REQUIRE(cuLibraryLoadData(&library, kCode, keys, values, 3, nullptr, nullptr, 0) == CUDA_SUCCESS);
    REQUIRE(cuLibraryUnload(library) == CUDA_SUCCESS);
    values[1] = reinterpret_cast<void*>(sizeof(errors)); // it said how much of the buffer was filled
    REQUIRE(cuLibraryLoadData(&library, "wrong", keys, values, 3, nullptr, nullptr, 0) == CUDA_ERROR_INVALID_PTX);
    REQUIRE(std::strstr(errors, "error: ") != nullptr);
    REQUIRE(cuLibraryLoadFromFile(&library, "absent.ptx", nullptr, nullptr, 0, nullptr, nullptr, 0) == CUDA_ERROR_FILE_NOT_FOUND);
    std::puts("ok");
    return 0;
}
