// A sampler on the host, written from the CUDA programming guide's chapter on texture fetching, in f64, for the programs
// that test textures. Coordinates come as floats that the device's arithmetic represents exactly.
#pragma once

#include "check.h"

#include <algorithm>
#include <functional>
#include <random>

/// What a texel is made of.
struct TexelFormat
{
    cudaChannelFormatKind kind;
    int bits;
    int channels;

    int bytes() const { return bits / 8 * channels; }
    cudaChannelFormatDesc descriptor() const
    {
        return cudaCreateChannelDesc(bits, channels > 1 ? bits : 0, channels > 2 ? bits : 0, channels > 2 ? bits : 0,
                                     kind);
    }
    bool isFloat() const { return kind == cudaChannelFormatKindFloat; }
};

inline std::vector<TexelFormat> allFormats()
{
    std::vector<TexelFormat> formats;
    for (int channels : {1, 2, 4})
    {
        for (int bits : {8, 16, 32})
        {
            formats.push_back({cudaChannelFormatKindSigned, bits, channels});
            formats.push_back({cudaChannelFormatKindUnsigned, bits, channels});
        }
        formats.push_back({cudaChannelFormatKindFloat, 16, channels});
        formats.push_back({cudaChannelFormatKindFloat, 32, channels});
    }
    return formats;
}

/// The value of an IEEE half.
inline double halfValue(std::uint16_t bits)
{
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    return bits & 0x8000 ? -size : size;
}

/// One mipmap level in host memory: texels, rows and slices follow each other without gaps.
struct HostLevel
{
    int width, height, slices;
    std::vector<unsigned char> bytes;
};

/// A texture's contents and format on the host.
struct HostTexture
{
    TexelFormat format;
    std::vector<HostLevel> levels;

    /// Random texels; floats are multiples of 1/8, so that sums of their products with weights are exact.
    void addLevel(int width, int height, int slices, std::mt19937& random)
    {
        HostLevel level = {width, height, slices, {}};
        const std::size_t count = std::size_t(width) * height * slices * format.channels;
        level.bytes.resize(count * format.bits / 8);
        for (std::size_t n = 0; n < count; n++)
        {
            std::uint32_t word = random();
            if (format.isFloat())
            {
                const int eighths = int(random() % 2048) - 1024;
                if (format.bits == 32)
                {
                    const float value = eighths / 8.0f;
                    std::memcpy(&word, &value, 4);
                }
                else
                {
                    // A half of exponent 2^0 to 2^7 with any fraction.
                    word = (random() & 1) << 15 | (15 + random() % 8) << 10 | (random() & 1023);
                }
            }
            std::memcpy(&level.bytes[n * format.bits / 8], &word, format.bits / 8);
        }
        levels.push_back(std::move(level));
    }

    /// A channel of a texel: the number that it stands for, normalised or not.
    double channel(int level, int i, int j, int slice, int c, bool normalized) const
    {
        const HostLevel& l = levels[level];
        const std::size_t at = ((std::size_t(slice) * l.height + j) * l.width + i) * format.channels + c;
        std::uint32_t word = 0;
        std::memcpy(&word, &l.bytes[at * format.bits / 8], format.bits / 8);
        switch (format.kind)
        {
        case cudaChannelFormatKindFloat:
        {
            if (format.bits == 16)
                return halfValue(std::uint16_t(word));
            float value;
            std::memcpy(&value, &word, 4);
            return value;
        }
        case cudaChannelFormatKindSigned:
        {
            const double value = std::int32_t(word << (32 - format.bits)) >> (32 - format.bits);
            return normalized ? std::max(value / (std::ldexp(1, format.bits - 1) - 1), -1.0) : value;
        }
        default:
            return normalized ? word / (std::ldexp(1, format.bits) - 1) : word;
        }
    }
};

/// How to sample, as the texture object was told.
struct Sampling
{
    cudaTextureDesc d;
    /// How many axes are addressed: 1, 2 or 3.
    int axes;
};

/// Index after the address mode; -1 is the border.
inline int referenceIndex(long long i, int n, cudaTextureAddressMode mode)
{
    switch (mode)
    {
    case cudaAddressModeWrap:
        return int((i % n + n) % n);
    case cudaAddressModeMirror:
    {
        const int m = int((i % (2 * n) + 2 * n) % (2 * n));
        return m < n ? m : 2 * n - 1 - m;
    }
    case cudaAddressModeBorder:
        return i < 0 || i >= n ? -1 : int(i);
    default:
        return int(std::min<long long>(std::max<long long>(i, 0), n - 1));
    }
}

/// A coordinate in texels: normalised ones are folded into the texture first, as the guide says.
inline double referencePosition(double x, int n, const cudaTextureDesc& d, int axis)
{
    if (!d.normalizedCoords)
        return x;
    const double whole = std::floor(x);
    if (d.addressMode[axis] == cudaAddressModeWrap)
        x -= whole;
    if (d.addressMode[axis] == cudaAddressModeMirror)
        x = std::fmod(std::fabs(whole), 2) == 1 ? 1 - (x - whole) : x - whole;
    return x * n;
}

inline cudaTextureAddressMode effectiveMode(const cudaTextureDesc& d, int axis)
{
    const auto mode = d.addressMode[axis];
    const bool folds = mode == cudaAddressModeWrap || mode == cudaAddressModeMirror;
    return folds && !d.normalizedCoords ? cudaAddressModeClamp : mode;
}

/// The weight of the second texel: 8 bits of fraction.
inline double fixedWeight(double fraction) { return std::floor(fraction * 256 + 0.5) / 256; }

/// Channel `c` at a place of one level; `slice` counts where the texture has fewer than three axes.
inline double sampleLevel(const HostTexture& t, const Sampling& s, int level, const double* x, int slice, int c)
{
    const HostLevel& l = t.levels[level];
    const int size[3] = {l.width, l.height, l.slices};
    const bool linear = s.d.filterMode == cudaFilterModeLinear;
    const bool normalized = s.d.readMode == cudaReadModeNormalizedFloat && t.format.bits < 32;
    long long first[3] = {0, 0, 0};
    double weight[3] = {0, 0, 0};
    for (int axis = 0; axis < s.axes; axis++)
    {
        double at = referencePosition(x[axis], size[axis], s.d, axis);
        if (linear)
            at -= 0.5;
        first[axis] = (long long)std::floor(at);
        weight[axis] = linear ? fixedWeight(at - std::floor(at)) : 0;
    }
    double sum = 0;
    for (int corner = 0; corner < (linear ? 1 << s.axes : 1); corner++)
    {
        int index[3] = {0, 0, s.axes == 3 ? 0 : slice};
        double product = 1;
        bool border = false;
        for (int axis = 0; axis < s.axes; axis++)
        {
            const int side = corner >> axis & 1;
            index[axis] = referenceIndex(first[axis] + side, size[axis], effectiveMode(s.d, axis));
            border |= index[axis] < 0;
            product *= side ? weight[axis] : 1 - weight[axis];
        }
        double value;
        if (!border)
            value = t.channel(level, index[0], index[1], index[2], c, normalized);
        else if (t.format.isFloat() || normalized)
            value = s.d.borderColor[c];
        else
        {
            // Integer textures have an integer border, by its bits.
            std::int32_t word;
            std::memcpy(&word, &s.d.borderColor[c], 4);
            value = t.format.kind == cudaChannelFormatKindSigned ? double(word) : double(std::uint32_t(word));
        }
        sum += product * value;
    }
    return sum;
}

/// What a kernel got, as the number that it stands for.
inline double resultValue(std::uint32_t word, const TexelFormat& format, bool normalized)
{
    if (format.isFloat() || (normalized && format.bits < 32))
    {
        float value;
        std::memcpy(&value, &word, 4);
        return value;
    }
    return format.kind == cudaChannelFormatKindSigned ? double(std::int32_t(word)) : double(word);
}
