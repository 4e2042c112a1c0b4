// Cubes and layers of cubes: the face of a direction, filtering within faces and across their edges. The reference knows
// a cube as a thing in space: a neighbour beyond an edge is the texel whose centre is nearest to the point outside.

#include "texture_reference.h"

__global__ void sample(cudaTextureObject_t texture, bool layered, const float4* at, float* out, int count)
{
    const int n = blockIdx.x * blockDim.x + threadIdx.x;
    if (n < count)
    {
        const float4 p = at[n];
        out[n] = layered ? texCubemapLayered<float>(texture, p.x, p.y, p.z, int(p.w))
                         : texCubemap<float>(texture, p.x, p.y, p.z);
    }
}

struct Vector
{
    double x, y, z;
};

/// Origin, s axis and t axis of each face, from the programming guide's table solved for the direction.
static Vector onFace(int face, double s, double t)
{
    switch (face)
    {
    case 0:
        return {1, -t, -s};
    case 1:
        return {-1, -t, s};
    case 2:
        return {s, 1, t};
    case 3:
        return {s, -1, -t};
    case 4:
        return {s, -t, 1};
    default:
        return {-s, -t, -1};
    }
}

struct Place
{
    int face;
    double s, t;
};

static Place locate(Vector v)
{
    for (int face = 0; face < 6; face++)
    {
        const double along[6] = {v.x, -v.x, v.y, -v.y, v.z, -v.z};
        const double m = along[face];
        if (m < std::fabs(v.x) || m < std::fabs(v.y) || m < std::fabs(v.z))
            continue;
        const double s[6] = {-v.z, v.z, v.x, v.x, v.x, -v.x}, t[6] = {-v.y, -v.y, v.z, -v.z, -v.y, -v.y};
        return {face, s[face] / m, t[face] / m};
    }
    return {};
}

/// The texel of the whole cube whose centre is nearest to a point in space.
static double nearestTexel(const HostTexture& t, Vector v, int size, int layer)
{
    double best = 1e9, value = 0;
    for (int face = 0; face < 6; face++)
        for (int j = 0; j < size; j++)
            for (int i = 0; i < size; i++)
            {
                const Vector c = onFace(face, (2 * i + 1.0) / size - 1, (2 * j + 1.0) / size - 1);
                const double d = (c.x - v.x) * (c.x - v.x) + (c.y - v.y) * (c.y - v.y) + (c.z - v.z) * (c.z - v.z);
                if (d < best)
                {
                    best = d;
                    value = t.channel(0, i, j, layer * 6 + face, 0, false);
                }
            }
    return value;
}

static double reference(const HostTexture& t, Vector v, int size, int layer, bool linear, bool seamless)
{
    const Place p = locate(v);
    const double x = (p.s + 1) / 2 * size, y = (p.t + 1) / 2 * size;
    auto texel = [&](int i, int j) {
        i = std::min(std::max(i, 0), size - 1);
        j = std::min(std::max(j, 0), size - 1);
        return t.channel(0, i, j, layer * 6 + p.face, 0, false);
    };
    if (!linear)
        return texel(int(std::floor(x)), int(std::floor(y)));
    const int i = int(std::floor(x - 0.5)), j = int(std::floor(y - 0.5));
    const double a = fixedWeight(x - 0.5 - i), b = fixedWeight(y - 0.5 - j);
    double value[2][2], sum = 0;
    int missing = -1;
    for (int k = 0; k < 4; k++)
    {
        const int di = i + (k & 1), dj = j + (k >> 1);
        const bool outX = di < 0 || di >= size, outY = dj < 0 || dj >= size;
        double& v = value[k >> 1][k & 1];
        if (!seamless || (!outX && !outY))
            v = texel(di, dj);
        else if (outX && outY)
        {
            missing = k;
            v = 0;
        }
        else
            // Half a texel beyond the edge, folded by the cube: the point just around the corner.
            v = nearestTexel(t, onFace(p.face, (2 * di + 1.0) / size - 1, (2 * dj + 1.0) / size - 1), size, layer);
        sum += v;
    }
    if (missing >= 0)
        value[missing >> 1][missing & 1] = sum / 3;
    return (1 - a) * (1 - b) * value[0][0] + a * (1 - b) * value[0][1] + (1 - a) * b * value[1][0] + a * b * value[1][1];
}

int main()
{
    std::mt19937 random(5);
    const int size = 8;
    for (const bool layered : {false, true})
    {
        const int faces = layered ? 18 : 6;
        HostTexture t = {{cudaChannelFormatKindFloat, 32, 1}, {}};
        t.addLevel(size, size, faces, random);
        cudaArray_t array;
        const cudaChannelFormatDesc format = cudaCreateChannelDesc<float>();
        const unsigned int flags = cudaArrayCubemap | (layered ? cudaArrayLayered : 0);
        CUDA(cudaMalloc3DArray(&array, &format, make_cudaExtent(size, size, faces), flags));
        cudaMemcpy3DParms copy = {};
        copy.srcPtr = make_cudaPitchedPtr(t.levels[0].bytes.data(), size * 4, size, size);
        copy.dstArray = array;
        copy.extent = make_cudaExtent(size, size, faces);
        copy.kind = cudaMemcpyHostToDevice;
        CUDA(cudaMemcpy3D(&copy));
        for (int way = 0; way < 3; way++)
        {
            cudaResourceDesc resource = {};
            resource.resType = cudaResourceTypeArray;
            resource.res.array.array = array;
            cudaTextureDesc how = {};
            how.normalizedCoords = 1;
            how.filterMode = way ? cudaFilterModeLinear : cudaFilterModePoint;
            how.seamlessCubemap = way == 2;
            cudaTextureObject_t texture;
            CUDA(cudaCreateTextureObject(&texture, &resource, &how, nullptr));
            const int count = 512;
            std::vector<float4> places(count);
            for (float4& place : places)
            {
                // The largest part is a power of two, so that the quotients are exact, and no two are equal.
                float v[3];
                for (float& part : v)
                    part = (int(random() % 1023) - 511) / 512.0f + 1 / 2048.0f;
                v[random() % 3] = random() & 1 ? 2.0f : -2.0f;
                const int which = v[0] == 2 || v[0] == -2 ? 0 : v[1] == 2 || v[1] == -2 ? 1 : 2;
                for (int axis = 0; axis < 3; axis++)
                    if (axis != which && random() % 2)
                        v[axis] *= 2;
                place = make_float4(v[0], v[1], v[2], layered ? float(random() % 3) : 0);
            }
            DeviceArray<float4> at(places);
            DeviceArray<float> out(count);
            sample<<<8, 64>>>(texture, layered, at.get(), out.get(), count);
            LAUNCHED();
            const std::vector<float> got = out.download();
            for (int n = 0; n < count; n++)
            {
                const double want = reference(t, {places[n].x, places[n].y, places[n].z}, size, int(places[n].w),
                                              way != 0, way == 2);
                REQUIRE(std::fabs(want - got[n]) <= 3e-4, "way %d, direction (%g, %g, %g): want %g, have %g", way,
                        places[n].x, places[n].y, places[n].z, want, got[n]);
            }
            CUDA(cudaDestroyTextureObject(texture));
        }
        CUDA(cudaFreeArray(array));
    }
    std::printf("ok\n");
    return 0;
}
