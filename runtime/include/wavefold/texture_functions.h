// Texture reads of CUDA C++ by texture objects: each function is one PTX instruction. Part of device_runtime.h.
// A read gives four words; the type that the program asks for takes its first ones.
#pragma once

#define __WAVEFOLD_TEXTURE static __inline__ __device__ __attribute__((always_inline))

template <class T> struct __wavefold_texel;
#define __WAVEFOLD_TEXEL(T, Quad)                                                                                     \
    template <> struct __wavefold_texel<T> {                                                                          \
        typedef Quad quad;                                                                                            \
        static __device__ T of(const Quad &q) { return (T)q.x; }                                                      \
    };
#define __WAVEFOLD_TEXELS(T, U, Quad)                                                                                 \
    template <> struct __wavefold_texel<T##1> {                                                                       \
        typedef Quad quad;                                                                                            \
        static __device__ T##1 of(const Quad &q) { return make_##T##1((U)q.x); }                                      \
    };                                                                                                                \
    template <> struct __wavefold_texel<T##2> {                                                                       \
        typedef Quad quad;                                                                                            \
        static __device__ T##2 of(const Quad &q) { return make_##T##2((U)q.x, (U)q.y); }                              \
    };                                                                                                                \
    template <> struct __wavefold_texel<T##4> {                                                                       \
        typedef Quad quad;                                                                                            \
        static __device__ T##4 of(const Quad &q) { return make_##T##4((U)q.x, (U)q.y, (U)q.z, (U)q.w); }              \
    };
__WAVEFOLD_TEXEL(char, int4)
__WAVEFOLD_TEXEL(signed char, int4)
__WAVEFOLD_TEXEL(unsigned char, uint4)
__WAVEFOLD_TEXEL(short, int4)
__WAVEFOLD_TEXEL(unsigned short, uint4)
__WAVEFOLD_TEXEL(int, int4)
__WAVEFOLD_TEXEL(unsigned int, uint4)
__WAVEFOLD_TEXEL(float, float4)
__WAVEFOLD_TEXELS(char, signed char, int4)
__WAVEFOLD_TEXELS(uchar, unsigned char, uint4)
__WAVEFOLD_TEXELS(short, short, int4)
__WAVEFOLD_TEXELS(ushort, unsigned short, uint4)
__WAVEFOLD_TEXELS(int, int, int4)
__WAVEFOLD_TEXELS(uint, unsigned int, uint4)
__WAVEFOLD_TEXELS(float, float, float4)
#undef __WAVEFOLD_TEXELS
#undef __WAVEFOLD_TEXEL

#define __WAVEFOLD_LIST(...) __VA_ARGS__
// name, instruction up to its types, type of the coordinates, what stands behind the handle, parameters, arguments, inputs
#define __WAVEFOLD_READ(name, opcode, coordinates, place, parameters, arguments, inputs)                              \
    __WAVEFOLD_READ_AS(name, opcode, float4, "f32", "=f", coordinates, place, parameters, inputs)                     \
    __WAVEFOLD_READ_AS(name, opcode, int4, "s32", "=r", coordinates, place, parameters, inputs)                       \
    __WAVEFOLD_READ_AS(name, opcode, uint4, "u32", "=r", coordinates, place, parameters, inputs)                      \
    template <class T> __WAVEFOLD_TEXTURE T name(cudaTextureObject_t texture, __WAVEFOLD_LIST parameters) {           \
        typename __wavefold_texel<T>::quad quad;                                                                      \
        __wavefold_##name(quad, texture, __WAVEFOLD_LIST arguments);                                                  \
        return __wavefold_texel<T>::of(quad);                                                                         \
    }                                                                                                                 \
    template <class T> __WAVEFOLD_TEXTURE void name(T *result, cudaTextureObject_t texture,                           \
                                                    __WAVEFOLD_LIST parameters) {                                     \
        *result = name<T>(texture, __WAVEFOLD_LIST arguments);                                                        \
    }
#define __WAVEFOLD_READ_AS(name, opcode, Quad, type, constraint, coordinates, place, parameters, inputs)              \
    __WAVEFOLD_TEXTURE void __wavefold_##name(Quad &q, cudaTextureObject_t texture, __WAVEFOLD_LIST parameters) {     \
        asm(opcode "." type "." coordinates " {%0, %1, %2, %3}, [%4, " place ";"                                      \
            : constraint(q.x), constraint(q.y), constraint(q.z), constraint(q.w)                                      \
            : "l"(texture), __WAVEFOLD_LIST inputs);                                                                  \
    }

__WAVEFOLD_READ(tex1Dfetch, "tex.1d.v4", "s32", "{%5}]", (int x), (x), ("r"(x)))
__WAVEFOLD_READ(tex1D, "tex.1d.v4", "f32", "{%5}]", (float x), (x), ("f"(x)))
__WAVEFOLD_READ(tex2D, "tex.2d.v4", "f32", "{%5, %6}]", (float x, float y), (x, y), ("f"(x), "f"(y)))
__WAVEFOLD_READ(tex3D, "tex.3d.v4", "f32", "{%5, %6, %7, %7}]", (float x, float y, float z), (x, y, z),
                ("f"(x), "f"(y), "f"(z)))
__WAVEFOLD_READ(tex1DLayered, "tex.a1d.v4", "f32", "{%5, %6}]", (float x, int layer), (x, layer),
                ("r"(layer), "f"(x)))
__WAVEFOLD_READ(tex2DLayered, "tex.a2d.v4", "f32", "{%5, %6, %7, %7}]", (float x, float y, int layer), (x, y, layer),
                ("r"(layer), "f"(x), "f"(y)))
__WAVEFOLD_READ(texCubemap, "tex.cube.v4", "f32", "{%5, %6, %7, %7}]", (float x, float y, float z), (x, y, z),
                ("f"(x), "f"(y), "f"(z)))
__WAVEFOLD_READ(texCubemapLayered, "tex.acube.v4", "f32", "{%5, %6, %7, %8}]",
                (float x, float y, float z, int layer), (x, y, z, layer), ("r"(layer), "f"(x), "f"(y), "f"(z)))

__WAVEFOLD_READ(tex1DLod, "tex.level.1d.v4", "f32", "{%5}], %6", (float x, float level), (x, level),
                ("f"(x), "f"(level)))
__WAVEFOLD_READ(tex2DLod, "tex.level.2d.v4", "f32", "{%5, %6}], %7", (float x, float y, float level), (x, y, level),
                ("f"(x), "f"(y), "f"(level)))
__WAVEFOLD_READ(tex3DLod, "tex.level.3d.v4", "f32", "{%5, %6, %7, %7}], %8",
                (float x, float y, float z, float level), (x, y, z, level), ("f"(x), "f"(y), "f"(z), "f"(level)))
__WAVEFOLD_READ(tex1DLayeredLod, "tex.level.a1d.v4", "f32", "{%5, %6}], %7", (float x, int layer, float level),
                (x, layer, level), ("r"(layer), "f"(x), "f"(level)))
__WAVEFOLD_READ(tex2DLayeredLod, "tex.level.a2d.v4", "f32", "{%5, %6, %7, %7}], %8",
                (float x, float y, int layer, float level), (x, y, layer, level),
                ("r"(layer), "f"(x), "f"(y), "f"(level)))
__WAVEFOLD_READ(texCubemapLod, "tex.level.cube.v4", "f32", "{%5, %6, %7, %7}], %8",
                (float x, float y, float z, float level), (x, y, z, level), ("f"(x), "f"(y), "f"(z), "f"(level)))
__WAVEFOLD_READ(texCubemapLayeredLod, "tex.level.acube.v4", "f32", "{%5, %6, %7, %8}], %9",
                (float x, float y, float z, int layer, float level), (x, y, z, layer, level),
                ("r"(layer), "f"(x), "f"(y), "f"(z), "f"(level)))

__WAVEFOLD_READ(tex1DGrad, "tex.grad.1d.v4", "f32", "{%5}], {%6}, {%7}", (float x, float dPdx, float dPdy),
                (x, dPdx, dPdy), ("f"(x), "f"(dPdx), "f"(dPdy)))
__WAVEFOLD_READ(tex2DGrad, "tex.grad.2d.v4", "f32", "{%5, %6}], {%7, %8}, {%9, %10}",
                (float x, float y, float2 dPdx, float2 dPdy), (x, y, dPdx, dPdy),
                ("f"(x), "f"(y), "f"(dPdx.x), "f"(dPdx.y), "f"(dPdy.x), "f"(dPdy.y)))
__WAVEFOLD_READ(tex3DGrad, "tex.grad.3d.v4", "f32",
                "{%5, %6, %7, %7}], {%8, %9, %10, %10}, {%11, %12, %13, %13}",
                (float x, float y, float z, float4 dPdx, float4 dPdy), (x, y, z, dPdx, dPdy),
                ("f"(x), "f"(y), "f"(z), "f"(dPdx.x), "f"(dPdx.y), "f"(dPdx.z), "f"(dPdy.x), "f"(dPdy.y),
                 "f"(dPdy.z)))
__WAVEFOLD_READ(tex1DLayeredGrad, "tex.grad.a1d.v4", "f32", "{%5, %6}], {%7}, {%8}",
                (float x, int layer, float dPdx, float dPdy), (x, layer, dPdx, dPdy),
                ("r"(layer), "f"(x), "f"(dPdx), "f"(dPdy)))
__WAVEFOLD_READ(tex2DLayeredGrad, "tex.grad.a2d.v4", "f32", "{%5, %6, %7, %7}], {%8, %9}, {%10, %11}",
                (float x, float y, int layer, float2 dPdx, float2 dPdy), (x, y, layer, dPdx, dPdy),
                ("r"(layer), "f"(x), "f"(y), "f"(dPdx.x), "f"(dPdx.y), "f"(dPdy.x), "f"(dPdy.y)))
__WAVEFOLD_READ(texCubemapGrad, "tex.grad.cube.v4", "f32",
                "{%5, %6, %7, %7}], {%8, %9, %10, %10}, {%11, %12, %13, %13}",
                (float x, float y, float z, float4 dPdx, float4 dPdy), (x, y, z, dPdx, dPdy),
                ("f"(x), "f"(y), "f"(z), "f"(dPdx.x), "f"(dPdx.y), "f"(dPdx.z), "f"(dPdy.x), "f"(dPdy.y),
                 "f"(dPdy.z)))
__WAVEFOLD_READ(texCubemapLayeredGrad, "tex.grad.acube.v4", "f32",
                "{%5, %6, %7, %8}], {%9, %10, %11, %11}, {%12, %13, %14, %14}",
                (float x, float y, float z, int layer, float4 dPdx, float4 dPdy), (x, y, z, layer, dPdx, dPdy),
                ("r"(layer), "f"(x), "f"(y), "f"(z), "f"(dPdx.x), "f"(dPdx.y), "f"(dPdx.z), "f"(dPdy.x),
                 "f"(dPdy.y), "f"(dPdy.z)))

// One component of the four texels around a place.
__WAVEFOLD_READ(__wavefold_gather_r, "tld4.r.2d.v4", "f32", "{%5, %6}]", (float x, float y), (x, y),
                ("f"(x), "f"(y)))
__WAVEFOLD_READ(__wavefold_gather_g, "tld4.g.2d.v4", "f32", "{%5, %6}]", (float x, float y), (x, y),
                ("f"(x), "f"(y)))
__WAVEFOLD_READ(__wavefold_gather_b, "tld4.b.2d.v4", "f32", "{%5, %6}]", (float x, float y), (x, y),
                ("f"(x), "f"(y)))
__WAVEFOLD_READ(__wavefold_gather_a, "tld4.a.2d.v4", "f32", "{%5, %6}]", (float x, float y), (x, y),
                ("f"(x), "f"(y)))
template <class T> __WAVEFOLD_TEXTURE T tex2Dgather(cudaTextureObject_t texture, float x, float y, int comp = 0) {
    switch (comp) {
    case 1:
        return __wavefold_gather_g<T>(texture, x, y);
    case 2:
        return __wavefold_gather_b<T>(texture, x, y);
    case 3:
        return __wavefold_gather_a<T>(texture, x, y);
    default:
        return __wavefold_gather_r<T>(texture, x, y);
    }
}
template <class T>
__WAVEFOLD_TEXTURE void tex2Dgather(T *result, cudaTextureObject_t texture, float x, float y, int comp = 0) {
    *result = tex2Dgather<T>(texture, x, y, comp);
}

// The forms for sparse arrays: here every texel is there.
#define __WAVEFOLD_RESIDENT(name, parameters, arguments)                                                              \
    template <class T> __WAVEFOLD_TEXTURE T name(cudaTextureObject_t texture, __WAVEFOLD_LIST parameters,             \
                                                 bool *isResident) {                                                  \
        *isResident = true;                                                                                           \
        return name<T>(texture, __WAVEFOLD_LIST arguments);                                                           \
    }
__WAVEFOLD_RESIDENT(tex2D, (float x, float y), (x, y))
__WAVEFOLD_RESIDENT(tex3D, (float x, float y, float z), (x, y, z))
__WAVEFOLD_RESIDENT(tex2DLayered, (float x, float y, int layer), (x, y, layer))
__WAVEFOLD_RESIDENT(texCubemap, (float x, float y, float z), (x, y, z))
__WAVEFOLD_RESIDENT(texCubemapLayered, (float x, float y, float z, int layer), (x, y, z, layer))
__WAVEFOLD_RESIDENT(tex2DLod, (float x, float y, float level), (x, y, level))
__WAVEFOLD_RESIDENT(tex3DLod, (float x, float y, float z, float level), (x, y, z, level))
__WAVEFOLD_RESIDENT(tex2DLayeredLod, (float x, float y, int layer, float level), (x, y, layer, level))
__WAVEFOLD_RESIDENT(tex2DGrad, (float x, float y, float2 dPdx, float2 dPdy), (x, y, dPdx, dPdy))
__WAVEFOLD_RESIDENT(tex3DGrad, (float x, float y, float z, float4 dPdx, float4 dPdy), (x, y, z, dPdx, dPdy))
#undef __WAVEFOLD_RESIDENT
#undef __WAVEFOLD_READ_AS
#undef __WAVEFOLD_READ
