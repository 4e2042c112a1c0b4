// What kernels see of CUDA C++: builtin variables, maths, atomics, warp intrinsics.
// Takes clang in CUDA mode, either pass, C++ only; nvcc makes it the first thing of every CUDA source through
// cuda_runtime.h. clang's own headers define most device functions; this file puts them in the one order that works
// (declarations before <cmath>, libdevice before the wrappers) and adds what they lack.
#pragma once

#if !defined(__CUDA__) || !defined(__clang__)
#error "wavefold/device_runtime.h is for clang in CUDA mode; compile with nvcc"
#endif

// <cmath> must find device overloads of its functions already declared.
#include <__clang_cuda_math_forward_declares.h>

#include <climits>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "../host_defines.h"
#include "../vector_types.h"
#include "../vector_functions.h"
#include "../cuda_runtime_api.h"

// clang's headers ask for the version and are written for NVIDIA's order of inclusion.
#ifndef CUDA_VERSION
#define CUDA_VERSION 12040
#define __WAVEFOLD_CUDA_VERSION_IS_OURS
#endif

#include <__clang_cuda_builtin_vars.h>
#include <__clang_cuda_libdevice_declares.h>
#include "libdevice_pure.h"
#include "libdevice_inline.h"
#include <__clang_cuda_device_functions.h>

#pragma push_macro("__USE_FAST_MATH__")
#if defined(__CLANG_GPU_APPROX_TRANSCENDENTALS__)
#undef __USE_FAST_MATH__
#define __USE_FAST_MATH__ 1
#endif
#include <__clang_cuda_math.h>
#pragma pop_macro("__USE_FAST_MATH__")

#include "system_calls.h"
#include "math_overloads.h"
#include "address_spaces.h"

#include <__clang_cuda_cmath.h>
#include <__clang_cuda_intrinsics.h>
#include <__clang_cuda_complex_builtins.h>

#include "atomics.h"
#include "kernel_intrinsics.h"
#include "texture_functions.h"
#include "surface_functions.h"

#ifdef __WAVEFOLD_CUDA_VERSION_IS_OURS
#undef __WAVEFOLD_CUDA_VERSION_IS_OURS
#undef CUDA_VERSION
#endif

// clang declares these conversions beside the builtin variables and leaves their definition to whoever has dim3.
#define __WAVEFOLD_BUILTIN_VARIABLE(type)                                                                             \
    __device__ inline type::operator dim3() const { return dim3(x, y, z); }                                           \
    __device__ inline type::operator uint3() const { return {x, y, z}; }
__WAVEFOLD_BUILTIN_VARIABLE(__cuda_builtin_threadIdx_t)
__WAVEFOLD_BUILTIN_VARIABLE(__cuda_builtin_blockIdx_t)
__WAVEFOLD_BUILTIN_VARIABLE(__cuda_builtin_blockDim_t)
__WAVEFOLD_BUILTIN_VARIABLE(__cuda_builtin_gridDim_t)
#undef __WAVEFOLD_BUILTIN_VARIABLE
