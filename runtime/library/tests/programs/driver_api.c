// The driver API as programs use it that look it up at run time: dlopen, dlsym, PTX text.
#include "check.h"
#include <dlfcn.h>

typedef int (*function)();
static void *library;

static function find(const char *name) {
    function found = (function)dlsym(library, name);
    if (!found) {
        fprintf(stderr, "libcuda.so.1 has no %s\n", name);
        exit(1);
    }
    return found;
}

#define CALL(name, ...) find(#name)(__VA_ARGS__)

static const char *const add =
    ".version 8.0\n.target sm_70\n.address_size 64\n"
    ".visible .global .align 4 .u32 bias = 5;\n"
    ".visible .entry add(.param .u64 out, .param .u32 n, .param .u64 in) {\n"
    "  .reg .b32 %r<8>;\n  .reg .b64 %rd<8>;\n  .reg .pred %p<2>;\n"
    "  ld.param.u64 %rd1, [out];\n  ld.param.u32 %r1, [n];\n  ld.param.u64 %rd2, [in];\n"
    "  mov.u32 %r2, %tid.x;\n  mov.u32 %r3, %ctaid.x;\n  mov.u32 %r4, %ntid.x;\n"
    "  mad.lo.s32 %r2, %r3, %r4, %r2;\n  setp.ge.u32 %p1, %r2, %r1;\n  @%p1 bra DONE;\n"
    "  cvta.to.global.u64 %rd1, %rd1;\n  cvta.to.global.u64 %rd2, %rd2;\n"
    "  mul.wide.u32 %rd3, %r2, 4;\n  add.s64 %rd4, %rd2, %rd3;\n  ld.global.u32 %r5, [%rd4];\n"
    "  ld.global.u32 %r6, [bias];\n  add.u32 %r5, %r5, %r6;\n"
    "  add.s64 %rd5, %rd1, %rd3;\n  st.global.u32 [%rd5], %r5;\nDONE:\n  ret;\n}\n";
static const char *const wrong =
    ".version 8.0\n.target sm_70\n.address_size 64\n.visible .entry k() { bogus.u32 %r1, 2; ret; }\n";

enum { COUNT = 1000 };

int main(void) {
    library = dlopen("libcuda.so.1", RTLD_NOW);
    REQUIRE(library);
    int version = 0, value = 0;
    char name[8], log[2000];
    void *context, *current, *module, *kernel, *stream, *address;
    unsigned long a, b, bias;
    size_t size = 0;
    unsigned in[COUNT], out[COUNT];

    OK(CALL(cuInit, 0));
    OK(CALL(cuDriverGetVersion, &version));
    REQUIRE(version == 12040);
    OK(CALL(cuDeviceGetName, name, 8, 0));
    REQUIRE(strlen(name) == 7);
    RETURNS(201, CALL(cuCtxSynchronize));
    OK(CALL(cuCtxCreate_v2, &context, 0, 0));
    OK(CALL(cuCtxGetCurrent, &current));
    REQUIRE(current == context);

    OK(CALL(cuModuleLoadData, &module, add));
    RETURNS(500, CALL(cuModuleGetFunction, &kernel, module, "subtract"));
    OK(CALL(cuModuleGetFunction, &kernel, module, "add"));
    OK(CALL(cuModuleGetGlobal_v2, &bias, &size, module, "bias"));
    REQUIRE(size == 4);
    OK(CALL(cuFuncGetAttribute, &value, 5, kernel));
    REQUIRE(value == 70);

    for (unsigned i = 0; i < COUNT; i++)
        in[i] = i * 3;
    OK(CALL(cuMemAlloc_v2, &a, sizeof in));
    OK(CALL(cuMemAlloc_v2, &b, sizeof out));
    OK(CALL(cuMemcpyHtoD_v2, a, in, sizeof in));
    OK(CALL(cuMemsetD32_v2, b, 0xdeadbeef, COUNT));
    OK(CALL(cuStreamCreate, &stream, 0));
    unsigned count = COUNT - 1;
    void *arguments[] = {&b, &count, &a};
    OK(CALL(cuLaunchKernel, kernel, 8, 1, 1, 128, 1, 1, 0, stream, arguments, NULL));
    OK(CALL(cuStreamSynchronize, stream));
    OK(CALL(cuMemcpyDtoH_v2, out, b, sizeof out));
    for (unsigned i = 0; i < COUNT; i++)
        REQUIRE(out[i] == (i < COUNT - 1 ? i * 3 + 5 : 0xdeadbeef));

    unsigned seventy = 70;
    OK(CALL(cuMemcpyHtoD_v2, bias, &seventy, 4));
    struct {
        unsigned long out;
        unsigned count, pad;
        unsigned long in;
    } packed = {b, 500, 0, a};
    size = sizeof packed;
    void *extra[] = {(void *)1, &packed, (void *)2, &size, NULL};
    OK(CALL(cuLaunchKernel, kernel, 8, 1, 1, 128, 1, 1, 0, NULL, NULL, extra));
    OK(CALL(cuMemcpyDtoH_v2, out, b, sizeof out));
    for (unsigned i = 0; i < COUNT; i++)
        REQUIRE(out[i] == (i < 500 ? i * 3 + 70 : i < COUNT - 1 ? i * 3 + 5 : 0xdeadbeef));

    RETURNS(1, CALL(cuLaunchKernel, kernel, 0, 1, 1, 128, 1, 1, 0, NULL, arguments, NULL));
    RETURNS(1, CALL(cuLaunchKernel, kernel, 8, 1, 1, 128, 1, 1, 0, NULL, arguments, extra));
    RETURNS(1, CALL(cuLaunchKernel, kernel, 8, 1, 1, 2048, 1, 1, 0, NULL, arguments, NULL));
    RETURNS(400, CALL(cuLaunchKernel, (void *)0x77, 8, 1, 1, 128, 1, 1, 0, NULL, arguments, NULL));

    int keys[] = {5, 6};
    void *values[] = {log, (void *)sizeof log};
    void *none;
    RETURNS(218, CALL(cuModuleLoadDataEx, &none, wrong, 2, keys, values));
    REQUIRE(strstr(log, "4:23") && strlen(log) == (size_t)values[1]);
    keys[0] = 99;
    RETURNS(1, CALL(cuModuleLoadDataEx, &none, add, 2, keys, values));
    RETURNS(301, CALL(cuModuleLoad, &none, "/nonexistent/module.ptx"));
    RETURNS(200, CALL(cuModuleLoadData, &none, "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));

    OK(CALL(cuGetProcAddress, "cuMemAlloc", &address, 12000, 0UL));
    REQUIRE(address == (void *)0 ? 0 : 1);
    unsigned long c = 0;
    OK(((int (*)(unsigned long *, size_t))address)(&c, 100));
    REQUIRE(c != 0);
    int status = 0;
    OK(CALL(cuGetProcAddress_v2, "cuNoSuchThing", &address, 12000, 0UL, &status));
    REQUIRE(address == NULL && status == 1);

    OK(CALL(cuModuleUnload, module));
    RETURNS(400, CALL(cuLaunchKernel, kernel, 8, 1, 1, 128, 1, 1, 0, NULL, arguments, NULL));
    OK(CALL(cuCtxDestroy_v2, context));
    OK(CALL(cuCtxGetCurrent, &current));
    REQUIRE(current == NULL);
    puts("ok");
    return 0;
}
