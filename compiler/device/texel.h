// Texels: reading them from memory and turning their bits into the four words that an instruction gives.
// A word holds a float where the texture's read mode or format makes one, else an integer of 32 bits.
#pragma once

#include "descriptor.h"

template <class T> INLINE const GLOBAL T *pointer(u64 address) { return (const GLOBAL T *)address; }

// The bytes of `N` texels as they lie in memory; what a texel does not have is zero.
template <int N> INLINE void load_texels(Texture t, const u64 (&address)[N], u32x4 (&raw)[N]) {
    typedef u32 u32x2 __attribute__((ext_vector_type(2)));
#pragma unroll
    for (int n = 0; n < N; n++)
        raw[n] = u32x4{0, 0, 0, 0};
    switch (t->texel_bytes) {
    case 1:
#pragma unroll
        for (int n = 0; n < N; n++)
            raw[n].x = *pointer<unsigned char>(address[n]);
        break;
    case 2:
#pragma unroll
        for (int n = 0; n < N; n++)
            raw[n].x = *pointer<unsigned short>(address[n]);
        break;
    case 4:
#pragma unroll
        for (int n = 0; n < N; n++)
            raw[n].x = *pointer<u32>(address[n]);
        break;
    case 8:
#pragma unroll
        for (int n = 0; n < N; n++)
            raw[n].xy = *pointer<u32x2>(address[n]);
        break;
    default:
#pragma unroll
        for (int n = 0; n < N; n++)
            raw[n] = *pointer<u32x4>(address[n]);
    }
}

INLINE f32x4 as_float(u32x4 bits) { return __builtin_bit_cast(f32x4, bits); }
INLINE u32x4 as_bits(f32x4 value) { return __builtin_bit_cast(u32x4, value); }

// `value / divisor`, rounded as a division is: one step of correction makes the product with the reciprocal exact.
INLINE f32x4 quotient(f32x4 value, float divisor) {
    float reciprocal = 1.0f / divisor;
    f32x4 first = value * reciprocal;
    f32x4 rest = __builtin_elementwise_fma(first, (f32x4)(-divisor), value);
    return __builtin_elementwise_fma(rest, (f32x4)(reciprocal), first);
}

// A colour channel from sRGB to linear (IEC 61966-2-1).
INLINE float linear_colour(float value) {
    float curve = __builtin_amdgcn_exp2f(2.4f * __builtin_amdgcn_logf((value + 0.055f) * (1.0f / 1.055f)));
    return value <= 0.04045f ? value * (1.0f / 12.92f) : curve;
}

INLINE u32x4 bytes_of(u32x4 raw) { return u32x4{raw.x & 255, raw.x >> 8 & 255, raw.x >> 16 & 255, raw.x >> 24}; }
INLINE u32x4 halves_of(u32x4 raw) { return u32x4{raw.x & 65535, raw.x >> 16, raw.y & 65535, raw.y >> 16}; }
INLINE u32x4 extend(u32x4 value, int bits) {
    typedef int i32x4 __attribute__((ext_vector_type(4)));
    return (u32x4)((i32x4)(value << (32 - bits)) >> (32 - bits));
}
INLINE f32x4 unsigned_float(u32x4 value) { return __builtin_convertvector(value, f32x4); }
INLINE f32x4 signed_float(u32x4 value) {
    typedef int i32x4 __attribute__((ext_vector_type(4)));
    return __builtin_convertvector((i32x4)value, f32x4);
}
INLINE f32x4 at_least_minus_one(f32x4 value) { return __builtin_elementwise_max(value, (f32x4)(-1.0f)); }

INLINE float half_float(u32 bits) { return (float)__builtin_bit_cast(_Float16, (unsigned short)bits); }

// The words of a texel, channels that the format lacks aside.
template <int N> INLINE void decode_texels(Texture t, u32x4 (&texel)[N]) {
    bool floats = t->texture_flags & NORMALIZED_FLOAT;
    switch (t->channel) {
    case UNSIGNED_8:
#pragma unroll
        for (int n = 0; n < N; n++)
            texel[n] = bytes_of(texel[n]);
        if (!floats)
            break;
#pragma unroll
        for (int n = 0; n < N; n++) {
            f32x4 value = quotient(unsigned_float(texel[n]), 255.0f);
            if (t->texture_flags & SRGB)
                value = f32x4{linear_colour(value.x), linear_colour(value.y), linear_colour(value.z), value.w};
            texel[n] = as_bits(value);
        }
        break;
    case SIGNED_8:
#pragma unroll
        for (int n = 0; n < N; n++) {
            texel[n] = extend(bytes_of(texel[n]), 8);
            if (floats)
                texel[n] = as_bits(at_least_minus_one(quotient(signed_float(texel[n]), 127.0f)));
        }
        break;
    case UNSIGNED_16:
#pragma unroll
        for (int n = 0; n < N; n++) {
            texel[n] = halves_of(texel[n]);
            if (floats)
                texel[n] = as_bits(quotient(unsigned_float(texel[n]), 65535.0f));
        }
        break;
    case SIGNED_16:
#pragma unroll
        for (int n = 0; n < N; n++) {
            texel[n] = extend(halves_of(texel[n]), 16);
            if (floats)
                texel[n] = as_bits(at_least_minus_one(quotient(signed_float(texel[n]), 32767.0f)));
        }
        break;
    case HALF:
#pragma unroll
        for (int n = 0; n < N; n++) {
            u32x4 half = halves_of(texel[n]);
            texel[n] = as_bits(f32x4{half_float(half.x), half_float(half.y), half_float(half.z), half_float(half.w)});
        }
        break;
    default:
        break;
    }
}

INLINE bool gives_floats(Texture t) {
    return t->channel >= HALF || t->texture_flags & NORMALIZED_FLOAT;
}

// Channels that the format lacks: no colour, full opacity.
INLINE u32x4 complete(Texture t, u32x4 value) {
    if (t->channels < 2)
        value.y = 0;
    if (t->channels < 4) {
        value.z = 0;
        value.w = gives_floats(t) ? 0x3f800000 : 1;
    }
    return value;
}

INLINE u32x4 border_of(Sampler s) { return u32x4{s->border[0], s->border[1], s->border[2], s->border[3]}; }
