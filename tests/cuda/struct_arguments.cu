// Arguments by value: vector types, a struct of mixed sizes and alignments, an array within a struct, one of one byte, an
// empty one; and vectors read and written as wholes.
#include "check.h"

struct Mixed
{
    char      letter;
    double    wide;
    short     small[3];
    float3    three;
    long long large;
    bool      flag;
};

struct Table
{
    int values[50];
};

struct Empty
{
};

__global__ void gather(char first, Mixed mixed, float4 four, Table table, unsigned char byte, Empty, double2 pair, int index, double* out)
{
    const double values[] = { static_cast<double>(first),        static_cast<double>(mixed.letter),
                              mixed.wide,                        static_cast<double>(mixed.small[0]),
                              static_cast<double>(mixed.small[2]), mixed.three.x,
                              mixed.three.z,                     static_cast<double>(mixed.large),
                              static_cast<double>(mixed.flag),   four.x,
                              four.w,                            static_cast<double>(table.values[index]),
                              static_cast<double>(table.values[49]), static_cast<double>(byte),
                              pair.x,                            pair.y };
    for (int i = 0; i < 16; ++i) { out[i] = values[i]; }
}

__global__ void rotate(const float4* in, float4* out, int n, float3 axis)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) { return; }
    const float4 v = in[i];
    out[i]         = make_float4(v.y * axis.x, v.z * axis.y, v.x * axis.z, v.w);
}

int main()
{
    Mixed mixedStruct = { 'q', 1.0 / 3.0, { -7, 0, 1234 }, { 0.5F, 1.5F, 2.5F }, -(1LL << 40), true };
    Table table;
    for (int i = 0; i < 50; ++i) { table.values[i] = 1000 + i * i; }
    const DeviceArray<double> dout(16);
    gather<<<1, 1>>>('a', mixedStruct, make_float4(1, 2, 3, 4), table, 200, Empty{}, make_double2(1e300, -1e-300), 17, dout.get());
    LAUNCHED();
    const std::vector<double> out      = dout.download();
    const double              wanted[] = { 'a', 'q', 1.0 / 3.0, -7, 1234, 0.5, 2.5, -1099511627776.0, 1, 1, 4, 1289, 3401, 200, 1e300, -1e-300 };
    for (int i = 0; i < 16; ++i) { REQUIRE(out[i] == wanted[i], "value %d: %.17g, expected %.17g", i, out[i], wanted[i]); }

    const int           n = 333;
    std::vector<float4> in(n);
    for (int i = 0; i < n; ++i) { in[i] = make_float4(mixedFloat(i), mixedFloat(2 * i), mixedFloat(3 * i), static_cast<float>(i)); }
    const DeviceArray<float4> din(in);
    const DeviceArray<float4> drotated(n);
    rotate<<<3, 128>>>(din.get(), drotated.get(), n, make_float3(2, 4, 8));
    LAUNCHED();
    const std::vector<float4> rotated = drotated.download();
    for (int i = 0; i < n; ++i)
    {
        const float4 r = rotated[i];
        REQUIRE(r.x == 2 * in[i].y && r.y == 4 * in[i].z && r.z == 8 * in[i].x && r.w == in[i].w, "element %d: %g %g %g %g", i, r.x,
                r.y, r.z, r.w);
    }
    return ok();
}
