// Complex numbers for CUDA's libraries: cuFloatComplex and cuDoubleComplex over float2 and double2.
// Usable from C and C++, from host and device code.
#pragma once

#include <math.h>

#include "vector_functions.h"

typedef float2 cuFloatComplex;
typedef double2 cuDoubleComplex;
typedef cuFloatComplex cuComplex;

// One set of functions for each precision: `real` is the element, `f` the suffix of the names.
#define __WAVEFOLD_COMPLEX(real, complex, make, crealN, cimagN, makeN, conjN, addN, subN, mulN, divN, absN, fmaN, scale, hypotN)  \
    static __host__ __device__ __inline__ real crealN(complex x) { return x.x; }                                      \
    static __host__ __device__ __inline__ real cimagN(complex x) { return x.y; }                                      \
    static __host__ __device__ __inline__ complex makeN(real r, real i) { return make(r, i); }                        \
    static __host__ __device__ __inline__ complex conjN(complex x) { return make(x.x, -x.y); }                        \
    static __host__ __device__ __inline__ complex addN(complex x, complex y) { return make(x.x + y.x, x.y + y.y); }   \
    static __host__ __device__ __inline__ complex subN(complex x, complex y) { return make(x.x - y.x, x.y - y.y); }   \
    static __host__ __device__ __inline__ complex mulN(complex x, complex y) {                                        \
        return make(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x);                                                    \
    }                                                                                                                 \
    static __host__ __device__ __inline__ complex divN(complex x, complex y) {                                        \
        /* Scaled by the divisor's size, so that its square neither overflows nor vanishes. */                        \
        const real s = (real)1 / (scale(y.x) + scale(y.y));                                                           \
        const real a = y.x * s, b = y.y * s, r = (real)1 / (a * a + b * b);                                           \
        return make((x.x * s * a + x.y * s * b) * r, (x.y * s * a - x.x * s * b) * r);                                \
    }                                                                                                                 \
    static __host__ __device__ __inline__ real absN(complex x) { return hypotN(x.x, x.y); }                            \
    static __host__ __device__ __inline__ complex fmaN(complex x, complex y, complex d) {                             \
        return make(x.x * y.x + d.x - x.y * y.y, x.x * y.y + d.y + x.y * y.x);                                        \
    }

__WAVEFOLD_COMPLEX(float, cuFloatComplex, make_float2, cuCrealf, cuCimagf, make_cuFloatComplex, cuConjf, cuCaddf,
                   cuCsubf, cuCmulf, cuCdivf, cuCabsf, cuCfmaf, fabsf, hypotf)
__WAVEFOLD_COMPLEX(double, cuDoubleComplex, make_double2, cuCreal, cuCimag, make_cuDoubleComplex, cuConj, cuCadd,
                   cuCsub, cuCmul, cuCdiv, cuCabs, cuCfma, fabs, hypot)
#undef __WAVEFOLD_COMPLEX

static __host__ __device__ __inline__ cuComplex make_cuComplex(float r, float i) { return make_float2(r, i); }
static __host__ __device__ __inline__ cuDoubleComplex cuComplexFloatToDouble(cuFloatComplex x) {
    return make_double2(x.x, x.y);
}
static __host__ __device__ __inline__ cuFloatComplex cuComplexDoubleToFloat(cuDoubleComplex x) {
    return make_float2((float)x.x, (float)x.y);
}
