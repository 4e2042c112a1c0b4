//! also = [["-Xptxas", "--warp-mapping=split"]]
// All four shuffles: every width, lanes from constants and from data, lanes outside the segment, 32 and 64 bits, and in a
// warp whose neighbour in the wavefront does something else.
#include "check.h"

constexpr unsigned all = 0xffffffffU;

enum Kind
{
    Index,
    Up,
    Down,
    Xor
};

template<Kind kind, typename T>
__device__ T shuffle(T v, int operand, int width)
{
    switch (kind)
    {
        case Index: return __shfl_sync(all, v, operand, width);
        case Up: return __shfl_up_sync(all, v, operand, width);
        case Down: return __shfl_down_sync(all, v, operand, width);
        default: return __shfl_xor_sync(all, v, operand, width);
    }
}

template<Kind kind, typename T>
__global__ void variable(const T* in, const int* operands, T* out, int width)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    // Up, down and xor take their operand per warp here, index per lane, as programs do.
    out[i] = shuffle<kind>(in[i], kind == Index ? operands[i] : operands[i / 32 * 32], width);
}

/// Constant operands, those that have an instruction of their own.
__global__ void constants(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const int v = in[i];
    int       r = 0;
    r           = r * 31 + __shfl_down_sync(all, v, 1);
    r           = r * 31 + __shfl_down_sync(all, v, 2);
    r           = r * 31 + __shfl_down_sync(all, v, 4);
    r           = r * 31 + __shfl_down_sync(all, v, 8);
    r           = r * 31 + __shfl_down_sync(all, v, 16);
    r           = r * 31 + __shfl_up_sync(all, v, 1);
    r           = r * 31 + __shfl_up_sync(all, v, 2);
    r           = r * 31 + __shfl_up_sync(all, v, 4);
    r           = r * 31 + __shfl_up_sync(all, v, 8);
    r           = r * 31 + __shfl_up_sync(all, v, 16);
    r           = r * 31 + __shfl_xor_sync(all, v, 1);
    r           = r * 31 + __shfl_xor_sync(all, v, 2);
    r           = r * 31 + __shfl_xor_sync(all, v, 7);
    r           = r * 31 + __shfl_xor_sync(all, v, 8);
    r           = r * 31 + __shfl_xor_sync(all, v, 15);
    r           = r * 31 + __shfl_xor_sync(all, v, 16);
    r           = r * 31 + __shfl_xor_sync(all, v, 31);
    r           = r * 31 + __shfl_sync(all, v, 0);
    r           = r * 31 + __shfl_sync(all, v, 31);
    r           = r * 31 + __shfl_up_sync(all, v, 3, 8);
    r           = r * 31 + __shfl_down_sync(all, v, 1, 4);
    r           = r * 31 + __shfl_down_sync(all, v, 8, 16);
    r           = r * 31 + __shfl_sync(all, v, 2, 4);
    out[i]      = r;
}

/// Odd warps shuffle down, even ones up and once more: the two halves of a wavefront part.
__global__ void parted(const int* in, int* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    int       v = in[i];
    if (threadIdx.x / 32 % 2 == 1) { v += __shfl_down_sync(all, v, 3); }
    else
    {
        for (int k = 0; k < 1 + in[i / 32 * 32] % 4; ++k) { v = v * 3 + __shfl_up_sync(all, v, 5); }
    }
    out[i] = v;
}

/// The lane that a shuffle reads, as the CUDA C++ Programming Guide defines it.
int source(Kind kind, int lane, int operand, int width)
{
    const int first = lane / width * width;
    switch (kind)
    {
        case Index: return first + (operand & (width - 1));
        case Up: return lane - operand >= first ? lane - operand : lane;
        case Down: return lane + operand < first + width ? lane + operand : lane;
        default: return (lane ^ operand) < first + width ? lane ^ operand : lane; // earlier segments may be read
    }
}

template<Kind kind, typename T>
void checkVariable()
{
    const int        n = 224;
    std::vector<T>   in(n);
    std::vector<int> operands(n);
    for (int width = 1; width <= 32; width *= 2)
    {
        for (int i = 0; i < n; ++i)
        {
            in[i]       = static_cast<T>(mixed(i) * 1.25);
            operands[i] = static_cast<int>(mixed(i * 7 + width) % 32);
        }
        const DeviceArray<T>   din(in);
        const DeviceArray<int> doperands(operands);
        const DeviceArray<T>   dout(n);
        variable<kind><<<1, n>>>(din.get(), doperands.get(), dout.get(), width);
        LAUNCHED();
        const std::vector<T> out = dout.download();
        for (int i = 0; i < n; ++i)
        {
            const int lane    = i % 32;
            const int operand = kind == Index ? operands[i] : operands[i / 32 * 32];
            const T   wanted  = in[i / 32 * 32 + source(kind, lane, operand, width)];
            REQUIRE(out[i] == wanted, "kind %d, width %d, thread %d, operand %d: %g, expected %g", kind, width, i, operand,
                    static_cast<double>(out[i]), static_cast<double>(wanted));
        }
    }
}

int main()
{
    checkVariable<Index, int>();
    checkVariable<Up, int>();
    checkVariable<Down, float>();
    checkVariable<Xor, unsigned>();
    checkVariable<Index, double>();
    checkVariable<Up, long long>();
    checkVariable<Down, unsigned long long>();
    checkVariable<Xor, double>();

    const int        n = 96 * 3;
    std::vector<int> in(n);
    for (int i = 0; i < n; ++i) { in[i] = static_cast<int>(mixed(i) % 1000); }
    const DeviceArray<int> din(in);
    const DeviceArray<int> dout(n);
    constants<<<3, 96>>>(din.get(), dout.get());
    LAUNCHED();
    struct Step
    {
        Kind kind;
        int  operand;
        int  width;
    };
    const Step steps[] = { { Down, 1, 32 }, { Down, 2, 32 }, { Down, 4, 32 },  { Down, 8, 32 },  { Down, 16, 32 }, { Up, 1, 32 },
                           { Up, 2, 32 },   { Up, 4, 32 },   { Up, 8, 32 },    { Up, 16, 32 },   { Xor, 1, 32 },   { Xor, 2, 32 },
                           { Xor, 7, 32 },  { Xor, 8, 32 },  { Xor, 15, 32 },  { Xor, 16, 32 },  { Xor, 31, 32 },  { Index, 0, 32 },
                           { Index, 31, 32 }, { Up, 3, 8 },  { Down, 1, 4 },   { Down, 8, 16 },  { Index, 2, 4 } };
    std::vector<int> out = dout.download();
    for (int i = 0; i < n; ++i)
    {
        unsigned r = 0;
        for (const Step& s : steps) { r = r * 31 + static_cast<unsigned>(in[i / 32 * 32 + source(s.kind, i % 32, s.operand, s.width)]); }
        REQUIRE(static_cast<unsigned>(out[i]) == r, "constants, thread %d: %x, expected %x", i, out[i], r);
    }

    parted<<<3, 96>>>(din.get(), dout.get());
    LAUNCHED();
    out = dout.download();
    for (int warp = 0; warp < n / 32; ++warp)
    {
        std::vector<int> v(in.begin() + warp * 32, in.begin() + warp * 32 + 32);
        const bool       odd   = warp % 3 % 2 == 1;
        const int        steps = odd ? 1 : 1 + v[0] % 4;
        for (int k = 0; k < steps; ++k)
        {
            const std::vector<int> old = v;
            for (int lane = 0; lane < 32; ++lane)
            {
                v[lane] = odd ? old[lane] + old[source(Down, lane, 3, 32)] : old[lane] * 3 + old[source(Up, lane, 5, 32)];
            }
        }
        for (int lane = 0; lane < 32; ++lane)
        {
            REQUIRE(out[warp * 32 + lane] == v[lane], "parted, warp %d, lane %d: %d, expected %d", warp, lane, out[warp * 32 + lane], v[lane]);
        }
    }
    return ok();
}
