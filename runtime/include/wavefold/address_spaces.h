// Which state space a generic address lies in, and conversions between the two kinds of address. Device code only.
// clang's intrinsics build on these, so they come before them.
#pragma once

#define __WAVEFOLD_DEVICE static __device__ __forceinline__

__WAVEFOLD_DEVICE unsigned int __isGlobal(const void *pointer) { return __nvvm_isspacep_global(pointer); }
__WAVEFOLD_DEVICE unsigned int __isShared(const void *pointer) { return __nvvm_isspacep_shared(pointer); }
__WAVEFOLD_DEVICE unsigned int __isConstant(const void *pointer) { return __nvvm_isspacep_const(pointer); }
__WAVEFOLD_DEVICE unsigned int __isLocal(const void *pointer) { return __nvvm_isspacep_local(pointer); }

// Conversions between a generic address and one of a state space.
#define __WAVEFOLD_ADDRESS_SPACE(name, space)                                                                         \
    __WAVEFOLD_DEVICE size_t __cvta_generic_to_##name(const void *pointer) {                                          \
        return (size_t)(const __attribute__((address_space(space))) void *)pointer;                                   \
    }                                                                                                                 \
    __WAVEFOLD_DEVICE void *__cvta_##name##_to_generic(size_t address) {                                              \
        return (void *)(__attribute__((address_space(space))) void *)address;                                         \
    }
__WAVEFOLD_ADDRESS_SPACE(global, 1)
__WAVEFOLD_ADDRESS_SPACE(shared, 3)
__WAVEFOLD_ADDRESS_SPACE(constant, 4)
__WAVEFOLD_ADDRESS_SPACE(local, 5)
#undef __WAVEFOLD_ADDRESS_SPACE

#undef __WAVEFOLD_DEVICE
