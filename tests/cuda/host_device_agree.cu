//! flags = ["-fmad=false"]
//! also = [["-G"]]
//
// The same C++ functions compiled for the device and for the host, over random and special inputs, compared bit for
// bit (a NaN equals a NaN). The host is the reference: its compiler back end and its processor share nothing with the
// device's.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

using s8 = int8_t;
using s16 = int16_t;
using s32 = int32_t;
using s64 = int64_t;
using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;

template <typename To, typename From>
__host__ __device__ To bits_of(From value) {
    static_assert(sizeof(To) == sizeof(From), "same size");
    To result;
    memcpy(&result, &value, sizeof result);
    return result;
}

__host__ __device__ u64 canonical(float value) { return value != value ? 0x7fc00000u : bits_of<u32>(value); }
__host__ __device__ u64 canonical(double value) { return value != value ? 0x7ff8000000000000ull : bits_of<u64>(value); }
__host__ __device__ u64 canonical(u64 value) { return value; }
__host__ __device__ u64 canonical(s64 value) { return u64(value); }
__host__ __device__ u64 canonical(u32 value) { return value; }
__host__ __device__ u64 canonical(s32 value) { return u64(s64(value)); }
__host__ __device__ u64 canonical(bool value) { return value; }

// Every case sees two 64-bit words and reads from them what it needs.
#define INTEGER_CASES(CASE)                                                                                        \
    CASE(u32(a) + u32(b)) CASE(u64(a) + u64(b)) CASE(u32(u16(a) * u16(b))) CASE(u32(a) * u32(b)) CASE(a * b)       \
    CASE(a - b) CASE(u32(u8(a) - u8(b))) CASE(s32(s8(a)) * s32(s8(b))) CASE(s64(s32(a)) * s32(b))                  \
    CASE(u64(u32(a)) * u32(b)) CASE(u64(u32(a)) * u32(b) >> 32) CASE(u32(a) / (u32(b) | 1))                       \
    CASE(u32(a) % (u32(b) | 1)) CASE(s32(a) / ((s32(b) & 0x7fffffff) | 1)) CASE(s32(a) % ((s32(b) & 0xffff) | 1))  \
    CASE(a / (b | 1)) CASE(a % (b | 1)) CASE(s64(a) / ((s64(b) & 0x7fffffffffff) | 1))                            \
    CASE(s64(a) % ((s64(b) & 0xffffff) | 1)) CASE(u32(u16(a) / (u16(b) | 1))) CASE(u32(u8(a) % (u8(b) | 1)))       \
    CASE(a / 10) CASE(s64(a) / 7) CASE(u32(a) / 1000) CASE(s32(a) % 60) CASE(u32(a) << (b & 31))                   \
    CASE(u32(a) >> (b & 31)) CASE(s32(a) >> (b & 31)) CASE(a << (b & 63)) CASE(a >> (b & 63))                      \
    CASE(s64(a) >> (b & 63)) CASE(u32(u16(a) >> (b & 15))) CASE(s32(s16(a) >> (b & 15))) CASE(a & b) CASE(a | ~b)  \
    CASE(a ^ b) CASE((u32(a) & u32(b)) | (~u32(a) & u32(a >> 32))) CASE(u32(a) << 7 | u32(a) >> 25)                \
    CASE(a << 13 | a >> 51) CASE(s64(a) < s64(b)) CASE(a < b) CASE(s32(a) <= s32(b)) CASE(u16(a) > u16(b))         \
    CASE(s8(a) >= s8(b)) CASE(a == b) CASE(s32(a) < s32(b) ? u32(a) : u32(b)) CASE(a > b ? a : b)                  \
    CASE(s64(a) < 0 ? -s64(a) : s64(a)) CASE(s32(s16(a)) + s32(s8(b))) CASE(u32(__builtin_popcount(u32(a))))       \
    CASE(u32(__builtin_popcountll(a))) CASE(u32(__builtin_clz(u32(a) | 1))) CASE(u32(__builtin_clzll(a | 1)))      \
    CASE(u32(__builtin_ctz(u32(a) | 0x80000000u))) CASE(u32(__builtin_ctzll(a | 1ull << 63)))                      \
    CASE(__builtin_bswap32(u32(a))) CASE(__builtin_bswap64(a)) CASE(u32(a >> 5 & 0x3ff)) CASE(s64(a << 20) >> 44)  \
    CASE(u64((unsigned __int128)a * b >> 64)) CASE(u32(u32(a) > ~u32(b)) + u32(a >> 32) + u32(b >> 32))            \
    CASE(u64(((unsigned __int128)a + b) >> 64)) CASE(s64((__int128)s64(a) * s64(b) >> 64))                         \
    CASE(switched(a, b)) CASE(looped(a, b)) CASE(indexed(a, b))

#define FLOAT_CASES(CASE)                                                                                          \
    CASE(x + y) CASE(x - y) CASE(x * y) CASE(x / y) CASE(1.0f / y) CASE(sqrtf(x)) CASE(sqrtf(fabsf(x)))            \
    CASE(fmaf(x, y, z)) CASE(fmaf(-x, y, -z)) CASE(x * y + z) CASE(fabsf(x)) CASE(-x) CASE(floorf(x))              \
    CASE(ceilf(x)) CASE(truncf(x)) CASE(rintf(x)) CASE(roundf(x)) CASE(copysignf(x, y)) CASE(x < y) CASE(x <= y)   \
    CASE(x == y) CASE(x != y) CASE(x > y) CASE(x >= y) CASE(x != x) CASE(!(x < y)) CASE(x < y ? x : z)             \
    CASE(fminf(x, 1.0f) + fmaxf(y, -1.0f)) CASE(double(x) + y) CASE(float(s32(a))) CASE(float(u32(a)))             \
    CASE(float(s64(a))) CASE(float(a)) CASE(float(s16(a))) CASE(float(u8(a))) CASE(s32(small(x))) CASE(u32(small(x) * 16))   \
    CASE(s64(small(x) * 65536.0f)) CASE(u64(small(x) * 4e9f)) CASE(s32(s8(s32(small(y))))) CASE(fmodf(small(x), 7.25f))   \
    CASE(ldexpf(x, int(b & 63) - 32)) CASE(bits_of<u32>(x) >> 3)

#define DOUBLE_CASES(CASE)                                                                                         \
    CASE(x + y) CASE(x - y) CASE(x * y) CASE(x / y) CASE(1.0 / y) CASE(sqrt(fabs(x))) CASE(sqrt(x))                \
    CASE(fma(x, y, z)) CASE(x * y - z) CASE(fabs(x)) CASE(-x) CASE(floor(x)) CASE(ceil(x)) CASE(trunc(x))          \
    CASE(rint(x)) CASE(copysign(x, y)) CASE(x < y) CASE(x <= y) CASE(x == y) CASE(x != y) CASE(x > y) CASE(x >= y) \
    CASE(float(x)) CASE(double(s32(a))) CASE(double(u32(a))) CASE(double(s64(a))) CASE(double(a))                  \
    CASE(s32(small(x))) CASE(u32(small(x) * 16)) CASE(s64(small(x) * 65536.0)) CASE(u64(small(x) * 4e9))           \
    CASE(fmin(x, 1.0) - fmax(y, -1.0)) CASE(x < y ? y : z)

__host__ __device__ u64 switched(u64 a, u64 b) {
    switch (a % 11) {
    case 0: return b + 1;
    case 1: return b * 3;
    case 2: return b ^ a;
    case 3: return ~b;
    case 4: return b >> 3;
    case 5: return b - a;
    case 6: return b / 3;
    case 7: return b << 9;
    case 9: return a | b;
    default: return a & b;
    }
}

__host__ __device__ u64 looped(u64 a, u64 b) {
    u64 sum = 0;
    for (u32 i = 0; i < (b & 15); ++i) {
        if ((a >> i & 3) == 1) continue;
        if ((a >> i & 7) == 6) break;
        sum = sum * 31 + (a >> i);
    }
    return sum;
}

__host__ __device__ u64 indexed(u64 a, u64 b) {
    u32 table[16];
    for (u32 i = 0; i < 16; ++i) table[(i * 5 + u32(a)) & 15] = u32(a >> i) * (i + 1);
    u64 sum = 0;
    for (u32 i = 0; i < 8; ++i) sum = sum * 7 + table[b >> (4 * i) & 15];
    return sum;
}

template <typename T>
__host__ __device__ T small(T x) {
    return x > T(-1e6) && x < T(1e6) ? (x < T(0) ? -x : x) : T(42.5);
}

#define COUNT(expression) +1
constexpr int integer_cases = 0 INTEGER_CASES(COUNT);
constexpr int float_cases = 0 FLOAT_CASES(COUNT);
constexpr int double_cases = 0 DOUBLE_CASES(COUNT);
constexpr int cases = integer_cases + float_cases + double_cases;

#define EVALUATE(expression) *result++ = canonical(expression);
__host__ __device__ void evaluate_integers(u64 a, u64 b, u64 *result) { INTEGER_CASES(EVALUATE) }
__host__ __device__ void evaluate_floats(u64 a, u64 b, u64 *result) {
    float x = bits_of<float>(u32(a)), y = bits_of<float>(u32(b)), z = bits_of<float>(u32(a >> 32));
    FLOAT_CASES(EVALUATE)
}
__host__ __device__ void evaluate_doubles(u64 a, u64 b, u64 *result) {
    double x = bits_of<double>(a), y = bits_of<double>(b), z = bits_of<double>(a ^ b << 1);
    DOUBLE_CASES(EVALUATE)
}

#define NAME(expression) #expression,
const char *names[] = {INTEGER_CASES(NAME) FLOAT_CASES(NAME) DOUBLE_CASES(NAME)};

__global__ void evaluate(const u64 *inputs, u64 *results, int count) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    u64 a = inputs[2 * i], b = inputs[2 * i + 1], *result = results + u64(i) * cases;
    evaluate_integers(a, b, result);
    evaluate_floats(a, b, result + integer_cases);
    evaluate_doubles(a, b, result + integer_cases + float_cases);
}

static u64 next_random() {
    static u64 state = 0x9e3779b97f4a7c15ull;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static u64 special(u64 which) {
    static const u64 words[] = {
        0, 1, ~0ull, 1ull << 63, (1ull << 63) - 1, 0x80000000ull, 0x7fffffffull, 0xffffffffull, 0xffffull, 0x8000ull, 0x7full,
        0x3ff0000000000000ull, 0x7ff0000000000000ull, 0xfff0000000000000ull, 0x7ff8000000000001ull, 0x000fffffffffffffull,
        0x3f8000003f800000ull, 0x7f8000007f800000ull, 0xff800000ff800000ull, 0x7fc000007fc00000ull, 0x007fffff007fffffull,
        0x0080000000800000ull, 0x8000000080000001ull, 0x4b0000004b000000ull, 0x40e0000000000000ull, 0xc0dfffe000000000ull,
    };
    return words[which % (sizeof words / sizeof *words)];
}

static u64 next_input() {
    u64 word = next_random();
    switch (word % 8) {
    case 0: return special(next_random());
    case 1: return next_random() & 0xff;
    case 2: return bits_of<u64>(double(s64(next_random()) >> 40) / 64);
    case 3: return bits_of<u32>(float(s32(next_random()) >> 12) / 32) * 0x100000001ull;
    default: return next_random();
    }
}

int main() {
    const int count = 3001;
    std::vector<u64> inputs(2 * count), results(size_t(count) * cases), expected(cases);
    for (u64 &input : inputs) input = next_input();
    u64 *device_inputs, *device_results;
    if (cudaMalloc(&device_inputs, inputs.size() * 8) || cudaMalloc(&device_results, results.size() * 8)) return 2;
    cudaMemcpy(device_inputs, inputs.data(), inputs.size() * 8, cudaMemcpyHostToDevice);
    evaluate<<<(count + 95) / 96, 96>>>(device_inputs, device_results, count);
    if (cudaError_t error = cudaMemcpy(results.data(), device_results, results.size() * 8, cudaMemcpyDeviceToHost)) {
        std::printf("%s\n", cudaGetErrorString(error));
        return 2;
    }
    int wrong = 0;
    for (int i = 0; i < count; ++i) {
        u64 a = inputs[2 * i], b = inputs[2 * i + 1];
        evaluate_integers(a, b, expected.data());
        evaluate_floats(a, b, expected.data() + integer_cases);
        evaluate_doubles(a, b, expected.data() + integer_cases + float_cases);
        for (int c = 0; c < cases; ++c) {
            u64 got = results[size_t(i) * cases + c];
            if (got != expected[c] && ++wrong <= 20) {
                std::printf("%s: a %016llx b %016llx: device %016llx host %016llx\n", names[c], (unsigned long long)a,
                            (unsigned long long)b, (unsigned long long)got, (unsigned long long)expected[c]);
            }
        }
    }
    if (wrong) {
        std::printf("%d of %lld values are wrong\n", wrong, (long long)count * cases);
        return 1;
    }
    std::printf("ok\n");
    return 0;
}
