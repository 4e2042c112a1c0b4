// The library's one function.
#pragma once

#include <cuda_runtime.h>

/// Multiplies n values in device memory by `by`, on `stream`. Returns the first error.
cudaError_t scaleInLibrary(float* values, int n, float by, cudaStream_t stream);
