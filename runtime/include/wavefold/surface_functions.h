// Surface reads and writes of CUDA C++. Part of device_runtime.h, after texture_functions.h.
// Values are moved as bytes, so that only their size counts; x counts bytes.
#pragma once

// A value of 1, 2, 4, 8 or 16 bytes as words, which is how the instructions take it.
template <int Bytes> struct __wavefold_surface_words;
template <> struct __wavefold_surface_words<1> {
    unsigned char a;
};
template <> struct __wavefold_surface_words<2> {
    unsigned short a;
};
template <> struct __wavefold_surface_words<4> {
    unsigned int a;
};
template <> struct __wavefold_surface_words<8> {
    unsigned int a, b;
};
template <> struct __wavefold_surface_words<16> {
    unsigned int a, b, c, d;
};

// One access in each of the three modes; `before` and `after` stand around the mode's word.
#define __WAVEFOLD_MODES(before, after, outputs, inputs)                                                              \
    switch (mode) {                                                                                                   \
    case cudaBoundaryModeZero:                                                                                        \
        asm volatile(before ".zero " after : __WAVEFOLD_LIST outputs : __WAVEFOLD_LIST inputs : "memory");            \
        break;                                                                                                        \
    case cudaBoundaryModeClamp:                                                                                       \
        asm volatile(before ".clamp " after : __WAVEFOLD_LIST outputs : __WAVEFOLD_LIST inputs : "memory");           \
        break;                                                                                                        \
    default:                                                                                                          \
        asm volatile(before ".trap " after : __WAVEFOLD_LIST outputs : __WAVEFOLD_LIST inputs : "memory");            \
    }
#define __WAVEFOLD_WIDTH(name, geometry, place, parameters, inputs, bytes, type, words, outputs, sources)             \
    __WAVEFOLD_TEXTURE void __wavefold_read_##name(__wavefold_surface_words<bytes> &v, cudaSurfaceObject_t s,         \
                                                   __WAVEFOLD_LIST parameters, cudaSurfaceBoundaryMode mode) {        \
        __WAVEFOLD_MODES("suld.b." geometry type, words ", [%[s], " place "];", outputs,                              \
                         ([s] "l"(s), __WAVEFOLD_LIST inputs))                                                        \
    }                                                                                                                 \
    __WAVEFOLD_TEXTURE void __wavefold_write_##name(__wavefold_surface_words<bytes> v, cudaSurfaceObject_t s,         \
                                                    __WAVEFOLD_LIST parameters, cudaSurfaceBoundaryMode mode) {       \
        __WAVEFOLD_MODES("sust.b." geometry type, "[%[s], " place "], " words ";", (),                                \
                         ([s] "l"(s), __WAVEFOLD_LIST inputs, __WAVEFOLD_LIST sources))                               \
    }
// The functions of one geometry: read by value, read through a pointer, write. A byte travels in a register of 16 bits.
#define __WAVEFOLD_SURFACE(name, geometry, place, parameters, arguments, inputs)                                      \
    __WAVEFOLD_TEXTURE void __wavefold_read_##name(__wavefold_surface_words<1> &v, cudaSurfaceObject_t s,             \
                                                   __WAVEFOLD_LIST parameters, cudaSurfaceBoundaryMode mode) {        \
        unsigned short a;                                                                                             \
        __WAVEFOLD_MODES("suld.b." geometry ".b8", "%[a], [%[s], " place "];", ([a] "=h"(a)),                         \
                         ([s] "l"(s), __WAVEFOLD_LIST inputs))                                                        \
        v.a = (unsigned char)a;                                                                                       \
    }                                                                                                                 \
    __WAVEFOLD_TEXTURE void __wavefold_write_##name(__wavefold_surface_words<1> v, cudaSurfaceObject_t s,             \
                                                    __WAVEFOLD_LIST parameters, cudaSurfaceBoundaryMode mode) {       \
        unsigned short a = v.a;                                                                                       \
        __WAVEFOLD_MODES("sust.b." geometry ".b8", "[%[s], " place "], %[a];", (),                                    \
                         ([s] "l"(s), __WAVEFOLD_LIST inputs, [a] "h"(a)))                                            \
    }                                                                                                                 \
    __WAVEFOLD_WIDTH(name, geometry, place, parameters, inputs, 2, ".b16", "%[a]", ([a] "=h"(v.a)), ([a] "h"(v.a)))   \
    __WAVEFOLD_WIDTH(name, geometry, place, parameters, inputs, 4, ".b32", "%[a]", ([a] "=r"(v.a)), ([a] "r"(v.a)))   \
    __WAVEFOLD_WIDTH(name, geometry, place, parameters, inputs, 8, ".v2.b32", "{%[a], %[b]}",                         \
                     ([a] "=r"(v.a), [b] "=r"(v.b)), ([a] "r"(v.a), [b] "r"(v.b)))                                    \
    __WAVEFOLD_WIDTH(name, geometry, place, parameters, inputs, 16, ".v4.b32", "{%[a], %[b], %[c], %[d]}",            \
                     ([a] "=r"(v.a), [b] "=r"(v.b), [c] "=r"(v.c), [d] "=r"(v.d)),                                    \
                     ([a] "r"(v.a), [b] "r"(v.b), [c] "r"(v.c), [d] "r"(v.d)))                                        \
    template <class T> __WAVEFOLD_TEXTURE T name##read(cudaSurfaceObject_t surface, __WAVEFOLD_LIST parameters,       \
                                                       cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {         \
        __wavefold_surface_words<sizeof(T)> words;                                                                    \
        T value;                                                                                                      \
        __wavefold_read_##name(words, surface, __WAVEFOLD_LIST arguments, mode);                                      \
        __builtin_memcpy(&value, &words, sizeof(T));                                                                  \
        return value;                                                                                                 \
    }                                                                                                                 \
    template <class T> __WAVEFOLD_TEXTURE void name##read(T *result, cudaSurfaceObject_t surface,                     \
                                                          __WAVEFOLD_LIST parameters,                                 \
                                                          cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {      \
        *result = name##read<T>(surface, __WAVEFOLD_LIST arguments, mode);                                            \
    }                                                                                                                 \
    template <class T> __WAVEFOLD_TEXTURE void name##write(T value, cudaSurfaceObject_t surface,                      \
                                                           __WAVEFOLD_LIST parameters,                                \
                                                           cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap) {     \
        __wavefold_surface_words<sizeof(T)> words;                                                                    \
        __builtin_memcpy(&words, &value, sizeof(T));                                                                  \
        __wavefold_write_##name(words, surface, __WAVEFOLD_LIST arguments, mode);                                     \
    }

__WAVEFOLD_SURFACE(surf1D, "1d", "{%[x]}", (int x), (x), ([x] "r"(x)))
__WAVEFOLD_SURFACE(surf2D, "2d", "{%[x], %[y]}", (int x, int y), (x, y), ([x] "r"(x), [y] "r"(y)))
__WAVEFOLD_SURFACE(surf3D, "3d", "{%[x], %[y], %[z], %[z]}", (int x, int y, int z), (x, y, z),
                   ([x] "r"(x), [y] "r"(y), [z] "r"(z)))
__WAVEFOLD_SURFACE(surf1DLayered, "a1d", "{%[l], %[x]}", (int x, int layer), (x, layer), ([l] "r"(layer), [x] "r"(x)))
__WAVEFOLD_SURFACE(surf2DLayered, "a2d", "{%[l], %[x], %[y], %[y]}", (int x, int y, int layer), (x, y, layer),
                   ([l] "r"(layer), [x] "r"(x), [y] "r"(y)))
__WAVEFOLD_SURFACE(surfCubemap, "a2d", "{%[l], %[x], %[y], %[y]}", (int x, int y, int face), (x, y, face),
                   ([l] "r"(face), [x] "r"(x), [y] "r"(y)))
__WAVEFOLD_SURFACE(surfCubemapLayered, "a2d", "{%[l], %[x], %[y], %[y]}", (int x, int y, int layerFace),
                   (x, y, layerFace), ([l] "r"(layerFace), [x] "r"(x), [y] "r"(y)))

#undef __WAVEFOLD_SURFACE
#undef __WAVEFOLD_WIDTH
#undef __WAVEFOLD_MODES
#undef __WAVEFOLD_LIST
#undef __WAVEFOLD_TEXTURE
