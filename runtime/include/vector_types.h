// The vector types of CUDA C++ (char1 .. double4), dim3, and their alignments.
// Usable from C and C++, from host and device code. A vector of 2 or 4 elements is aligned to its size, up to 16
// bytes; one of 1 or 3 elements to its element. Host and device agree because both use these definitions.
#pragma once

#include "host_defines.h"

#define __WAVEFOLD_VECTOR1(name, element) struct name##1 { element x; }
#define __WAVEFOLD_VECTOR2(name, element, bytes) struct __align__(bytes) name##2 { element x, y; }
#define __WAVEFOLD_VECTOR3(name, element) struct name##3 { element x, y, z; }
#define __WAVEFOLD_VECTOR4(name, element, bytes) struct __align__(bytes) name##4 { element x, y, z, w; }
#define __WAVEFOLD_VECTORS(name, element, bytes2, bytes4)                                                             \
    __WAVEFOLD_VECTOR1(name, element);                                                                                \
    __WAVEFOLD_VECTOR2(name, element, bytes2);                                                                        \
    __WAVEFOLD_VECTOR3(name, element);                                                                                \
    __WAVEFOLD_VECTOR4(name, element, bytes4);                                                                        \
    typedef struct name##1 name##1;                                                                                   \
    typedef struct name##2 name##2;                                                                                   \
    typedef struct name##3 name##3;                                                                                   \
    typedef struct name##4 name##4

__WAVEFOLD_VECTORS(char, signed char, 2, 4);
__WAVEFOLD_VECTORS(uchar, unsigned char, 2, 4);
__WAVEFOLD_VECTORS(short, short, 4, 8);
__WAVEFOLD_VECTORS(ushort, unsigned short, 4, 8);
__WAVEFOLD_VECTORS(int, int, 8, 16);
__WAVEFOLD_VECTORS(uint, unsigned int, 8, 16);
__WAVEFOLD_VECTORS(long, long, 16, 16);
__WAVEFOLD_VECTORS(ulong, unsigned long, 16, 16);
__WAVEFOLD_VECTORS(longlong, long long, 16, 16);
__WAVEFOLD_VECTORS(ulonglong, unsigned long long, 16, 16);
__WAVEFOLD_VECTORS(float, float, 8, 16);
__WAVEFOLD_VECTORS(double, double, 16, 16);

#undef __WAVEFOLD_VECTORS
#undef __WAVEFOLD_VECTOR4
#undef __WAVEFOLD_VECTOR3
#undef __WAVEFOLD_VECTOR2
#undef __WAVEFOLD_VECTOR1

// Extents of a grid or a block; what is not given is 1.
struct dim3 {
    unsigned int x, y, z;
#if defined(__cplusplus)
#if __cplusplus >= 201103L
    __host__ __device__ constexpr dim3(unsigned int vx = 1, unsigned int vy = 1, unsigned int vz = 1)
        : x(vx), y(vy), z(vz) {}
    __host__ __device__ constexpr dim3(struct uint3 v) : x(v.x), y(v.y), z(v.z) {}
    __host__ __device__ constexpr operator struct uint3() const { return uint3{x, y, z}; }
#else
    __host__ __device__ dim3(unsigned int vx = 1, unsigned int vy = 1, unsigned int vz = 1) : x(vx), y(vy), z(vz) {}
    __host__ __device__ dim3(struct uint3 v) : x(v.x), y(v.y), z(v.z) {}
    __host__ __device__ operator struct uint3() const { uint3 v = {x, y, z}; return v; }
#endif
#endif
};
typedef struct dim3 dim3;
