// The header of every CUDA program. nvcc includes it first in each .cu file.
// In clang's CUDA mode it brings the whole device language; for a host compiler (a .cpp file) the runtime API, the
// vector types and the C++ conveniences.
#pragma once

#include "host_defines.h"
#include "vector_types.h"
#include "vector_functions.h"
#include "library_types.h"
#include "cuda_runtime_api.h"

#if defined(__cplusplus)
#if defined(__CUDA__) && defined(__clang__)
#include "wavefold/device_runtime.h"
#endif
#include "wavefold/runtime_templates.h"

// Small constructors of the 3D copy structures.
static inline struct cudaPitchedPtr make_cudaPitchedPtr(void *pointer, size_t pitch, size_t xsize, size_t ysize) {
    struct cudaPitchedPtr value = {pointer, pitch, xsize, ysize};
    return value;
}
static inline struct cudaPos make_cudaPos(size_t x, size_t y, size_t z) {
    struct cudaPos value = {x, y, z};
    return value;
}
static inline struct cudaExtent make_cudaExtent(size_t width, size_t height, size_t depth) {
    struct cudaExtent value = {width, height, depth};
    return value;
}
#endif
