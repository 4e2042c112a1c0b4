// Reductions over a cooperative group of at most a warp, and CUDA's function objects for them.
#pragma once

#include "../cooperative_groups.h"

#if defined(__cplusplus) && defined(__CUDA__)
namespace cooperative_groups {

#define __WAVEFOLD_CG_OPERATION(name, expression)                                                                     \
    template <class T> struct name {                                                                                  \
        __device__ __forceinline__ T operator()(const T &a, const T &b) const { return expression; }                  \
    };
__WAVEFOLD_CG_OPERATION(plus, a + b)
__WAVEFOLD_CG_OPERATION(less, b < a ? b : a)
__WAVEFOLD_CG_OPERATION(greater, a < b ? b : a)
__WAVEFOLD_CG_OPERATION(bit_and, a & b)
__WAVEFOLD_CG_OPERATION(bit_or, a | b)
__WAVEFOLD_CG_OPERATION(bit_xor, a ^ b)
#undef __WAVEFOLD_CG_OPERATION

// Every member gets the result. A tile of a whole warp's part is reduced by halves, any other group member by member.
template <unsigned int Size, class Parent, class T, class Operation>
static __device__ __forceinline__ T reduce(const thread_block_tile<Size, Parent> &group, T value, Operation operation) {
    for (unsigned int distance = Size / 2; distance != 0; distance /= 2) {
        value = operation(value, group.shfl_xor(value, distance));
    }
    return value;
}
template <class T, class Operation>
static __device__ __forceinline__ T reduce(const coalesced_group &group, T value, Operation operation) {
    T result = group.shfl(value, 0);
    for (unsigned int rank = 1; rank < group.size(); ++rank) { result = operation(result, group.shfl(value, rank)); }
    return result;
}

} // namespace cooperative_groups
#endif
