// Functions of libdevice that no header of ours calls, but PTX of other makers may: SIMD in a word, lengths of vectors in memory,
// quotients and roots in a directed rounding. Against the host, computed part by part.
#include "check.h"
#include <cfenv>
#include <cmath>
#include <cstdint>

#define SIMD(X) \
    X(vadd2, 2, a + b) X(vadd4, 4, a + b) X(vsub2, 2, a - b) X(vsub4, 4, a - b) \
    X(vaddss2, 2, clamp(sa + sb, lo, hi)) X(vaddss4, 4, clamp(sa + sb, lo, hi)) \
    X(vaddus2, 2, clamp(a + b, 0, all)) X(vaddus4, 4, clamp(a + b, 0, all)) \
    X(vsubss2, 2, clamp(sa - sb, lo, hi)) X(vsubus4, 4, clamp(a - b, 0, all)) \
    X(vabsdiffs2, 2, sa > sb ? sa - sb : sb - sa) X(vabsdiffu4, 4, a > b ? a - b : b - a) \
    X(vavgu2, 2, (a + b + 1) >> 1) X(vavgs4, 4, (sa + sb + (sa + sb >= 0)) >> 1) X(vhaddu4, 4, (a + b) >> 1) \
    X(vmins2, 2, sa < sb ? sa : sb) X(vminu4, 4, a < b ? a : b) X(vmaxs4, 4, sa > sb ? sa : sb) X(vmaxu2, 2, a > b ? a : b) \
    X(vcmpeq4, 4, a == b ? -1 : 0) X(vcmpgts2, 2, sa > sb ? -1 : 0) X(vcmpleu4, 4, a <= b ? -1 : 0) \
    X(vsetne2, 2, a != b) X(vsetlts4, 4, sa < sb) X(vsetgeu2, 2, a >= b)

#define DECLARE(name, parts, value) extern "C" __device__ unsigned __nv_##name(unsigned, unsigned);
SIMD(DECLARE)
extern "C" __device__ unsigned __nv_vabsss2(unsigned);
extern "C" __device__ unsigned __nv_vneg4(unsigned);
extern "C" __device__ unsigned __nv_vsads4(unsigned, unsigned);
extern "C" __device__ float __nv_fdiv_rz(float, float);
extern "C" __device__ double __nv_ddiv_ru(double, double);
extern "C" __device__ float __nv_fsqrt_rd(float);
extern "C" __device__ double __nv_drcp_rz(double);
extern "C" __device__ float __nv_ll2float_rz(long long);
extern "C" __device__ double __nv_ull2double_ru(unsigned long long);
extern "C" __device__ double __nv_norm(int, const double*);
extern "C" __device__ float __nv_rnormf(int, const float*);

constexpr int COUNT = 10240;
#define NUMBER(name, parts, value) N_##name,
enum { SIMD(NUMBER) OPERATIONS };

struct Result {
    unsigned simd[OPERATIONS], absolute, negated, sum;
    float quotient, root, single;
    double wide_quotient, reciprocal, wide;
};

__global__ void compute(const unsigned* a, const unsigned* b, Result* out)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    Result& r = out[i];
#define CALL(name, parts, value) r.simd[N_##name] = __nv_##name(a[i], b[i]);
    SIMD(CALL)
    r.absolute = __nv_vabsss2(a[i]);
    r.negated = __nv_vneg4(a[i]);
    r.sum = __nv_vsads4(a[i], b[i]);
    const float x = float(a[i]) + 1, y = float(b[i]) + 1;
    r.quotient = __nv_fdiv_rz(x, y);
    r.wide_quotient = __nv_ddiv_ru(x, y);
    r.root = __nv_fsqrt_rd(x);
    r.reciprocal = __nv_drcp_rz(y);
    const unsigned long long wide = (unsigned long long)a[i] << 32 | b[i];
    r.single = __nv_ll2float_rz((long long)wide);
    r.wide = __nv_ull2double_ru(wide);
}

__global__ void lengths(const double* v, const float* w, double* length, float* inverse)
{
    *length = __nv_norm(4, v);
    *inverse = __nv_rnormf(3, w);
}

static long long clamp(long long value, long long low, long long high)
{
    return value < low ? low : value > high ? high : value;
}

int main()
{
    unsigned *a, *b;
    Result* out;
    static unsigned ha[COUNT], hb[COUNT];
    static Result results[COUNT];
    unsigned state = 1;
    const unsigned special[] = {0, 0xffffffff, 0x80008000, 0x7fff7fff, 0x80808080, 0x7f7f7f7f, 0x00010001, 0x01010101};
    for (int i = 0; i < COUNT; ++i) {
        state = state * 1664525u + 1013904223u;
        ha[i] = i < 64 ? special[i / 8] : state;
        state = state * 1664525u + 1013904223u;
        hb[i] = i < 64 ? special[i % 8] : state;
    }
    CUDA(cudaMalloc(&a, sizeof ha));
    CUDA(cudaMalloc(&b, sizeof hb));
    CUDA(cudaMalloc(&out, sizeof results));
    CUDA(cudaMemcpy(a, ha, sizeof ha, cudaMemcpyHostToDevice));
    CUDA(cudaMemcpy(b, hb, sizeof hb, cudaMemcpyHostToDevice));
    compute<<<COUNT / 256, 256>>>(a, b, out);
    LAUNCHED();
    CUDA(cudaMemcpy(results, out, sizeof results, cudaMemcpyDeviceToHost));
    for (int i = 0; i < COUNT; ++i) {
        const Result& r = results[i];
#define CHECK(name, parts, value) \
    { \
        const int bits = 32 / parts; \
        const long long all = (1ll << bits) - 1, hi = all >> 1, lo = -hi - 1; \
        (void)lo; \
        unsigned expected = 0; \
        for (int p = 0; p < parts; ++p) { \
            const long long a = ha[i] >> (p * bits) & all, b = hb[i] >> (p * bits) & all; \
            const long long sa = a > hi ? a - all - 1 : a, sb = b > hi ? b - all - 1 : b; \
            (void)sa; \
            (void)sb; \
            expected |= unsigned((value) & all) << (p * bits); \
        } \
        REQUIRE(r.simd[N_##name] == expected, #name " of %x, %x: %x, not %x", ha[i], hb[i], r.simd[N_##name], expected); \
    }
        SIMD(CHECK)
        unsigned absolute = 0, negated = 0, sum = 0;
        for (int p = 0; p < 2; ++p) {
            const int part = int16_t(ha[i] >> (16 * p));
            absolute |= unsigned(clamp(part < 0 ? -part : part, -32768, 32767) & 0xffff) << (16 * p);
        }
        for (int p = 0; p < 4; ++p) {
            const int x = int8_t(ha[i] >> (8 * p)), y = int8_t(hb[i] >> (8 * p));
            negated |= unsigned(-x & 0xff) << (8 * p);
            sum += unsigned(x > y ? x - y : y - x);
        }
        REQUIRE(r.absolute == absolute && r.negated == negated && r.sum == sum, "%x: %x %x %x", ha[i], r.absolute, r.negated, r.sum);
        volatile float x = float(ha[i]) + 1, y = float(hb[i]) + 1, single;
        volatile double wide;
        volatile long long bits = (long long)((unsigned long long)ha[i] << 32 | hb[i]);
        fesetround(FE_TOWARDZERO);
        single = x / y;
        REQUIRE(r.quotient == single, "%a, not %a", r.quotient, single);
        wide = 1.0 / y;
        REQUIRE(r.reciprocal == wide, "%a, not %a", r.reciprocal, wide);
        single = float(bits);
        REQUIRE(r.single == single, "%a, not %a", r.single, single);
        fesetround(FE_UPWARD);
        wide = double(x) / double(y);
        REQUIRE(r.wide_quotient == wide, "%a, not %a", r.wide_quotient, wide);
        const volatile double above = double(ha[i]) * 4294967296.0;
        wide = above + double(hb[i]);
        REQUIRE(r.wide == wide, "%a, not %a", r.wide, wide);
        fesetround(FE_DOWNWARD);
        single = sqrtf(x);
        REQUIRE(r.root == single, "%a, not %a", r.root, single);
        fesetround(FE_TONEAREST);
    }

    const double v[4] = {1e200, 2e200, 2e200, 4e200};
    const float w[3] = {2, 3, 6};
    double *dv, *dl, length;
    float *dw, *di, inverse;
    CUDA(cudaMalloc(&dv, sizeof v));
    CUDA(cudaMalloc(&dw, sizeof w));
    CUDA(cudaMalloc(&dl, sizeof length));
    CUDA(cudaMalloc(&di, sizeof inverse));
    CUDA(cudaMemcpy(dv, v, sizeof v, cudaMemcpyHostToDevice));
    CUDA(cudaMemcpy(dw, w, sizeof w, cudaMemcpyHostToDevice));
    lengths<<<1, 1>>>(dv, dw, dl, di);
    LAUNCHED();
    CUDA(cudaMemcpy(&length, dl, sizeof length, cudaMemcpyDeviceToHost));
    CUDA(cudaMemcpy(&inverse, di, sizeof inverse, cudaMemcpyDeviceToHost));
    REQUIRE(fabs(length - 5e200) < 1e186, "%a", length);
    REQUIRE(fabsf(inverse - 1.0f / 7) < 1e-7f, "%a", inverse);
    return ok();
}
