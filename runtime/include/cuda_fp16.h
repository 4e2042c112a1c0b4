// Half precision: __half and __half2 with conversions, arithmetic, comparisons and the warp shuffles.
// C++11, host and device. On the device every operation is the hardware's, rounded to nearest even; the host converts
// to float, computes there and rounds once, which gives the same sums, products, quotients and roots.
#pragma once

#include <math.h>

#include "cuda_runtime.h"

#if defined(__cplusplus)

#define __CUDA_FP16_TYPES_EXIST__
#define __WAVEFOLD_HALF static __host__ __device__ __inline__

struct __half_raw {
    unsigned short x;
};
struct __half2_raw {
    unsigned short x, y;
};

// Conversions on bits, for hosts whose compiler has no half type.
__WAVEFOLD_HALF unsigned short __wavefold_float_to_half(float value) {
#if defined(__CUDA_ARCH__)
    return __builtin_bit_cast(unsigned short, (_Float16)value);
#else
    unsigned int bits;
    __builtin_memcpy(&bits, &value, 4);
    const unsigned int sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return (unsigned short)0x7fff;
    if (magnitude >= 0x477ff000u) // rounds to more than the largest half
        return (unsigned short)(sign | 0x7c00u);
    unsigned int kept, rest, half;
    if (magnitude >= 0x38800000u) { // normal: 13 bits of the fraction go
        kept = (magnitude - 0x38000000u) >> 13;
        rest = magnitude & 0x1fffu;
        half = 0x1000u;
    } else { // subnormal: in units of 2^-24
        const unsigned int shift = 126u - (magnitude >> 23);
        if (shift > 24u)
            return (unsigned short)sign;
        const unsigned int fraction = (magnitude & 0x7fffffu) | 0x800000u;
        kept = fraction >> shift;
        rest = fraction & ((1u << shift) - 1u);
        half = 1u << (shift - 1u);
    }
    kept += rest > half || (rest == half && (kept & 1u));
    return (unsigned short)(sign | kept);
#endif
}
__WAVEFOLD_HALF float __wavefold_half_to_float(unsigned short bits) {
#if defined(__CUDA_ARCH__)
    return (float)__builtin_bit_cast(_Float16, bits);
#else
    const unsigned int sign = (unsigned int)(bits & 0x8000u) << 16, exponent = bits >> 10 & 0x1fu, fraction = bits & 0x3ffu;
    float value;
    unsigned int word;
    if (exponent == 0) {
        value = (float)fraction * 0x1p-24f;
        __builtin_memcpy(&word, &value, 4);
        word |= sign;
    } else {
        word = sign | (exponent == 31u ? 0x7f800000u : (exponent + 112u) << 23) | fraction << 13;
    }
    __builtin_memcpy(&value, &word, 4);
    return value;
#endif
}

struct __align__(2) __half {
    unsigned short __x;

    __half() = default;
    __host__ __device__ __half(__half_raw raw) : __x(raw.x) {}
    __host__ __device__ __half(float value) : __x(__wavefold_float_to_half(value)) {}
    // Through float a double would be rounded twice, but for what the float holds exactly.
    __host__ __device__ __half(double value) : __x(__wavefold_double(value)) {}
    __host__ __device__ __half(int value) : __x(__wavefold_float_to_half((float)value)) {}
    __host__ __device__ __half(unsigned int value) : __x(__wavefold_float_to_half((float)value)) {}
    __host__ __device__ __half(short value) : __x(__wavefold_float_to_half((float)value)) {}
    __host__ __device__ __half(unsigned short value) : __x(__wavefold_float_to_half((float)value)) {}
    __host__ __device__ operator float() const { return __wavefold_half_to_float(__x); }
    __host__ __device__ operator __half_raw() const {
        __half_raw raw = {__x};
        return raw;
    }
    __host__ __device__ __half &operator=(float value) {
        __x = __wavefold_float_to_half(value);
        return *this;
    }

  private:
    // Rounds to odd on the way to float, so that the second rounding sees that something was cut.
    static __host__ __device__ unsigned short __wavefold_double(double value) {
        float narrow = (float)value;
        unsigned int bits;
        __builtin_memcpy(&bits, &narrow, 4);
        if ((double)narrow != value && value == value && (bits & 0x7fffffffu) < 0x7f800000u) {
            const bool past = (double)narrow > value ? value >= 0 : value < 0; // rounded away from zero
            bits = (past ? bits - 1u : bits) | 1u;
            __builtin_memcpy(&narrow, &bits, 4);
        }
        return __wavefold_float_to_half(narrow);
    }
};

struct __align__(4) __half2 {
    __half x, y;

    __half2() = default;
    __host__ __device__ __half2(__half a, __half b) : x(a), y(b) {}
};

#ifndef CUDA_NO_HALF
typedef __half half;
typedef __half2 half2;
typedef __half nv_half;
typedef __half2 nv_half2;
#endif

// Conversions.
__WAVEFOLD_HALF __half __float2half(float a) { return __half(a); }
__WAVEFOLD_HALF __half __float2half_rn(float a) { return __half(a); }
__WAVEFOLD_HALF __half __double2half(double a) { return __half(a); }
__WAVEFOLD_HALF __half __int2half_rn(int a) { return __half(a); }
__WAVEFOLD_HALF __half __uint2half_rn(unsigned int a) { return __half(a); }
__WAVEFOLD_HALF float __half2float(__half a) { return __wavefold_half_to_float(a.__x); }
__WAVEFOLD_HALF int __half2int_rz(__half a) { return (int)__half2float(a); }
__WAVEFOLD_HALF int __half2int_rn(__half a) { return (int)rintf(__half2float(a)); }
__WAVEFOLD_HALF unsigned int __half2uint_rz(__half a) { return (unsigned int)__half2float(a); }
__WAVEFOLD_HALF unsigned short __half_as_ushort(__half a) { return a.__x; }
__WAVEFOLD_HALF short __half_as_short(__half a) { return (short)a.__x; }
__WAVEFOLD_HALF __half __ushort_as_half(unsigned short bits) {
    __half_raw raw = {bits};
    return __half(raw);
}
__WAVEFOLD_HALF __half __short_as_half(short bits) { return __ushort_as_half((unsigned short)bits); }
__WAVEFOLD_HALF __half2 __halves2half2(__half a, __half b) { return __half2(a, b); }
__WAVEFOLD_HALF __half2 make_half2(__half a, __half b) { return __half2(a, b); }
__WAVEFOLD_HALF __half2 __half2half2(__half a) { return __half2(a, a); }
__WAVEFOLD_HALF __half2 __float2half2_rn(float a) { return __half2(__half(a), __half(a)); }
__WAVEFOLD_HALF __half2 __floats2half2_rn(float a, float b) { return __half2(__half(a), __half(b)); }
__WAVEFOLD_HALF __half2 __float22half2_rn(float2 a) { return __half2(__half(a.x), __half(a.y)); }
__WAVEFOLD_HALF float2 __half22float2(__half2 a) { return make_float2(__half2float(a.x), __half2float(a.y)); }
__WAVEFOLD_HALF __half __low2half(__half2 a) { return a.x; }
__WAVEFOLD_HALF __half __high2half(__half2 a) { return a.y; }
__WAVEFOLD_HALF float __low2float(__half2 a) { return __half2float(a.x); }
__WAVEFOLD_HALF float __high2float(__half2 a) { return __half2float(a.y); }
__WAVEFOLD_HALF __half2 __lowhigh2highlow(__half2 a) { return __half2(a.y, a.x); }

// Arithmetic. Float holds the exact sum, product and, to enough bits, quotient and root of halves.
#if defined(__CUDA_ARCH__)
#define __WAVEFOLD_HALF_RESULT(half_expression, float_expression)                                                     \
    const _Float16 p = __builtin_bit_cast(_Float16, a.__x), q = __builtin_bit_cast(_Float16, b.__x);                  \
    return __ushort_as_half(__builtin_bit_cast(unsigned short, (_Float16)(half_expression)))
#else
#define __WAVEFOLD_HALF_RESULT(half_expression, float_expression)                                                     \
    const float p = __half2float(a), q = __half2float(b);                                                             \
    return __half(float_expression)
#endif
__WAVEFOLD_HALF __half __hadd(__half a, __half b) { __WAVEFOLD_HALF_RESULT(p + q, p + q); }
__WAVEFOLD_HALF __half __hsub(__half a, __half b) { __WAVEFOLD_HALF_RESULT(p - q, p - q); }
__WAVEFOLD_HALF __half __hmul(__half a, __half b) { __WAVEFOLD_HALF_RESULT(p *q, p *q); }
#undef __WAVEFOLD_HALF_RESULT
__WAVEFOLD_HALF __half __hdiv(__half a, __half b) { return __half(__half2float(a) / __half2float(b)); }
__WAVEFOLD_HALF __half __hfma(__half a, __half b, __half c) {
#if defined(__CUDA_ARCH__)
    const _Float16 r = __builtin_elementwise_fma(__builtin_bit_cast(_Float16, a.__x), __builtin_bit_cast(_Float16, b.__x),
                                                 __builtin_bit_cast(_Float16, c.__x));
    return __ushort_as_half(__builtin_bit_cast(unsigned short, r));
#else
    // The product is exact in float, the sum in double.
    return __half((double)(__half2float(a) * __half2float(b)) + (double)__half2float(c));
#endif
}
__WAVEFOLD_HALF __half __hneg(__half a) { return __ushort_as_half((unsigned short)(a.__x ^ 0x8000u)); }
__WAVEFOLD_HALF __half __habs(__half a) { return __ushort_as_half((unsigned short)(a.__x & 0x7fffu)); }
__WAVEFOLD_HALF bool __hisnan(__half a) { return (a.__x & 0x7fffu) > 0x7c00u; }
__WAVEFOLD_HALF int __hisinf(__half a) { return (a.__x & 0x7fffu) != 0x7c00u ? 0 : (a.__x & 0x8000u) ? -1 : 1; }
__WAVEFOLD_HALF __half __hmin(__half a, __half b) { return __half(fminf(__half2float(a), __half2float(b))); }
__WAVEFOLD_HALF __half __hmax(__half a, __half b) { return __half(fmaxf(__half2float(a), __half2float(b))); }

// Functions: computed in float and rounded.
#define __WAVEFOLD_HALF_FUNCTION(name, function)                                                                      \
    __WAVEFOLD_HALF __half name(__half a) { return __half(function(__half2float(a))); }
__WAVEFOLD_HALF_FUNCTION(hsqrt, sqrtf)
__WAVEFOLD_HALF_FUNCTION(hexp, expf)
__WAVEFOLD_HALF_FUNCTION(hexp2, exp2f)
__WAVEFOLD_HALF_FUNCTION(hlog, logf)
__WAVEFOLD_HALF_FUNCTION(hlog2, log2f)
__WAVEFOLD_HALF_FUNCTION(hsin, sinf)
__WAVEFOLD_HALF_FUNCTION(hcos, cosf)
__WAVEFOLD_HALF_FUNCTION(hfloor, floorf)
__WAVEFOLD_HALF_FUNCTION(hceil, ceilf)
__WAVEFOLD_HALF_FUNCTION(htrunc, truncf)
__WAVEFOLD_HALF_FUNCTION(hrint, rintf)
#undef __WAVEFOLD_HALF_FUNCTION
__WAVEFOLD_HALF __half hrcp(__half a) { return __half(1.0f / __half2float(a)); }
__WAVEFOLD_HALF __half hrsqrt(__half a) { return __half(1.0f / sqrtf(__half2float(a))); }

// Comparisons and operators.
#define __WAVEFOLD_HALF_COMPARE(name, operator_)                                                                      \
    __WAVEFOLD_HALF bool name(__half a, __half b) { return __half2float(a) operator_ __half2float(b); }
__WAVEFOLD_HALF_COMPARE(__heq, ==)
__WAVEFOLD_HALF_COMPARE(__hne, !=)
__WAVEFOLD_HALF_COMPARE(__hlt, <)
__WAVEFOLD_HALF_COMPARE(__hle, <=)
__WAVEFOLD_HALF_COMPARE(__hgt, >)
__WAVEFOLD_HALF_COMPARE(__hge, >=)
__WAVEFOLD_HALF_COMPARE(operator==, ==)
__WAVEFOLD_HALF_COMPARE(operator!=, !=)
__WAVEFOLD_HALF_COMPARE(operator<, <)
__WAVEFOLD_HALF_COMPARE(operator<=, <=)
__WAVEFOLD_HALF_COMPARE(operator>, >)
__WAVEFOLD_HALF_COMPARE(operator>=, >=)
#undef __WAVEFOLD_HALF_COMPARE
__WAVEFOLD_HALF __half operator+(__half a, __half b) { return __hadd(a, b); }
__WAVEFOLD_HALF __half operator-(__half a, __half b) { return __hsub(a, b); }
__WAVEFOLD_HALF __half operator*(__half a, __half b) { return __hmul(a, b); }
__WAVEFOLD_HALF __half operator/(__half a, __half b) { return __hdiv(a, b); }
__WAVEFOLD_HALF __half operator-(__half a) { return __hneg(a); }
__WAVEFOLD_HALF __half &operator+=(__half &a, __half b) { return a = __hadd(a, b); }
__WAVEFOLD_HALF __half &operator-=(__half &a, __half b) { return a = __hsub(a, b); }
__WAVEFOLD_HALF __half &operator*=(__half &a, __half b) { return a = __hmul(a, b); }
__WAVEFOLD_HALF __half &operator/=(__half &a, __half b) { return a = __hdiv(a, b); }

// Pairs.
#define __WAVEFOLD_HALF2(name, single)                                                                                \
    __WAVEFOLD_HALF __half2 name(__half2 a, __half2 b) { return __half2(single(a.x, b.x), single(a.y, b.y)); }
__WAVEFOLD_HALF2(__hadd2, __hadd)
__WAVEFOLD_HALF2(__hsub2, __hsub)
__WAVEFOLD_HALF2(__hmul2, __hmul)
__WAVEFOLD_HALF2(__h2div, __hdiv)
__WAVEFOLD_HALF2(__hmin2, __hmin)
__WAVEFOLD_HALF2(__hmax2, __hmax)
__WAVEFOLD_HALF2(operator+, __hadd)
__WAVEFOLD_HALF2(operator-, __hsub)
__WAVEFOLD_HALF2(operator*, __hmul)
__WAVEFOLD_HALF2(operator/, __hdiv)
#undef __WAVEFOLD_HALF2
__WAVEFOLD_HALF __half2 __hfma2(__half2 a, __half2 b, __half2 c) {
    return __half2(__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y));
}
__WAVEFOLD_HALF __half2 __hneg2(__half2 a) { return __half2(__hneg(a.x), __hneg(a.y)); }
__WAVEFOLD_HALF __half2 __habs2(__half2 a) { return __half2(__habs(a.x), __habs(a.y)); }

#if defined(__CUDA__) && defined(__clang__)
// Shuffles and loads move bits.
#define __WAVEFOLD_HALF_SHUFFLE(name, type)                                                                           \
    static __device__ __inline__ __half name(unsigned int mask, __half value, type lane, int width = warpSize) {      \
        return __ushort_as_half((unsigned short)name(mask, (unsigned int)value.__x, lane, width));                    \
    }                                                                                                                 \
    static __device__ __inline__ __half2 name(unsigned int mask, __half2 value, type lane, int width = warpSize) {    \
        return __builtin_bit_cast(__half2, name(mask, __builtin_bit_cast(unsigned int, value), lane, width));         \
    }
__WAVEFOLD_HALF_SHUFFLE(__shfl_sync, int)
__WAVEFOLD_HALF_SHUFFLE(__shfl_up_sync, unsigned int)
__WAVEFOLD_HALF_SHUFFLE(__shfl_down_sync, unsigned int)
__WAVEFOLD_HALF_SHUFFLE(__shfl_xor_sync, int)
#undef __WAVEFOLD_HALF_SHUFFLE
static __device__ __inline__ __half __ldg(const __half *pointer) {
    return __ushort_as_half(__ldg((const unsigned short *)pointer));
}
static __device__ __inline__ __half2 __ldg(const __half2 *pointer) {
    return __builtin_bit_cast(__half2, __ldg((const unsigned int *)pointer));
}
#endif

#undef __WAVEFOLD_HALF
#endif
