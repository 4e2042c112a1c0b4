//! also = [["-G"], ["-Xptxas", "--warp-mapping=split"]]
// printf in kernels: every conversion, strings of every memory, its result, the order against the host's own output, several
// blocks and streams. The host's printf says what each line must be.
#include "captured_output.h"
#include "check.h"

#include <algorithm>
#include <sstream>
#include <string>

__device__ char           inGlobal[]   = "global";
__constant__ char         inConstant[] = "constant";
__device__ const char*    held         = "held";

#define INTEGERS "%d %i %u %x %#X %o %+d % d %05d %-5d| %.4d %hd %hhd %c\n", n, n, n, n, n, n, n, n, n, n, n, n, n, 'a' + n % 26
#define LONGS "%ld %lld %lu %llx %#llo %+20lld %-20lld|\n", (long)big, big, (unsigned long)big, big, big, big, big
#define FLOATS "%f %e %g %a %E %G %.3f %10.2f %-10.2f| %+g %#g %010.3f\n", f, f, f, f, f, f, f, f, f, f, f, f
#define STARS "%*d|%-*d|%.*f|%*.*f|%*s|%.*s|\n", 6, n, 7, n, 2, f, 9, 3, f, 8, "right", 3, "cut here"
#define NOTHING "no arguments, 100%% literal\n"

__global__ void speakAll(int n, long long big, double f, int* results)
{
    results[0] = printf(INTEGERS);
    results[1] = printf(LONGS);
    results[2] = printf(FLOATS);
    results[3] = printf(STARS);
    results[4] = printf(NOTHING);
    results[5] = printf(nullptr);
    __shared__ char inShared[8];
    char            inLocal[8];
    for (int i = 0; i < 8; ++i)
    {
        inShared[i] = "shared\0"[i];
        inLocal[i]  = "local\0\0"[i];
    }
    results[6] = printf("%s %s %s %s %s %s %8.3s| %p\n", inGlobal, inConstant, held, inShared, inLocal, "literal", "abcdef",
                        (void*)0x1234);
}

template<typename... Arguments>
std::string line(const char* format, Arguments... arguments)
{
    char buffer[1024];
    std::snprintf(buffer, sizeof buffer, format, arguments...);
    return buffer;
}

void conversions()
{
    DeviceArray<int> results(7);
    for (const int n : {0, 42, -7, 2147483647, -2147483647 - 1})
    {
        const long long big = n * 3'000'000'007LL;
        const double    f   = n * 0.37;
        CapturedOutput  output;
        output.start();
        speakAll<<<1, 1>>>(n, big, f, results.get());
        LAUNCHED();
        const std::string got  = output.text();
        const std::string want = line(INTEGERS) + line(LONGS) + line(FLOATS) + line(STARS) + line(NOTHING)
                                 + line("%s %s %s %s %s %s %8.3s| %p\n", "global", "constant", "held", "shared", "local",
                                        "literal", "abcdef", (void*)0x1234);
        REQUIRE(got == want, "n = %d:\n%s\nexpected\n%s", n, got.c_str(), want.c_str());
        const int counts[] = {14, 7, 12, 13, 0, -1, 8};
        const std::vector<int> returned = results.download();
        for (int i = 0; i < 7; ++i) { REQUIRE(returned[i] == counts[i], "call %d returned %d", i, returned[i]); }
    }
}

__global__ void speakOnce(int number) { printf("kernel %d\n", number); }

// Each way of waiting shows what was printed before it, and nothing of the host's own output changes places.
void hostsOrder()
{
    CapturedOutput output;
    output.start();
    std::printf("host 0\n");
    speakOnce<<<1, 1>>>(1);
    CUDA(cudaDeviceSynchronize());
    std::printf("host 2\n");
    cudaStream_t stream;
    CUDA(cudaStreamCreate(&stream));
    speakOnce<<<1, 1, 0, stream>>>(3);
    CUDA(cudaStreamSynchronize(stream));
    std::printf("host 4\n");
    cudaEvent_t event;
    CUDA(cudaEventCreate(&event));
    speakOnce<<<1, 1, 0, stream>>>(5);
    CUDA(cudaEventRecord(event, stream));
    CUDA(cudaEventSynchronize(event));
    std::printf("host 6\n");
    int  value = 0;
    int* device;
    CUDA(cudaMalloc(&device, sizeof value));
    speakOnce<<<1, 1>>>(7);
    CUDA(cudaMemcpy(&value, device, sizeof value, cudaMemcpyDeviceToHost));
    std::printf("host 8\n");
    // Launches in order print in order.
    for (int i = 9; i < 14; ++i) { speakOnce<<<1, 1, 0, i % 2 == 0 ? stream : nullptr>>>(i); }
    CUDA(cudaFree(device));
    std::printf("host 14\n");
    CUDA(cudaEventDestroy(event));
    CUDA(cudaStreamDestroy(stream));
    const std::string got = output.text();
    std::string       want;
    for (int i = 0; i <= 14; ++i)
    {
        const bool host = i % 2 == 0 && (i < 9 || i == 14);
        want += line(host ? "host %d\n" : "kernel %d\n", i);
    }
    REQUIRE(got == want, "\n%s", got.c_str());
}

__global__ void speakMany(int base)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i % 3 != 1) { printf("%d:%d:%d %s\n", base + i, blockIdx.x, threadIdx.x, i % 2 == 0 ? "even" : "odd"); }
}

// All lines of many blocks in several streams arrive, each whole and once.
void manyThreads()
{
    constexpr int blocks = 7, threads = 96, launches = 3;
    cudaStream_t  streams[launches];
    for (cudaStream_t& stream : streams) { CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking)); }
    CapturedOutput output;
    output.start();
    for (int launch = 0; launch < launches; ++launch)
    {
        speakMany<<<blocks, threads, 0, streams[launch]>>>(launch * 10000);
    }
    CUDA(cudaDeviceSynchronize());
    std::istringstream       text(output.text());
    std::vector<std::string> got, want;
    for (std::string one; std::getline(text, one);) { got.push_back(one); }
    for (int launch = 0; launch < launches; ++launch)
    {
        for (int i = 0; i < blocks * threads; ++i)
        {
            if (i % 3 == 1) { continue; }
            want.push_back(line("%d:%d:%d %s", launch * 10000 + i, i / threads, i % threads, i % 2 == 0 ? "even" : "odd"));
        }
    }
    std::sort(got.begin(), got.end());
    std::sort(want.begin(), want.end());
    REQUIRE(got == want, "%zu lines, %zu expected", got.size(), want.size());
    for (cudaStream_t stream : streams) { CUDA(cudaStreamDestroy(stream)); }
}

int main()
{
    conversions();
    hostsOrder();
    manyThreads();
    return ok();
}
