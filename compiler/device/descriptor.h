// What device code reads of a texture, a surface or a sampler: the handle of each is the address of a Descriptor.
// The layout is stated in runtime/formats/src/texture.rs; layout.h, which the build makes from it, checks this copy.
#pragma once

typedef unsigned u32;
typedef unsigned long u64;
typedef u32 u32x4 __attribute__((ext_vector_type(4)));
typedef float f32x4 __attribute__((ext_vector_type(4)));

#define CONSTANT __attribute__((address_space(4)))
#define GLOBAL __attribute__((address_space(1)))
#define INLINE static inline __attribute__((always_inline))

// The memory of one mipmap level: rows are `pitch` bytes apart, layers or planes `slice` bytes.
struct Level {
    u64 address;
    u64 slice;
    u32 pitch;
    u32 reserved;
};

enum Channel : u32 { UNSIGNED_8, SIGNED_8, UNSIGNED_16, SIGNED_16, UNSIGNED_32, SIGNED_32, HALF, FLOAT };
enum AddressMode : u32 { WRAP, CLAMP, MIRROR, BORDER };
enum TextureFlag : u32 { NORMALIZED_FLOAT = 1, SRGB = 2, BUFFER = 4, PITCHED = 8, WORDS = 16 };
enum SamplerFlag : u32 { NORMALIZED_COORDINATES = 1, LINEAR = 2, LINEAR_MIPMAP = 4, SEAMLESS = 8 };

struct Descriptor {
    u32 tag;
    u32 channel;
    u32 channels;
    u32 texel_bytes;
    u32 width;
    u32 height;
    u32 depth;
    u32 layers;
    u32 levels;
    u32 texture_flags;
    u32 sampler_flags;
    u32 address_mode[3];
    float level_bias;
    float level_min;
    float level_max;
    u32 array_format;
    u32 border[4];
    u32 reserved[2];
    Level level[16];
    u32 tail[8];
};

#include "layout.h"

using Texture = const CONSTANT Descriptor *;
using Sampler = const CONSTANT Descriptor *;
