// Intrinsics of CUDA C++ that clang's headers leave to NVIDIA's: match, nanosleep, integer dot products and
// small conveniences. Device code only, except where said.
#pragma once

#define __WAVEFOLD_DEVICE static __device__ __forceinline__

// Lanes of the mask that hold the same bits in `value`.
#define __WAVEFOLD_MATCH(type, bits, word)                                                                            \
    __WAVEFOLD_DEVICE unsigned int __match_any_sync(unsigned int mask, type value) {                                  \
        return __match##bits##_any_sync(mask, __builtin_bit_cast(word, value));                                       \
    }                                                                                                                 \
    __WAVEFOLD_DEVICE unsigned int __match_all_sync(unsigned int mask, type value, int *pred) {                       \
        return __match##bits##_all_sync(mask, __builtin_bit_cast(word, value), pred);                                 \
    }
__WAVEFOLD_MATCH(int, 32, unsigned int)
__WAVEFOLD_MATCH(unsigned int, 32, unsigned int)
__WAVEFOLD_MATCH(float, 32, unsigned int)
__WAVEFOLD_MATCH(long, 64, unsigned long long)
__WAVEFOLD_MATCH(unsigned long, 64, unsigned long long)
__WAVEFOLD_MATCH(long long, 64, unsigned long long)
__WAVEFOLD_MATCH(unsigned long long, 64, unsigned long long)
__WAVEFOLD_MATCH(double, 64, unsigned long long)
#undef __WAVEFOLD_MATCH

__WAVEFOLD_DEVICE void __nanosleep(unsigned int nanoseconds) { asm volatile("nanosleep.u32 %0;" ::"r"(nanoseconds)); }
__WAVEFOLD_DEVICE unsigned int __lane_id() { return __nvvm_read_ptx_sreg_laneid(); }
__WAVEFOLD_DEVICE unsigned long long __globaltimer() { return __nvvm_read_ptx_sreg_globaltimer(); }

__WAVEFOLD_DEVICE int __dp4a(int a, int b, int c) {
    int d;
    asm("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
    return d;
}
__WAVEFOLD_DEVICE unsigned int __dp4a(unsigned int a, unsigned int b, unsigned int c) {
    unsigned int d;
    asm("dp4a.u32.u32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
    return d;
}
__WAVEFOLD_DEVICE int __dp2a_lo(int a, int b, int c) {
    int d;
    asm("dp2a.lo.s32.s32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
    return d;
}
__WAVEFOLD_DEVICE int __dp2a_hi(int a, int b, int c) {
    int d;
    asm("dp2a.hi.s32.s32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
    return d;
}

// Reductions over the lanes of a mask. CUDA has them from compute capability 8.0 on, as one instruction; here they are
// made of shuffles: five steps for a whole warp, one step a lane for a part of it. clang declares them for 8.0 and for
// the host pass.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#define __WAVEFOLD_REDUCE(name, type, identity, combined)                                                             \
    __WAVEFOLD_DEVICE type name(unsigned int mask, type value) {                                                      \
        type a = value;                                                                                               \
        if (mask == 0xffffffffu) {                                                                                    \
            _Pragma("unroll") for (int distance = 1; distance < 32; distance *= 2) {                                  \
                const type b = __shfl_xor_sync(mask, a, distance);                                                    \
                a = combined;                                                                                         \
            }                                                                                                         \
            return a;                                                                                                 \
        }                                                                                                             \
        a = identity;                                                                                                 \
        for (unsigned int rest = mask; rest != 0; rest &= rest - 1) {                                                 \
            const type b = __shfl_sync(mask, value, __ffs((int)rest) - 1);                                            \
            a = combined;                                                                                             \
        }                                                                                                             \
        return a;                                                                                                     \
    }
__WAVEFOLD_REDUCE(__reduce_add_sync, unsigned int, 0u, a + b)
__WAVEFOLD_REDUCE(__reduce_add_sync, int, 0, (int)((unsigned int)a + (unsigned int)b))
__WAVEFOLD_REDUCE(__reduce_min_sync, unsigned int, 0xffffffffu, b < a ? b : a)
__WAVEFOLD_REDUCE(__reduce_min_sync, int, 0x7fffffff, b < a ? b : a)
__WAVEFOLD_REDUCE(__reduce_max_sync, unsigned int, 0u, a < b ? b : a)
__WAVEFOLD_REDUCE(__reduce_max_sync, int, -0x7fffffff - 1, a < b ? b : a)
__WAVEFOLD_REDUCE(__reduce_and_sync, unsigned int, 0xffffffffu, a & b)
__WAVEFOLD_REDUCE(__reduce_or_sync, unsigned int, 0u, a | b)
__WAVEFOLD_REDUCE(__reduce_xor_sync, unsigned int, 0u, a ^ b)
#undef __WAVEFOLD_REDUCE
#else
// clang has the sum of unsigned words alone; the bits of the signed one are the same.
__WAVEFOLD_DEVICE int __reduce_add_sync(unsigned int mask, int value) {
    return (int)__reduce_add_sync(mask, (unsigned int)value);
}
#endif

#undef __WAVEFOLD_DEVICE
