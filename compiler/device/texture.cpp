// Texture reads in software: gfx90a samples no images. What `tex` and `tld4` of PTX call (PTX ISA 9.7.10).
// Every entry takes the texture, the sampler (the same descriptor where the handle is of both), layer, coordinates and
// offsets, of which it looks at those that its geometry has, and gives the four words of the result.

#include "position.h"
#include "texel.h"

enum Geometry { D1 = 1, D2 = 2, D3 = 3, CUBE = 4 };

struct Query {
    Texture t;
    Sampler s;
    int layer;
    float coordinate[3];
    int offset[3];
    bool compares;
    float reference;
};

struct Size {
    int of[3];
};

INLINE int level_size(u32 size, u32 level) {
    int value = (int)(size >> level);
    return value < 1 ? 1 : value;
}

INLINE Size size_at(Texture t, u32 level) {
    return {{level_size(t->width, level), level_size(t->height, level), level_size(t->depth, level)}};
}

INLINE u64 texel_address(Texture t, const CONSTANT Level *level, int i, int j, int slice) {
    return level->address + (u64)(u32)slice * level->slice + (u64)(u32)j * level->pitch + (u64)(u32)i * t->texel_bytes;
}

INLINE int layer_index(const Query &q, int faces) {
    return clamp_index(q.layer, (int)q.t->layers) * faces;
}

// A depth texture's element passes where the reference is at most the texel.
INLINE u32x4 compared(const Query &q, u32x4 texel) {
    if (!q.compares)
        return texel;
    float depth = as_float(texel).x;
    return u32x4{q.reference <= depth ? 0x3f800000u : 0u, 0, 0, 0};
}

template <int N> INLINE void read(const Query &q, const u64 (&address)[N], const bool (&inside)[N], u32x4 (&texel)[N]) {
    load_texels(q.t, address, texel);
    decode_texels(q.t, texel);
#pragma unroll
    for (int n = 0; n < N; n++)
        texel[n] = compared(q, inside[n] ? texel[n] : border_of(q.s));
}

template <Geometry G> INLINE u32x4 nearest(const Query &q, const CONSTANT Level *level, const Size &size, const float (&at)[3]) {
    Index i = place(integer(at[0]) + q.offset[0], size.of[0], q.s->address_mode[0]);
    Index j = {0, true}, k = {layer_index(q, 1), true};
    if (G >= D2)
        j = place(integer(at[1]) + q.offset[1], size.of[1], q.s->address_mode[1]);
    if (G == D3)
        k = place(integer(at[2]) + q.offset[2], size.of[2], q.s->address_mode[2]);
    const u64 address[1] = {texel_address(q.t, level, i.at, j.at, k.at)};
    const bool inside[1] = {i.inside && j.inside && k.inside};
    u32x4 texel[1];
    read(q, address, inside, texel);
    return texel[0];
}

// The four texels around a position in one slice, in the order (i, j), (i+1, j), (i, j+1), (i+1, j+1).
INLINE void square(const Query &q, const CONSTANT Level *level, const Neighbours &i, const Neighbours &j, Index k, u32x4 (&texel)[4]) {
    u64 address[4];
    bool inside[4];
#pragma unroll
    for (int n = 0; n < 4; n++) {
        Index a = i.texel[n & 1], b = j.texel[n >> 1];
        address[n] = texel_address(q.t, level, a.at, b.at, k.at);
        inside[n] = a.inside && b.inside && k.inside;
    }
    read(q, address, inside, texel);
}

INLINE f32x4 blend(f32x4 a, f32x4 b, float weight) { return a * (1.0f - weight) + b * weight; }

INLINE f32x4 blend_square(const u32x4 (&texel)[4], float a, float b) {
    float na = 1.0f - a, nb = 1.0f - b;
    return as_float(texel[0]) * (na * nb) + as_float(texel[1]) * (a * nb) + as_float(texel[2]) * (na * b) +
           as_float(texel[3]) * (a * b);
}

template <Geometry G> INLINE u32x4 linear(const Query &q, const CONSTANT Level *level, const Size &size, const float (&at)[3]) {
    Neighbours i = neighbours(at[0], q.offset[0], size.of[0], q.s->address_mode[0]);
    Index layer = {layer_index(q, 1), true};
    if (G == D1) {
        const u64 address[2] = {texel_address(q.t, level, i.texel[0].at, 0, layer.at),
                                texel_address(q.t, level, i.texel[1].at, 0, layer.at)};
        const bool inside[2] = {i.texel[0].inside, i.texel[1].inside};
        u32x4 texel[2];
        read(q, address, inside, texel);
        return as_bits(blend(as_float(texel[0]), as_float(texel[1]), i.weight));
    }
    Neighbours j = neighbours(at[1], q.offset[1], size.of[1], q.s->address_mode[1]);
    u32x4 texel[4];
    if (G == D2) {
        square(q, level, i, j, layer, texel);
        return as_bits(blend_square(texel, i.weight, j.weight));
    }
    Neighbours k = neighbours(at[2], q.offset[2], size.of[2], q.s->address_mode[2]);
    f32x4 sum = (f32x4)(0.0f);
#pragma clang loop unroll(disable)
    for (int n = 0; n < 2; n++) {
        square(q, level, i, j, n ? k.texel[1] : k.texel[0], texel);
        sum += blend_square(texel, i.weight, j.weight) * (n ? k.weight : 1.0f - k.weight);
    }
    return as_bits(sum);
}

// The four texels around a place on a cube's face. With seamless filtering those beyond an edge are the neighbouring
// face's, and the one beyond a corner, which no face has, is the mean of the other three; else the face's edge repeats.
INLINE void cube_square(const Query &q, const CONSTANT Level *level, int size, int face, int i, int j, u32x4 (&texel)[4]) {
    u64 address[4];
    const bool inside[4] = {true, true, true, true};
    int first = layer_index(q, 6);
    int corner = -1;
    bool seamless = q.s->sampler_flags & SEAMLESS;
#pragma unroll
    for (int n = 0; n < 4; n++) {
        int a = i + (n & 1), b = j + (n >> 1);
        if ((u32)a >= (u32)size && (u32)b >= (u32)size)
            corner = n;
        CubeTexel c = {face, clamp_index(a, size), clamp_index(b, size)};
        if (seamless)
            c = beyond_edge(face, a, b, size);
        address[n] = texel_address(q.t, level, c.i, c.j, first + c.face);
    }
    read(q, address, inside, texel);
    if (!seamless || corner < 0)
        return;
    f32x4 sum = (f32x4)(0.0f);
#pragma unroll
    for (int n = 0; n < 4; n++)
        sum += n == corner ? (f32x4)(0.0f) : as_float(texel[n]);
#pragma unroll
    for (int n = 0; n < 4; n++)
        texel[n] = n == corner ? as_bits(sum * (1.0f / 3.0f)) : texel[n];
}

// The first of the two texels around a position on a face: the edge's neighbour, -1, to the last, whatever comes in.
INLINE int before_edge(float position, int size) { return clamp_index(integer(position) + 1, size + 1) - 1; }

INLINE u32x4 cube(const Query &q, const CONSTANT Level *level, int size) {
    FacePlace p = project(q.coordinate[0], q.coordinate[1], q.coordinate[2]);
    float x = (p.s + 1.0f) * 0.5f * (float)size, y = (p.t + 1.0f) * 0.5f * (float)size;
    if (!(q.s->sampler_flags & LINEAR)) {
        int i = clamp_index(integer(x), size), j = clamp_index(integer(y), size);
        const u64 address[1] = {texel_address(q.t, level, i, j, layer_index(q, 6) + p.face)};
        const bool inside[1] = {true};
        u32x4 texel[1];
        read(q, address, inside, texel);
        return texel[0];
    }
    float bx = x - 0.5f, by = y - 0.5f;
    u32x4 texel[4];
    cube_square(q, level, size, p.face, before_edge(bx, size), before_edge(by, size), texel);
    float a = fixed_point(bx - __builtin_floorf(bx)), b = fixed_point(by - __builtin_floorf(by));
    return as_bits(blend_square(texel, a, b));
}

template <Geometry G> INLINE u32x4 sample_level(const Query &q, u32 index) {
    const CONSTANT Level *level = &q.t->level[index];
    Size size = size_at(q.t, index);
    if (G == CUBE)
        return cube(q, level, size.of[0]);
    bool normalized = q.s->sampler_flags & NORMALIZED_COORDINATES;
    float at[3] = {0, 0, 0};
#pragma unroll
    for (int axis = 0; axis < (int)G; axis++)
        at[axis] = scaled(q.coordinate[axis], size.of[axis], q.s->address_mode[axis], normalized);
    if (q.s->sampler_flags & LINEAR)
        return linear<G>(q, level, size, at);
    return nearest<G>(q, level, size, at);
}

template <Geometry G> INLINE u32x4 sample_base(const Query &q) {
    return complete(q.t, sample_level<G>(q, 0));
}

// Level of detail to levels: bias, then the sampler's limits, then what levels there are.
template <Geometry G> INLINE u32x4 sample_detail(const Query &q, float detail) {
    u32 last = q.t->levels - 1;
    detail = __builtin_fminf(__builtin_fmaxf(detail + q.s->level_bias, q.s->level_min), q.s->level_max);
    detail = __builtin_fminf(__builtin_fmaxf(detail, 0.0f), (float)last);
    bool blends = q.s->sampler_flags & LINEAR_MIPMAP;
    u32 fixed = (u32)(blends ? detail * 256.0f + 0.5f : (detail + 0.5f) * 256.0f);
    u32 level = fixed >> 8;
    float weight = blends ? (float)(fixed & 255) * (1.0f / 256.0f) : 0.0f;
    u32x4 value = {0, 0, 0, 0};
#pragma clang loop unroll(disable)
    for (int n = 0; n < 2; n++) {
        u32x4 next = sample_level<G>(q, level);
        value = n ? as_bits(blend(as_float(value), as_float(next), weight)) : next;
        if (weight == 0.0f)
            break;
        level = level < last ? level + 1 : last;
    }
    return complete(q.t, value);
}

INLINE float squared_length(float x, float y, float z) { return x * x + y * y + z * z; }

// The level of detail of a footprint whose sides are the two derivatives: the longer counts, filtering is isotropic.
template <Geometry G> INLINE u32x4 sample_gradient(const Query &q, const float (&dx)[3], const float (&dy)[3]) {
    float a[3] = {0, 0, 0}, b[3] = {0, 0, 0};
    if (G == CUBE) {
        // The place on the face is s/m and t/m, from -1 to 1: its derivatives by the quotient rule.
        float x = q.coordinate[0], y = q.coordinate[1], z = q.coordinate[2];
        FacePlace p = project(x, y, z);
        int axis = p.face >> 1;
        float major = axis == 0 ? x : axis == 1 ? y : z;
        float inverse = 1.0f / major;
        float half = 0.5f * (float)q.t->width;
#pragma unroll
        for (int n = 0; n < 3; n++) {
            float c = q.coordinate[n] * inverse;
            float mx = axis == 0 ? dx[0] : axis == 1 ? dx[1] : dx[2];
            float my = axis == 0 ? dy[0] : axis == 1 ? dy[1] : dy[2];
            a[n] = (dx[n] - c * mx) * inverse * half;
            b[n] = (dy[n] - c * my) * inverse * half;
        }
    } else {
        bool normalized = q.s->sampler_flags & NORMALIZED_COORDINATES;
        Size size = size_at(q.t, 0);
#pragma unroll
        for (int n = 0; n < (int)G; n++) {
            float scale = normalized ? (float)size.of[n] : 1.0f;
            a[n] = dx[n] * scale;
            b[n] = dy[n] * scale;
        }
    }
    float square = __builtin_fmaxf(squared_length(a[0], a[1], a[2]), squared_length(b[0], b[1], b[2]));
    return sample_detail<G>(q, 0.5f * __builtin_amdgcn_logf(square));
}

template <Geometry G> INLINE u32x4 gather(const Query &q, u32 component) {
    const CONSTANT Level *level = &q.t->level[0];
    Size size = size_at(q.t, 0);
    u32x4 texel[4];
    if (G == CUBE) {
        FacePlace p = project(q.coordinate[0], q.coordinate[1], q.coordinate[2]);
        int i = before_edge((p.s + 1.0f) * 0.5f * (float)size.of[0] - 0.5f, size.of[0]);
        int j = before_edge((p.t + 1.0f) * 0.5f * (float)size.of[0] - 0.5f, size.of[0]);
        cube_square(q, level, size.of[0], p.face, i, j, texel);
    } else {
        bool normalized = q.s->sampler_flags & NORMALIZED_COORDINATES;
        float x = scaled(q.coordinate[0], size.of[0], q.s->address_mode[0], normalized);
        float y = scaled(q.coordinate[1], size.of[1], q.s->address_mode[1], normalized);
        Neighbours i = neighbours(x, q.offset[0], size.of[0], q.s->address_mode[0]);
        Neighbours j = neighbours(y, q.offset[1], size.of[1], q.s->address_mode[1]);
        square(q, level, i, j, {layer_index(q, 1), true}, texel);
    }
    u32 part[4];
#pragma unroll
    for (int n = 0; n < 4; n++) {
        u32x4 whole = complete(q.t, texel[n]);
        part[n] = component == 0 ? whole.x : component == 1 ? whole.y : component == 2 ? whole.z : whole.w;
    }
    return u32x4{part[2], part[3], part[1], part[0]};
}

// Texels by whole numbers, without filter.
template <Geometry G> INLINE u32x4 fetch(Query q, const int (&at)[3], int level) {
    u32 index = (u32)clamp_index(level, (int)q.t->levels);
    Size size = size_at(q.t, index);
    Index i = place(at[0] + q.offset[0], size.of[0], q.s->address_mode[0]);
    Index j = {0, true}, k = {layer_index(q, 1), true};
    if (G >= D2)
        j = place(at[1] + q.offset[1], size.of[1], q.s->address_mode[1]);
    if (G == D3)
        k = place(at[2] + q.offset[2], size.of[2], q.s->address_mode[2]);
    const u64 address[1] = {texel_address(q.t, &q.t->level[index], i.at, j.at, k.at)};
    const bool inside[1] = {i.inside && j.inside && k.inside};
    u32x4 texel[1];
    read(q, address, inside, texel);
    return complete(q.t, texel[0]);
}

#define QUERY Texture t, Sampler s, int layer, float x, float y, float z, int ox, int oy, int oz
#define MADE(compares, reference) {t, s, layer, {x, y, z}, {ox, oy, oz}, compares, reference}
#define ENTRIES(name, G, suffix, compares, more, reference)                                                           \
    extern "C" u32x4 __wavefold_tex_##name##suffix(QUERY more) {                                                      \
        Query q = MADE(compares, reference);                                                                          \
        return sample_base<G>(q);                                                                                     \
    }                                                                                                                 \
    extern "C" u32x4 __wavefold_tex_level_##name##suffix(QUERY, float detail more) {                                  \
        Query q = MADE(compares, reference);                                                                          \
        return sample_detail<G>(q, detail);                                                                           \
    }                                                                                                                 \
    extern "C" u32x4 __wavefold_tex_grad_##name##suffix(QUERY, float ax, float ay, float az, float bx, float by,      \
                                                        float bz more) {                                              \
        Query q = MADE(compares, reference);                                                                          \
        const float dx[3] = {ax, ay, az}, dy[3] = {bx, by, bz};                                                       \
        return sample_gradient<G>(q, dx, dy);                                                                         \
    }
#define NOTHING
#define REFERENCE , float depth

ENTRIES(1d, D1, , false, NOTHING, 0.0f)
ENTRIES(2d, D2, , false, NOTHING, 0.0f)
ENTRIES(3d, D3, , false, NOTHING, 0.0f)
ENTRIES(cube, CUBE, , false, NOTHING, 0.0f)
ENTRIES(1d, D1, _compare, true, REFERENCE, depth)
ENTRIES(2d, D2, _compare, true, REFERENCE, depth)
ENTRIES(cube, CUBE, _compare, true, REFERENCE, depth)

#define GATHER(name, G)                                                                                               \
    extern "C" u32x4 __wavefold_tld4_##name(QUERY, u32 component) {                                                   \
        Query q = MADE(false, 0.0f);                                                                                  \
        return gather<G>(q, component);                                                                               \
    }                                                                                                                 \
    extern "C" u32x4 __wavefold_tld4_##name##_compare(QUERY, u32 component, float depth) {                            \
        Query q = MADE(true, depth);                                                                                  \
        return gather<G>(q, component);                                                                               \
    }
GATHER(2d, D2)
GATHER(cube, CUBE)

#define FETCH(name, G)                                                                                                \
    extern "C" u32x4 __wavefold_fetch_##name(Texture t, Sampler s, int layer, int x, int y, int z, int ox, int oy,    \
                                             int oz, int level) {                                                     \
        Query q = {t, s, layer, {0, 0, 0}, {ox, oy, oz}, false, 0.0f};                                                \
        const int at[3] = {x, y, z};                                                                                  \
        return fetch<G>(q, at, level);                                                                                \
    }
FETCH(1d, D1)
FETCH(2d, D2)
FETCH(3d, D3)

// One texel of linear memory (tex1Dfetch). Words of 32 bits come straight from memory, so that little is left of the
// common case once it is inlined: two scalar loads of the descriptor, a comparison, a load.
extern "C" __attribute__((always_inline)) u32x4 __wavefold_fetch_buffer(Texture t, Sampler s, int x) {
    if (!(t->texture_flags & WORDS))
        return __wavefold_fetch_1d(t, s, 0, x, 0, 0, 0, 0, 0, 0);
    u32x4 value = {0, 0, 0, 0};
    u32 channels = t->channels;
    const GLOBAL char *texel = pointer<char>(t->level[0].address) + (u32)x * t->texel_bytes;
    if ((u32)x < t->width) {
        const GLOBAL u32 *words = (const GLOBAL u32 *)texel;
        value.x = words[0];
        if (channels > 1)
            value.y = words[1];
        if (channels > 2) {
            value.z = words[2];
            value.w = words[3];
        }
    }
    return complete(t, value);
}
