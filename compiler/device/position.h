// From coordinates to texels: address modes, the two texels and the weight of linear filtering, faces of a cube.
// The formulas are those of the CUDA programming guide's chapter on texture fetching.
#pragma once

#include "descriptor.h"

// A texel's index along one axis, always within the texture; `inside` is false where the border's colour counts.
struct Index {
    int at;
    bool inside;
};

// The texels on both sides of a position; the second has `weight`, the first the rest of 1.
struct Neighbours {
    Index texel[2];
    float weight;
};

INLINE int clamp_index(int at, int size) { return at < 0 ? 0 : at >= size ? size - 1 : at; }

// The index that an address mode makes of any integer.
INLINE Index place(int at, int size, u32 mode) {
    bool inside = (u32)at < (u32)size;
    if (inside)
        return {at, true};
    switch (mode) {
    case WRAP:
        at %= size;
        return {at < 0 ? at + size : at, true};
    case MIRROR:
        at %= 2 * size;
        at = at < 0 ? at + 2 * size : at;
        return {at < size ? at : 2 * size - 1 - at, true};
    case CLAMP:
        return {clamp_index(at, size), true};
    default:
        return {0, false};
    }
}

// The integer below a position; whatever is no number or out of reach goes to one end.
INLINE int integer(float position) {
    const float reach = 1e9f;
    return (int)__builtin_fmaxf(__builtin_fminf(__builtin_floorf(position), reach), -reach);
}

// A coordinate in units of texels.
INLINE float scaled(float coordinate, int size, u32 mode, bool normalized) {
    if (!normalized)
        return coordinate;
    float whole = __builtin_floorf(coordinate);
    float fraction = coordinate - whole;
    float half = whole * 0.5f;
    bool odd = half != __builtin_floorf(half);
    if (mode == WRAP)
        coordinate = fraction;
    if (mode == MIRROR)
        coordinate = odd ? 1.0f - fraction : fraction;
    return coordinate * (float)size;
}

// A value in [0, 1] to 1.8 fixed point.
INLINE float fixed_point(float value) { return __builtin_floorf(value * 256.0f + 0.5f) * (1.0f / 256.0f); }

INLINE Neighbours neighbours(float position, int offset, int size, u32 mode) {
    float below = position - 0.5f;
    int first = integer(below) + offset;
    float weight = fixed_point(below - __builtin_floorf(below));
    return {{place(first, size, mode), place(first + 1, size, mode)}, weight};
}

// A place on a face of a cube, -1 to 1 along both axes.
struct FacePlace {
    int face;
    float s, t;
};

INLINE FacePlace project(float x, float y, float z) {
    float ax = __builtin_fabsf(x), ay = __builtin_fabsf(y), az = __builtin_fabsf(z);
    int face;
    float m, s, t;
    if (az >= ax && az >= ay) {
        face = z < 0 ? 5 : 4;
        m = az, s = z < 0 ? -x : x, t = -y;
    } else if (ay >= ax) {
        face = y < 0 ? 3 : 2;
        m = ay, s = x, t = y < 0 ? -z : z;
    } else {
        face = x < 0 ? 1 : 0;
        m = ax, s = x < 0 ? z : -z, t = -y;
    }
    return {face, s / m, t / m};
}

// The texel of a cube that lies at (i, j) of a face's plane, perhaps beyond its edge.
struct CubeTexel {
    int face, i, j;
};

INLINE CubeTexel beyond_edge(int face, int i, int j, int size) {
    if ((u32)i < (u32)size && (u32)j < (u32)size)
        return {face, i, j};
    float n = (float)size;
    float s = (float)(2 * i + 1 - size), t = (float)(2 * j + 1 - size);
    float x, y, z;
    switch (face) {
    case 0: x = n, y = -t, z = -s; break;
    case 1: x = -n, y = -t, z = s; break;
    case 2: x = s, y = n, z = t; break;
    case 3: x = s, y = -n, z = -t; break;
    case 4: x = s, y = -t, z = n; break;
    default: x = -s, y = -t, z = -n; break;
    }
    FacePlace p = project(x, y, z);
    int a = integer((p.s + 1.0f) * 0.5f * n), b = integer((p.t + 1.0f) * 0.5f * n);
    return {p.face, clamp_index(a, size), clamp_index(b, size)};
}
