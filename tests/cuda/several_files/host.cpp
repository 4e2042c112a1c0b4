// The third file: plain C++ that nvcc hands to the host compiler, and that includes the runtime's header.
#include <cuda_runtime.h>

float hostSmooth(int i, int n)
{
    const int left  = i > 0 ? i - 1 : 0;
    const int right = i < n - 1 ? i + 1 : n - 1;
    const float3 parts = make_float3(static_cast<float>(left % 10), static_cast<float>(i % 10), static_cast<float>(right % 10));
    return parts.x + parts.y + parts.z;
}
