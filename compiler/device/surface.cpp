// Surface addresses and formatted stores: what `suld`, `sust` and `sured` of PTX call (PTX ISA 9.7.11).

#include "descriptor.h"

enum Bounds : u32 { TRAP, NEAREST, ZERO };

INLINE int clamped(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

// The address of `bytes` bytes at byte `x` of row `y` of slice `z`, or 0 where there is nothing to be done.
extern "C" u64 __wavefold_surface_address(Texture t, int x, int y, int z, u32 bytes, u32 bounds) {
    int row = (int)(t->width * t->texel_bytes);
    int slices = (int)(t->depth > 1 ? t->depth : t->layers);
    int last = row - (int)bytes;
    bool inside = x >= 0 && x <= last && (u32)y < t->height && (u32)z < (u32)slices;
    if (!inside) {
        if (bounds == TRAP)
            __builtin_trap();
        if (bounds == ZERO || last < 0)
            return 0;
        x = clamped(x, 0, last);
        y = clamped(y, 0, (int)t->height - 1);
        z = clamped(z, 0, slices - 1);
    }
    const CONSTANT Level *level = &t->level[0];
    return level->address + (u64)(u32)z * level->slice + (u64)(u32)y * level->pitch + (u32)x;
}

// The same with `x` in texels, for one texel.
extern "C" u64 __wavefold_surface_texel(Texture t, int x, int y, int z, u32 bounds) {
    // What would overflow is out of bounds on either side.
    int at = clamped(x, -1, (int)t->width) * (int)t->texel_bytes;
    return __wavefold_surface_address(t, at, y, z, t->texel_bytes, bounds);
}

INLINE u32 saturated(u32 value, u32 high) { return value > high ? high : value; }

// The bits of one channel of a texel from a word of the instruction's: floats for float formats, else integers.
INLINE u32 channel_bits(u32 channel, u32 value) {
    switch (channel) {
    case UNSIGNED_8:
        return saturated(value, 255);
    case SIGNED_8:
        return (u32)clamped((int)value, -128, 127) & 255;
    case UNSIGNED_16:
        return saturated(value, 65535);
    case SIGNED_16:
        return (u32)clamped((int)value, -32768, 32767) & 65535;
    case HALF:
        return __builtin_bit_cast(unsigned short, (_Float16)__builtin_bit_cast(float, value));
    default:
        return value;
    }
}

// Stores the four words as the surface's format has them; the address may be 0.
extern "C" void __wavefold_surface_store(Texture t, u64 address, u32 a, u32 b, u32 c, u32 d) {
    if (address == 0)
        return;
    u32 word[4] = {a, b, c, d};
    u32 width = t->texel_bytes / t->channels;
#pragma unroll
    for (u32 n = 0; n < 4; n++) {
        if (n >= t->channels)
            break;
        u32 bits = channel_bits(t->channel, word[n]);
        u64 at = address + n * width;
        if (width == 1)
            *(GLOBAL unsigned char *)at = (unsigned char)bits;
        else if (width == 2)
            *(GLOBAL unsigned short *)at = (unsigned short)bits;
        else
            *(GLOBAL u32 *)at = bits;
    }
}
