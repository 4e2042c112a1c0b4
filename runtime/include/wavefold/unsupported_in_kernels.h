// Functions that CUDA lets kernels call and Wavefold cannot run yet: printf, assert, malloc, free.
// Each is declared for the device without a definition and with an error of ours, which clang reports at the call
// that would really be compiled: a header that merely mentions one is no error, in a kernel it is.
#pragma once

#define __WAVEFOLD_UNSUPPORTED(what) __attribute__((error("Wavefold does not support " what " in kernels yet")))

// A template, because clang turns a call of the C function into one of vprintf and loses the attribute.
template <typename... Arguments>
__WAVEFOLD_UNSUPPORTED("printf") __device__ int printf(const char *format, Arguments... arguments);

extern "C" {
__WAVEFOLD_UNSUPPORTED("assert")
__device__ void __assert_fail(const char *message, const char *file, unsigned int line, const char *function) noexcept;
__WAVEFOLD_UNSUPPORTED("assert")
__device__ void __assertfail(const char *message, const char *file, unsigned int line, const char *function,
                             size_t charSize);
__WAVEFOLD_UNSUPPORTED("malloc and new") __device__ void *malloc(size_t size) noexcept;
__WAVEFOLD_UNSUPPORTED("free and delete") __device__ void free(void *pointer) noexcept;
}

namespace std {
using ::printf;
using ::malloc;
using ::free;
}

#undef __WAVEFOLD_UNSUPPORTED
