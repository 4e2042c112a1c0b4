// Maths that CUDA offers by overloading, or on the host too, beyond <cmath> and clang's headers.
// Device versions end in libdevice calls, which the compiler maps; host versions are plain C++.
#pragma once

#define __WAVEFOLD_DEVICE static __device__ __forceinline__
#define __WAVEFOLD_HOST static inline __host__
#define __WAVEFOLD_BOTH static __host__ __device__ __forceinline__

// min and max of mixed arguments follow C++'s usual conversions; clang has (int, int) for the device.
#define __WAVEFOLD_MIN_MAX(qualifier, result, left, right)                                                            \
    qualifier result min(const left a, const right b) { return (result)b < (result)a ? (result)b : (result)a; }       \
    qualifier result max(const left a, const right b) { return (result)a < (result)b ? (result)b : (result)a; }
__WAVEFOLD_MIN_MAX(__WAVEFOLD_HOST, int, int, int)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned int, unsigned int, unsigned int)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned int, int, unsigned int)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned int, unsigned int, int)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, long, long, long)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned long, unsigned long, unsigned long)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned long, long, unsigned long)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned long, unsigned long, long)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, long long, long long, long long)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned long long, unsigned long long, unsigned long long)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned long long, long long, unsigned long long)
__WAVEFOLD_MIN_MAX(__WAVEFOLD_BOTH, unsigned long long, unsigned long long, long long)
#undef __WAVEFOLD_MIN_MAX

// Those of floating point are fmin and fmax: a NaN loses.
__WAVEFOLD_BOTH float min(float a, float b) { return fminf(a, b); }
__WAVEFOLD_BOTH float max(float a, float b) { return fmaxf(a, b); }
__WAVEFOLD_BOTH double min(double a, double b) { return fmin(a, b); }
__WAVEFOLD_BOTH double max(double a, double b) { return fmax(a, b); }
__WAVEFOLD_BOTH double min(float a, double b) { return fmin((double)a, b); }
__WAVEFOLD_BOTH double max(float a, double b) { return fmax((double)a, b); }
__WAVEFOLD_BOTH double min(double a, float b) { return fmin(a, (double)b); }
__WAVEFOLD_BOTH double max(double a, float b) { return fmax(a, (double)b); }

__WAVEFOLD_HOST unsigned int umin(unsigned int a, unsigned int b) { return b < a ? b : a; }
__WAVEFOLD_HOST unsigned int umax(unsigned int a, unsigned int b) { return a < b ? b : a; }
__WAVEFOLD_HOST long long llmin(long long a, long long b) { return b < a ? b : a; }
__WAVEFOLD_HOST long long llmax(long long a, long long b) { return a < b ? b : a; }
__WAVEFOLD_HOST unsigned long long ullmin(unsigned long long a, unsigned long long b) { return b < a ? b : a; }
__WAVEFOLD_HOST unsigned long long ullmax(unsigned long long a, unsigned long long b) { return a < b ? b : a; }

__WAVEFOLD_HOST double rsqrt(double x) { return 1.0 / ::sqrt(x); }
__WAVEFOLD_HOST float rsqrtf(float x) { return (float)(1.0 / ::sqrt((double)x)); }
__WAVEFOLD_HOST double rcbrt(double x) { return 1.0 / ::cbrt(x); }
__WAVEFOLD_HOST float rcbrtf(float x) { return (float)(1.0 / ::cbrt((double)x)); }
__WAVEFOLD_HOST double normcdf(double x) { return 0.5 * ::erfc(-x * 0.70710678118654752440); }
__WAVEFOLD_HOST float normcdff(float x) { return (float)normcdf((double)x); }
__WAVEFOLD_HOST double rhypot(double x, double y) { return 1.0 / ::hypot(x, y); }
__WAVEFOLD_HOST float rhypotf(float x, float y) { return (float)(1.0 / ::hypot((double)x, (double)y)); }
__WAVEFOLD_HOST double norm3d(double x, double y, double z) { return ::hypot(::hypot(x, y), z); }
__WAVEFOLD_HOST float norm3df(float x, float y, float z) { return (float)norm3d((double)x, (double)y, (double)z); }

// sin and cos of pi*x: the argument is reduced before it is multiplied, so that whole and half numbers are exact.
__WAVEFOLD_HOST double sinpi(double x) {
    const double r = ::remainder(x, 2.0);
    if (r == 0.0 || r == 1.0 || r == -1.0)
        return ::copysign(0.0, x);
    const double a = ::fabs(r);
    const double s = a <= 0.25   ? ::sin(M_PI * a)
                     : a <= 0.75 ? ::cos(M_PI * (0.5 - a))
                                 : ::sin(M_PI * (1.0 - a));
    return ::copysign(s, r);
}
__WAVEFOLD_HOST double cospi(double x) {
    const double a = ::fabs(::remainder(x, 2.0));
    return a <= 0.25 ? ::cos(M_PI * a) : a <= 0.75 ? ::sin(M_PI * (0.5 - a)) : -::cos(M_PI * (1.0 - a));
}
__WAVEFOLD_HOST float sinpif(float x) { return (float)sinpi((double)x); }
__WAVEFOLD_HOST float cospif(float x) { return (float)cospi((double)x); }
__WAVEFOLD_HOST void sincospi(double x, double *s, double *c) { *s = sinpi(x), *c = cospi(x); }
__WAVEFOLD_HOST void sincospif(float x, float *s, float *c) { *s = sinpif(x), *c = cospif(x); }

// Overloads by argument type.
__WAVEFOLD_BOTH float rsqrt(float x) { return rsqrtf(x); }
__WAVEFOLD_BOTH float rcbrt(float x) { return rcbrtf(x); }
__WAVEFOLD_BOTH float sinpi(float x) { return sinpif(x); }
__WAVEFOLD_BOTH float cospi(float x) { return cospif(x); }
__WAVEFOLD_BOTH void sincospi(float x, float *s, float *c) { sincospif(x, s, c); }
__WAVEFOLD_BOTH float normcdf(float x) { return normcdff(x); }
__WAVEFOLD_BOTH float rhypot(float x, float y) { return rhypotf(x, y); }
__WAVEFOLD_DEVICE float normcdfinv(float x) { return normcdfinvf(x); }
__WAVEFOLD_DEVICE float erfinv(float x) { return erfinvf(x); }
__WAVEFOLD_DEVICE float erfcinv(float x) { return erfcinvf(x); }
__WAVEFOLD_DEVICE float erfcx(float x) { return erfcxf(x); }
__WAVEFOLD_DEVICE float cyl_bessel_i0(float x) { return cyl_bessel_i0f(x); }
__WAVEFOLD_DEVICE float cyl_bessel_i1(float x) { return cyl_bessel_i1f(x); }
__WAVEFOLD_BOTH void sincos(float x, float *s, float *c) { sincosf(x, s, c); }

// Overloads of <cmath> for float that clang declares for the device and leaves to NVIDIA's headers to define.
__WAVEFOLD_DEVICE float erf(float x) { return ::erff(x); }
__WAVEFOLD_DEVICE float cbrt(float x) { return ::cbrtf(x); }
__WAVEFOLD_DEVICE float erfc(float x) { return ::erfcf(x); }
__WAVEFOLD_DEVICE float exp2(float x) { return ::exp2f(x); }
__WAVEFOLD_DEVICE float log2(float x) { return ::log2f(x); }
__WAVEFOLD_DEVICE float logb(float x) { return ::logbf(x); }
__WAVEFOLD_DEVICE float rint(float x) { return ::rintf(x); }
__WAVEFOLD_DEVICE float acosh(float x) { return ::acoshf(x); }
__WAVEFOLD_DEVICE float asinh(float x) { return ::asinhf(x); }
__WAVEFOLD_DEVICE float atanh(float x) { return ::atanhf(x); }
__WAVEFOLD_DEVICE float expm1(float x) { return ::expm1f(x); }
__WAVEFOLD_DEVICE float log1p(float x) { return ::log1pf(x); }
__WAVEFOLD_DEVICE float round(float x) { return ::roundf(x); }
__WAVEFOLD_DEVICE float trunc(float x) { return ::truncf(x); }
__WAVEFOLD_DEVICE float lgamma(float x) { return ::lgammaf(x); }
__WAVEFOLD_DEVICE float tgamma(float x) { return ::tgammaf(x); }
__WAVEFOLD_DEVICE float nearbyint(float x) { return ::nearbyintf(x); }
__WAVEFOLD_DEVICE float fdim(float x, float y) { return ::fdimf(x, y); }
__WAVEFOLD_DEVICE float fmax(float x, float y) { return ::fmaxf(x, y); }
__WAVEFOLD_DEVICE float fmin(float x, float y) { return ::fminf(x, y); }
__WAVEFOLD_DEVICE float hypot(float x, float y) { return ::hypotf(x, y); }
__WAVEFOLD_DEVICE float copysign(float x, float y) { return ::copysignf(x, y); }
__WAVEFOLD_DEVICE float nextafter(float x, float y) { return ::nextafterf(x, y); }
__WAVEFOLD_DEVICE float remainder(float x, float y) { return ::remainderf(x, y); }
__WAVEFOLD_DEVICE float fma(float x, float y, float z) { return ::fmaf(x, y, z); }
__WAVEFOLD_DEVICE int ilogb(float x) { return ::ilogbf(x); }
__WAVEFOLD_DEVICE long lrint(float x) { return ::lrintf(x); }
__WAVEFOLD_DEVICE long lround(float x) { return ::lroundf(x); }
__WAVEFOLD_DEVICE long long llrint(float x) { return ::llrintf(x); }
__WAVEFOLD_DEVICE long long llround(float x) { return ::llroundf(x); }
__WAVEFOLD_DEVICE float remquo(float x, float y, int *quotient) { return ::remquof(x, y, quotient); }
__WAVEFOLD_DEVICE float scalbn(float x, int n) { return ::scalbnf(x, n); }
__WAVEFOLD_DEVICE float scalbln(float x, long n) { return ::scalblnf(x, n); }
// The tag of a NaN is not kept.
__WAVEFOLD_DEVICE double nan(const char *) { return __builtin_nan(""); }
__WAVEFOLD_DEVICE float nanf(const char *) { return __builtin_nanf(""); }

#undef __WAVEFOLD_BOTH
#undef __WAVEFOLD_HOST
#undef __WAVEFOLD_DEVICE
