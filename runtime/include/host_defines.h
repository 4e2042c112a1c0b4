// Function and variable qualifiers of CUDA C++, for the host compiler and for both passes of clang.
// Holds nothing else; every other header of the toolkit may include it. Guards against a second definition by a
// compiler or a project that brings its own.
#pragma once

#if defined(__CUDA__) && defined(__clang__)
#define __host__ __attribute__((host))
#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
// clang has no attribute for managed variables in CUDA. An ABI tag tells compiler and runtime: it is part of the name, and
// the host's copy of the variable, which host code uses directly, becomes the memory that kernels use too.
// A variable with C linkage gets no tag; the section of the host's copy lets nvcc see and refuse it.
#ifdef __CUDA_ARCH__
#define __managed__ __attribute__((device, abi_tag("wavefold_managed")))
#else
#define __managed__ __attribute__((device, abi_tag("wavefold_managed"), section("wavefold_managed")))
#endif
#define __grid_constant__ __attribute__((grid_constant))
#define __cluster_dims__(...)
#else
#define __host__
#define __device__
#define __global__
#define __shared__
#define __constant__
#define __launch_bounds__(...)
#define __managed__
#define __grid_constant__
#define __cluster_dims__(...)
#endif

// __noinline__ is a keyword of clang in CUDA mode. It must not become a macro: libstdc++ writes
// __attribute__((__noinline__)).
#ifndef __forceinline__
#define __forceinline__ __inline__ __attribute__((always_inline))
#endif
#ifndef __inline_hint__
#define __inline_hint__
#endif
#ifndef __restrict__
#if !defined(__GNUC__)
#define __restrict__
#endif
#endif

#ifndef __align__
#define __align__(n) __attribute__((aligned(n)))
#endif
#define __builtin_align__(n) __align__(n)
#define __thread__ __thread
#define __specialization_static static
#define __maxnreg__(n)

#define CUDARTAPI
#define CUDARTAPI_CDECL
#define CUDART_CB
#define CUDAAPI
#define CUDA_CB
#define __device_builtin__
#define __device_builtin_texture_type__
#define __device_builtin_surface_type__
#define __cudart_builtin__
