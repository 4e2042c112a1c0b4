// Libdevice functions that are one instruction of PTX, or a few, defined here so that clang can optimise them.
// The others stay calls of `__nv_` functions, which the compiler maps to AMD's library. The meanings are those of the CUDA
// programming guide; where flushing of denormals matters, the variant follows -ftz. Not for programs.
#pragma once

// Never emitted out of line: a copy in the PTX would hide the compiler's own.
#define __WAVEFOLD_INLINE extern "C" __device__ inline __attribute__((gnu_inline, always_inline, const, noconvergent))
#define __WAVEFOLD_FTZ __nvvm_reflect("__CUDA_FTZ")

// clang-format off

// Integers.
__WAVEFOLD_INLINE int __nv_abs(int a) { return a < 0 ? (int)(0u - (unsigned int)a) : a; }
__WAVEFOLD_INLINE long long __nv_llabs(long long a) { return a < 0 ? (long long)(0ull - (unsigned long long)a) : a; }
__WAVEFOLD_INLINE int __nv_min(int a, int b) { return b < a ? b : a; }
__WAVEFOLD_INLINE long long __nv_llmin(long long a, long long b) { return b < a ? b : a; }
__WAVEFOLD_INLINE unsigned int __nv_umin(unsigned int a, unsigned int b) { return b < a ? b : a; }
__WAVEFOLD_INLINE unsigned long long __nv_ullmin(unsigned long long a, unsigned long long b) { return b < a ? b : a; }
__WAVEFOLD_INLINE int __nv_max(int a, int b) { return a < b ? b : a; }
__WAVEFOLD_INLINE long long __nv_llmax(long long a, long long b) { return a < b ? b : a; }
__WAVEFOLD_INLINE unsigned int __nv_umax(unsigned int a, unsigned int b) { return a < b ? b : a; }
__WAVEFOLD_INLINE unsigned long long __nv_ullmax(unsigned long long a, unsigned long long b) { return a < b ? b : a; }
__WAVEFOLD_INLINE int __nv_popc(unsigned int a) { return __builtin_popcount((unsigned int)a); }
__WAVEFOLD_INLINE int __nv_popcll(unsigned long long a) { return __builtin_popcountll((unsigned long long)a); }
__WAVEFOLD_INLINE int __nv_clz(int a) { return __builtin_clzg((unsigned int)a, 32); }
__WAVEFOLD_INLINE int __nv_clzll(long long a) { return __builtin_clzg((unsigned long long)a, 64); }
__WAVEFOLD_INLINE int __nv_ffs(int a) { return __builtin_ffs(a); }
__WAVEFOLD_INLINE int __nv_ffsll(long long a) { return __builtin_ffsll(a); }
__WAVEFOLD_INLINE int __nv_brev(int a) { return (int)__builtin_bitreverse32((unsigned int)a); }
__WAVEFOLD_INLINE long long __nv_brevll(long long a) { return (long long)__builtin_bitreverse64((unsigned long long)a); }
__WAVEFOLD_INLINE int __nv_mulhi(int a, int b) { return __nvvm_mulhi_i(a, b); }
__WAVEFOLD_INLINE unsigned int __nv_umulhi(unsigned int a, unsigned int b) { return __nvvm_mulhi_ui(a, b); }
__WAVEFOLD_INLINE long long __nv_mul64hi(long long a, long long b) { return __nvvm_mulhi_ll(a, b); }
__WAVEFOLD_INLINE unsigned long long __nv_umul64hi(unsigned long long a, unsigned long long b) { return __nvvm_mulhi_ull(a, b); }
__WAVEFOLD_INLINE int __nv_mul24(int a, int b) { return __nvvm_mul24_i(a, b); }
__WAVEFOLD_INLINE unsigned int __nv_umul24(unsigned int a, unsigned int b) { return __nvvm_mul24_ui(a, b); }
__WAVEFOLD_INLINE int __nv_byte_perm(int a, int b, int c) { return __nvvm_prmt(a, b, c); }

// The same bits as another type.
__WAVEFOLD_INLINE int __nv_float_as_int(float a) { return __builtin_bit_cast(int, a); }
__WAVEFOLD_INLINE unsigned int __nv_float_as_uint(float a) { return __builtin_bit_cast(unsigned int, a); }
__WAVEFOLD_INLINE float __nv_int_as_float(int a) { return __builtin_bit_cast(float, a); }
__WAVEFOLD_INLINE float __nv_uint_as_float(unsigned int a) { return __builtin_bit_cast(float, a); }
__WAVEFOLD_INLINE unsigned long long __nv_double_as_longlong(double a) { return __builtin_bit_cast(long long, a); }
__WAVEFOLD_INLINE double __nv_longlong_as_double(long long a) { return __builtin_bit_cast(double, a); }
__WAVEFOLD_INLINE int __nv_double2hiint(double a) { return (int)(__builtin_bit_cast(unsigned long long, a) >> 32); }
__WAVEFOLD_INLINE int __nv_double2loint(double a) { return (int)__builtin_bit_cast(unsigned long long, a); }
__WAVEFOLD_INLINE double __nv_hiloint2double(int a, int b) { return __builtin_bit_cast(double, (unsigned long long)(unsigned int)a << 32 | (unsigned int)b); }

// Signs and classes, by the bits: fast maths must not fold them away.
__WAVEFOLD_INLINE int __nv_isnanf(float a) { return (__builtin_bit_cast(unsigned int, a) & 0x7fffffffu) > 0x7f800000u; }
__WAVEFOLD_INLINE int __nv_isinff(float a) { return (__builtin_bit_cast(unsigned int, a) & 0x7fffffffu) == 0x7f800000u; }
__WAVEFOLD_INLINE int __nv_finitef(float a) { return (__builtin_bit_cast(unsigned int, a) & 0x7fffffffu) < 0x7f800000u; }
__WAVEFOLD_INLINE int __nv_signbitf(float a) { return (int)(__builtin_bit_cast(unsigned int, a) >> 31); }
__WAVEFOLD_INLINE int __nv_isnand(double a) { return (__builtin_bit_cast(unsigned long long, a) & 0x7fffffffffffffffull) > 0x7ff0000000000000ull; }
__WAVEFOLD_INLINE int __nv_isinfd(double a) { return (__builtin_bit_cast(unsigned long long, a) & 0x7fffffffffffffffull) == 0x7ff0000000000000ull; }
__WAVEFOLD_INLINE int __nv_isfinited(double a) { return (__builtin_bit_cast(unsigned long long, a) & 0x7fffffffffffffffull) < 0x7ff0000000000000ull; }
__WAVEFOLD_INLINE int __nv_signbitd(double a) { return (int)(__builtin_bit_cast(unsigned long long, a) >> 63); }

// Exact functions.
__WAVEFOLD_INLINE float __nv_fmaf(float a, float b, float c) { return __builtin_elementwise_fma(a, b, c); }
__WAVEFOLD_INLINE double __nv_fma(double a, double b, double c) { return __builtin_elementwise_fma(a, b, c); }
__WAVEFOLD_INLINE float __nv_fabsf(float a) { return __builtin_fabsf(a); }
__WAVEFOLD_INLINE double __nv_fabs(double a) { return __builtin_fabs(a); }
__WAVEFOLD_INLINE float __nv_copysignf(float a, float b) { return __builtin_copysignf(a, b); }
__WAVEFOLD_INLINE double __nv_copysign(double a, double b) { return __builtin_copysign(a, b); }
__WAVEFOLD_INLINE float __nv_floorf(float a) { return __builtin_floorf(a); }
__WAVEFOLD_INLINE double __nv_floor(double a) { return __builtin_floor(a); }
__WAVEFOLD_INLINE float __nv_ceilf(float a) { return __builtin_ceilf(a); }
__WAVEFOLD_INLINE double __nv_ceil(double a) { return __builtin_ceil(a); }
__WAVEFOLD_INLINE float __nv_truncf(float a) { return __builtin_truncf(a); }
__WAVEFOLD_INLINE double __nv_trunc(double a) { return __builtin_trunc(a); }
__WAVEFOLD_INLINE float __nv_rintf(float a) { return __builtin_rintf(a); }
__WAVEFOLD_INLINE double __nv_rint(double a) { return __builtin_rint(a); }
__WAVEFOLD_INLINE float __nv_nearbyintf(float a) { return __builtin_nearbyintf(a); }
__WAVEFOLD_INLINE double __nv_nearbyint(double a) { return __builtin_nearbyint(a); }
__WAVEFOLD_INLINE float __nv_fminf(float a, float b) { return __builtin_fminf(a, b); }
__WAVEFOLD_INLINE double __nv_fmin(double a, double b) { return __builtin_fmin(a, b); }
__WAVEFOLD_INLINE float __nv_fmaxf(float a, float b) { return __builtin_fmaxf(a, b); }
__WAVEFOLD_INLINE double __nv_fmax(double a, double b) { return __builtin_fmax(a, b); }
__WAVEFOLD_INLINE float __nv_sqrtf(float a) { return __builtin_elementwise_sqrt(a); }
__WAVEFOLD_INLINE double __nv_sqrt(double a) { return __nvvm_sqrt_rn_d(a); }
__WAVEFOLD_INLINE float __nv_saturatef(float a) { return __WAVEFOLD_FTZ ? __nvvm_saturate_ftz_f(a) : __nvvm_saturate_f(a); }

// Arithmetic with a stated rounding, which is never contracted.
__WAVEFOLD_INLINE float __nv_fadd_rn(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rn_ftz_f(a, b) : __nvvm_add_rn_f(a, b); }
__WAVEFOLD_INLINE float __nv_fsub_rn(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rn_ftz_f(a, -b) : __nvvm_add_rn_f(a, -b); }
__WAVEFOLD_INLINE float __nv_fmul_rn(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_mul_rn_ftz_f(a, b) : __nvvm_mul_rn_f(a, b); }
__WAVEFOLD_INLINE float __nv_fdiv_rn(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_div_rn_ftz_f(a, b) : __nvvm_div_rn_f(a, b); }
__WAVEFOLD_INLINE float __nv_fmaf_rn(float a, float b, float c) { return __WAVEFOLD_FTZ ? __nvvm_fma_rn_ftz_f(a, b, c) : __nvvm_fma_rn_f(a, b, c); }
__WAVEFOLD_INLINE float __nv_frcp_rn(float a) { return __WAVEFOLD_FTZ ? __nvvm_rcp_rn_ftz_f(a) : __nvvm_rcp_rn_f(a); }
__WAVEFOLD_INLINE float __nv_fsqrt_rn(float a) { return __WAVEFOLD_FTZ ? __nvvm_sqrt_rn_ftz_f(a) : __nvvm_sqrt_rn_f(a); }
__WAVEFOLD_INLINE float __nv_fmaf_ieee_rn(float a, float b, float c) { return __nvvm_fma_rn_f(a, b, c); }
__WAVEFOLD_INLINE double __nv_dadd_rn(double a, double b) { return __nvvm_add_rn_d(a, b); }
__WAVEFOLD_INLINE double __nv_dsub_rn(double a, double b) { return __nvvm_add_rn_d(a, -b); }
__WAVEFOLD_INLINE double __nv_dmul_rn(double a, double b) { return __nvvm_mul_rn_d(a, b); }
__WAVEFOLD_INLINE double __nv_ddiv_rn(double a, double b) { return __nvvm_div_rn_d(a, b); }
__WAVEFOLD_INLINE double __nv_fma_rn(double a, double b, double c) { return __nvvm_fma_rn_d(a, b, c); }
__WAVEFOLD_INLINE double __nv_drcp_rn(double a) { return __nvvm_rcp_rn_d(a); }
__WAVEFOLD_INLINE double __nv_dsqrt_rn(double a) { return __nvvm_sqrt_rn_d(a); }
__WAVEFOLD_INLINE float __nv_fadd_rz(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rz_ftz_f(a, b) : __nvvm_add_rz_f(a, b); }
__WAVEFOLD_INLINE float __nv_fsub_rz(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rz_ftz_f(a, -b) : __nvvm_add_rz_f(a, -b); }
__WAVEFOLD_INLINE float __nv_fmul_rz(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_mul_rz_ftz_f(a, b) : __nvvm_mul_rz_f(a, b); }
__WAVEFOLD_INLINE float __nv_fdiv_rz(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_div_rz_ftz_f(a, b) : __nvvm_div_rz_f(a, b); }
__WAVEFOLD_INLINE float __nv_fmaf_rz(float a, float b, float c) { return __WAVEFOLD_FTZ ? __nvvm_fma_rz_ftz_f(a, b, c) : __nvvm_fma_rz_f(a, b, c); }
__WAVEFOLD_INLINE float __nv_frcp_rz(float a) { return __WAVEFOLD_FTZ ? __nvvm_rcp_rz_ftz_f(a) : __nvvm_rcp_rz_f(a); }
__WAVEFOLD_INLINE float __nv_fsqrt_rz(float a) { return __WAVEFOLD_FTZ ? __nvvm_sqrt_rz_ftz_f(a) : __nvvm_sqrt_rz_f(a); }
__WAVEFOLD_INLINE float __nv_fmaf_ieee_rz(float a, float b, float c) { return __nvvm_fma_rz_f(a, b, c); }
__WAVEFOLD_INLINE double __nv_dadd_rz(double a, double b) { return __nvvm_add_rz_d(a, b); }
__WAVEFOLD_INLINE double __nv_dsub_rz(double a, double b) { return __nvvm_add_rz_d(a, -b); }
__WAVEFOLD_INLINE double __nv_dmul_rz(double a, double b) { return __nvvm_mul_rz_d(a, b); }
__WAVEFOLD_INLINE double __nv_ddiv_rz(double a, double b) { return __nvvm_div_rz_d(a, b); }
__WAVEFOLD_INLINE double __nv_fma_rz(double a, double b, double c) { return __nvvm_fma_rz_d(a, b, c); }
__WAVEFOLD_INLINE double __nv_drcp_rz(double a) { return __nvvm_rcp_rz_d(a); }
__WAVEFOLD_INLINE double __nv_dsqrt_rz(double a) { return __nvvm_sqrt_rz_d(a); }
__WAVEFOLD_INLINE float __nv_fadd_ru(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rp_ftz_f(a, b) : __nvvm_add_rp_f(a, b); }
__WAVEFOLD_INLINE float __nv_fsub_ru(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rp_ftz_f(a, -b) : __nvvm_add_rp_f(a, -b); }
__WAVEFOLD_INLINE float __nv_fmul_ru(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_mul_rp_ftz_f(a, b) : __nvvm_mul_rp_f(a, b); }
__WAVEFOLD_INLINE float __nv_fdiv_ru(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_div_rp_ftz_f(a, b) : __nvvm_div_rp_f(a, b); }
__WAVEFOLD_INLINE float __nv_fmaf_ru(float a, float b, float c) { return __WAVEFOLD_FTZ ? __nvvm_fma_rp_ftz_f(a, b, c) : __nvvm_fma_rp_f(a, b, c); }
__WAVEFOLD_INLINE float __nv_frcp_ru(float a) { return __WAVEFOLD_FTZ ? __nvvm_rcp_rp_ftz_f(a) : __nvvm_rcp_rp_f(a); }
__WAVEFOLD_INLINE float __nv_fsqrt_ru(float a) { return __WAVEFOLD_FTZ ? __nvvm_sqrt_rp_ftz_f(a) : __nvvm_sqrt_rp_f(a); }
__WAVEFOLD_INLINE float __nv_fmaf_ieee_ru(float a, float b, float c) { return __nvvm_fma_rp_f(a, b, c); }
__WAVEFOLD_INLINE double __nv_dadd_ru(double a, double b) { return __nvvm_add_rp_d(a, b); }
__WAVEFOLD_INLINE double __nv_dsub_ru(double a, double b) { return __nvvm_add_rp_d(a, -b); }
__WAVEFOLD_INLINE double __nv_dmul_ru(double a, double b) { return __nvvm_mul_rp_d(a, b); }
__WAVEFOLD_INLINE double __nv_ddiv_ru(double a, double b) { return __nvvm_div_rp_d(a, b); }
__WAVEFOLD_INLINE double __nv_fma_ru(double a, double b, double c) { return __nvvm_fma_rp_d(a, b, c); }
__WAVEFOLD_INLINE double __nv_drcp_ru(double a) { return __nvvm_rcp_rp_d(a); }
__WAVEFOLD_INLINE double __nv_dsqrt_ru(double a) { return __nvvm_sqrt_rp_d(a); }
__WAVEFOLD_INLINE float __nv_fadd_rd(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rm_ftz_f(a, b) : __nvvm_add_rm_f(a, b); }
__WAVEFOLD_INLINE float __nv_fsub_rd(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_add_rm_ftz_f(a, -b) : __nvvm_add_rm_f(a, -b); }
__WAVEFOLD_INLINE float __nv_fmul_rd(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_mul_rm_ftz_f(a, b) : __nvvm_mul_rm_f(a, b); }
__WAVEFOLD_INLINE float __nv_fdiv_rd(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_div_rm_ftz_f(a, b) : __nvvm_div_rm_f(a, b); }
__WAVEFOLD_INLINE float __nv_fmaf_rd(float a, float b, float c) { return __WAVEFOLD_FTZ ? __nvvm_fma_rm_ftz_f(a, b, c) : __nvvm_fma_rm_f(a, b, c); }
__WAVEFOLD_INLINE float __nv_frcp_rd(float a) { return __WAVEFOLD_FTZ ? __nvvm_rcp_rm_ftz_f(a) : __nvvm_rcp_rm_f(a); }
__WAVEFOLD_INLINE float __nv_fsqrt_rd(float a) { return __WAVEFOLD_FTZ ? __nvvm_sqrt_rm_ftz_f(a) : __nvvm_sqrt_rm_f(a); }
__WAVEFOLD_INLINE float __nv_fmaf_ieee_rd(float a, float b, float c) { return __nvvm_fma_rm_f(a, b, c); }
__WAVEFOLD_INLINE double __nv_dadd_rd(double a, double b) { return __nvvm_add_rm_d(a, b); }
__WAVEFOLD_INLINE double __nv_dsub_rd(double a, double b) { return __nvvm_add_rm_d(a, -b); }
__WAVEFOLD_INLINE double __nv_dmul_rd(double a, double b) { return __nvvm_mul_rm_d(a, b); }
__WAVEFOLD_INLINE double __nv_ddiv_rd(double a, double b) { return __nvvm_div_rm_d(a, b); }
__WAVEFOLD_INLINE double __nv_fma_rd(double a, double b, double c) { return __nvvm_fma_rm_d(a, b, c); }
__WAVEFOLD_INLINE double __nv_drcp_rd(double a) { return __nvvm_rcp_rm_d(a); }
__WAVEFOLD_INLINE double __nv_dsqrt_rd(double a) { return __nvvm_sqrt_rm_d(a); }

// Conversions.
__WAVEFOLD_INLINE int __nv_float2int_rn(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2i_rn_ftz(a) : __nvvm_f2i_rn(a); }
__WAVEFOLD_INLINE int __nv_double2int_rn(double a) { return __nvvm_d2i_rn(a); }
__WAVEFOLD_INLINE float __nv_int2float_rn(int a) { return __nvvm_i2f_rn(a); }
__WAVEFOLD_INLINE unsigned int __nv_float2uint_rn(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ui_rn_ftz(a) : __nvvm_f2ui_rn(a); }
__WAVEFOLD_INLINE unsigned int __nv_double2uint_rn(double a) { return __nvvm_d2ui_rn(a); }
__WAVEFOLD_INLINE float __nv_uint2float_rn(unsigned int a) { return __nvvm_ui2f_rn(a); }
__WAVEFOLD_INLINE long long __nv_float2ll_rn(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ll_rn_ftz(a) : __nvvm_f2ll_rn(a); }
__WAVEFOLD_INLINE long long __nv_double2ll_rn(double a) { return __nvvm_d2ll_rn(a); }
__WAVEFOLD_INLINE float __nv_ll2float_rn(long long a) { return __nvvm_ll2f_rn(a); }
__WAVEFOLD_INLINE double __nv_ll2double_rn(long long a) { return __nvvm_ll2d_rn(a); }
__WAVEFOLD_INLINE unsigned long long __nv_float2ull_rn(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ull_rn_ftz(a) : __nvvm_f2ull_rn(a); }
__WAVEFOLD_INLINE unsigned long long __nv_double2ull_rn(double a) { return __nvvm_d2ull_rn(a); }
__WAVEFOLD_INLINE float __nv_ull2float_rn(unsigned long long a) { return __nvvm_ull2f_rn(a); }
__WAVEFOLD_INLINE double __nv_ull2double_rn(unsigned long long a) { return __nvvm_ull2d_rn(a); }
__WAVEFOLD_INLINE float __nv_double2float_rn(double a) { return __WAVEFOLD_FTZ ? __nvvm_d2f_rn_ftz(a) : __nvvm_d2f_rn(a); }
__WAVEFOLD_INLINE int __nv_float2int_rz(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2i_rz_ftz(a) : __nvvm_f2i_rz(a); }
__WAVEFOLD_INLINE int __nv_double2int_rz(double a) { return __nvvm_d2i_rz(a); }
__WAVEFOLD_INLINE float __nv_int2float_rz(int a) { return __nvvm_i2f_rz(a); }
__WAVEFOLD_INLINE unsigned int __nv_float2uint_rz(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ui_rz_ftz(a) : __nvvm_f2ui_rz(a); }
__WAVEFOLD_INLINE unsigned int __nv_double2uint_rz(double a) { return __nvvm_d2ui_rz(a); }
__WAVEFOLD_INLINE float __nv_uint2float_rz(unsigned int a) { return __nvvm_ui2f_rz(a); }
__WAVEFOLD_INLINE long long __nv_float2ll_rz(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ll_rz_ftz(a) : __nvvm_f2ll_rz(a); }
__WAVEFOLD_INLINE long long __nv_double2ll_rz(double a) { return __nvvm_d2ll_rz(a); }
__WAVEFOLD_INLINE float __nv_ll2float_rz(long long a) { return __nvvm_ll2f_rz(a); }
__WAVEFOLD_INLINE double __nv_ll2double_rz(long long a) { return __nvvm_ll2d_rz(a); }
__WAVEFOLD_INLINE unsigned long long __nv_float2ull_rz(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ull_rz_ftz(a) : __nvvm_f2ull_rz(a); }
__WAVEFOLD_INLINE unsigned long long __nv_double2ull_rz(double a) { return __nvvm_d2ull_rz(a); }
__WAVEFOLD_INLINE float __nv_ull2float_rz(unsigned long long a) { return __nvvm_ull2f_rz(a); }
__WAVEFOLD_INLINE double __nv_ull2double_rz(unsigned long long a) { return __nvvm_ull2d_rz(a); }
__WAVEFOLD_INLINE float __nv_double2float_rz(double a) { return __WAVEFOLD_FTZ ? __nvvm_d2f_rz_ftz(a) : __nvvm_d2f_rz(a); }
__WAVEFOLD_INLINE int __nv_float2int_ru(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2i_rp_ftz(a) : __nvvm_f2i_rp(a); }
__WAVEFOLD_INLINE int __nv_double2int_ru(double a) { return __nvvm_d2i_rp(a); }
__WAVEFOLD_INLINE float __nv_int2float_ru(int a) { return __nvvm_i2f_rp(a); }
__WAVEFOLD_INLINE unsigned int __nv_float2uint_ru(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ui_rp_ftz(a) : __nvvm_f2ui_rp(a); }
__WAVEFOLD_INLINE unsigned int __nv_double2uint_ru(double a) { return __nvvm_d2ui_rp(a); }
__WAVEFOLD_INLINE float __nv_uint2float_ru(unsigned int a) { return __nvvm_ui2f_rp(a); }
__WAVEFOLD_INLINE long long __nv_float2ll_ru(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ll_rp_ftz(a) : __nvvm_f2ll_rp(a); }
__WAVEFOLD_INLINE long long __nv_double2ll_ru(double a) { return __nvvm_d2ll_rp(a); }
__WAVEFOLD_INLINE float __nv_ll2float_ru(long long a) { return __nvvm_ll2f_rp(a); }
__WAVEFOLD_INLINE double __nv_ll2double_ru(long long a) { return __nvvm_ll2d_rp(a); }
__WAVEFOLD_INLINE unsigned long long __nv_float2ull_ru(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ull_rp_ftz(a) : __nvvm_f2ull_rp(a); }
__WAVEFOLD_INLINE unsigned long long __nv_double2ull_ru(double a) { return __nvvm_d2ull_rp(a); }
__WAVEFOLD_INLINE float __nv_ull2float_ru(unsigned long long a) { return __nvvm_ull2f_rp(a); }
__WAVEFOLD_INLINE double __nv_ull2double_ru(unsigned long long a) { return __nvvm_ull2d_rp(a); }
__WAVEFOLD_INLINE float __nv_double2float_ru(double a) { return __WAVEFOLD_FTZ ? __nvvm_d2f_rp_ftz(a) : __nvvm_d2f_rp(a); }
__WAVEFOLD_INLINE int __nv_float2int_rd(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2i_rm_ftz(a) : __nvvm_f2i_rm(a); }
__WAVEFOLD_INLINE int __nv_double2int_rd(double a) { return __nvvm_d2i_rm(a); }
__WAVEFOLD_INLINE float __nv_int2float_rd(int a) { return __nvvm_i2f_rm(a); }
__WAVEFOLD_INLINE unsigned int __nv_float2uint_rd(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ui_rm_ftz(a) : __nvvm_f2ui_rm(a); }
__WAVEFOLD_INLINE unsigned int __nv_double2uint_rd(double a) { return __nvvm_d2ui_rm(a); }
__WAVEFOLD_INLINE float __nv_uint2float_rd(unsigned int a) { return __nvvm_ui2f_rm(a); }
__WAVEFOLD_INLINE long long __nv_float2ll_rd(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ll_rm_ftz(a) : __nvvm_f2ll_rm(a); }
__WAVEFOLD_INLINE long long __nv_double2ll_rd(double a) { return __nvvm_d2ll_rm(a); }
__WAVEFOLD_INLINE float __nv_ll2float_rd(long long a) { return __nvvm_ll2f_rm(a); }
__WAVEFOLD_INLINE double __nv_ll2double_rd(long long a) { return __nvvm_ll2d_rm(a); }
__WAVEFOLD_INLINE unsigned long long __nv_float2ull_rd(float a) { return __WAVEFOLD_FTZ ? __nvvm_f2ull_rm_ftz(a) : __nvvm_f2ull_rm(a); }
__WAVEFOLD_INLINE unsigned long long __nv_double2ull_rd(double a) { return __nvvm_d2ull_rm(a); }
__WAVEFOLD_INLINE float __nv_ull2float_rd(unsigned long long a) { return __nvvm_ull2f_rm(a); }
__WAVEFOLD_INLINE double __nv_ull2double_rd(unsigned long long a) { return __nvvm_ull2d_rm(a); }
__WAVEFOLD_INLINE float __nv_double2float_rd(double a) { return __WAVEFOLD_FTZ ? __nvvm_d2f_rm_ftz(a) : __nvvm_d2f_rm(a); }
__WAVEFOLD_INLINE double __nv_int2double_rn(int a) { return __nvvm_i2d_rn(a); }
__WAVEFOLD_INLINE double __nv_uint2double_rn(unsigned int a) { return __nvvm_ui2d_rn(a); }

// Approximations of the hardware.
__WAVEFOLD_INLINE float __nv_rsqrtf(float a) { return __WAVEFOLD_FTZ ? __nvvm_rsqrt_approx_ftz_f(a) : __nvvm_rsqrt_approx_f(a); }
__WAVEFOLD_INLINE float __nv_fast_fdividef(float a, float b) { return __WAVEFOLD_FTZ ? __nvvm_div_approx_ftz_f(a, b) : __nvvm_div_approx_f(a, b); }
__WAVEFOLD_INLINE float __nv_fast_expf(float a) { return (__WAVEFOLD_FTZ ? __nvvm_ex2_approx_ftz_f(a * 1.44269504f) : __nvvm_ex2_approx_f(a * 1.44269504f)); }
__WAVEFOLD_INLINE float __nv_fast_exp10f(float a) { return (__WAVEFOLD_FTZ ? __nvvm_ex2_approx_ftz_f(a * 3.32192809f) : __nvvm_ex2_approx_f(a * 3.32192809f)); }
__WAVEFOLD_INLINE float __nv_fast_log2f(float a) { return (__WAVEFOLD_FTZ ? __nvvm_lg2_approx_ftz_f(a) : __nvvm_lg2_approx_f(a)); }
__WAVEFOLD_INLINE float __nv_fast_logf(float a) { return (__WAVEFOLD_FTZ ? __nvvm_lg2_approx_ftz_f(a) : __nvvm_lg2_approx_f(a)) * 0.693147181f; }
__WAVEFOLD_INLINE float __nv_fast_log10f(float a) { return (__WAVEFOLD_FTZ ? __nvvm_lg2_approx_ftz_f(a) : __nvvm_lg2_approx_f(a)) * 0.301029996f; }
__WAVEFOLD_INLINE float __nv_fast_sinf(float a) { return __WAVEFOLD_FTZ ? __nvvm_sin_approx_ftz_f(a) : __nvvm_sin_approx_f(a); }
__WAVEFOLD_INLINE float __nv_fast_cosf(float a) { return __WAVEFOLD_FTZ ? __nvvm_cos_approx_ftz_f(a) : __nvvm_cos_approx_f(a); }
__WAVEFOLD_INLINE float __nv_fast_powf(float a, float b) { return (__WAVEFOLD_FTZ ? __nvvm_ex2_approx_ftz_f(b * (__WAVEFOLD_FTZ ? __nvvm_lg2_approx_ftz_f(a) : __nvvm_lg2_approx_f(a))) : __nvvm_ex2_approx_f(b * (__WAVEFOLD_FTZ ? __nvvm_lg2_approx_ftz_f(a) : __nvvm_lg2_approx_f(a)))); }
__WAVEFOLD_INLINE float __nv_fast_tanf(float a) { return __nv_fast_fdividef(__nv_fast_sinf(a), __nv_fast_cosf(a)); }

// With -use_fast_math the ordinary functions are the approximations; clang's headers do so for some of them only.
#if defined(__CLANG_GPU_APPROX_TRANSCENDENTALS__)
__WAVEFOLD_INLINE float __nv_sinf(float a) { return __nv_fast_sinf(a); }
__WAVEFOLD_INLINE float __nv_cosf(float a) { return __nv_fast_cosf(a); }
__WAVEFOLD_INLINE float __nv_tanf(float a) { return __nv_fast_tanf(a); }
__WAVEFOLD_INLINE float __nv_logf(float a) { return __nv_fast_logf(a); }
__WAVEFOLD_INLINE float __nv_log2f(float a) { return __nv_fast_log2f(a); }
__WAVEFOLD_INLINE float __nv_log10f(float a) { return __nv_fast_log10f(a); }
__WAVEFOLD_INLINE float __nv_expf(float a) { return __nv_fast_expf(a); }
__WAVEFOLD_INLINE float __nv_exp10f(float a) { return __nv_fast_exp10f(a); }
__WAVEFOLD_INLINE float __nv_powf(float a, float b) { return __nv_fast_powf(a, b); }
#endif

extern "C" __device__ inline __attribute__((gnu_inline, always_inline)) void __nv_fast_sincosf(float a, float *s, float *c) { *s = __nv_fast_sinf(a); *c = __nv_fast_cosf(a); }
// clang-format on

#undef __WAVEFOLD_FTZ
#undef __WAVEFOLD_INLINE
