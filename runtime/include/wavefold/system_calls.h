// What CUDA lets kernels call of the C library: printf, assert, malloc and free, with operators new and delete over them.
// clang makes a device printf a call of vprintf with the arguments packed; the rest are calls of the functions below.
// The compiler knows vprintf, __assertfail, malloc and free by name and links Wavefold's own.
#pragma once

extern "C" {
__device__ int vprintf(const char *format, const char *arguments);
__device__ int printf(const char *format, ...);
__device__ void *malloc(size_t size) noexcept __attribute__((malloc));
__device__ void free(void *pointer) noexcept;
__device__ void *__nv_aligned_device_malloc(size_t size, size_t alignment) __attribute__((malloc));
__device__ void __assertfail(const char *message, const char *file, unsigned int line, const char *function,
                             size_t charSize) __attribute__((noreturn));
// What the C library's assert() calls.
__device__ static inline void __assert_fail(const char *message, const char *file, unsigned int line,
                                            const char *function) noexcept {
    __assertfail(message, file, line, function, sizeof(char));
}
__device__ static inline void __assert(const char *message, const char *file, int line) noexcept {
    __assertfail(message, file, (unsigned int)line, "", sizeof(char));
}
}

namespace std {
using ::free;
using ::malloc;
using ::printf;
}

// clang's wrapper of <new>: the global operators for kernels, over malloc and free. Device code has no exceptions, so
// exhaustion is a null pointer.
#include <new>
