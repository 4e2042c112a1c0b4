// The buffer of device printf: its size is a limit, which is fixed once a kernel has printed; when it is full, what is
// oldest is lost, and what comes is whole lines.
#include "captured_output.h"
#include "check.h"

#include <string>

__global__ void speak(int from, int count)
{
    for (int i = 0; i < count; ++i) { printf("line %d\n", from + i); }
}

__global__ void silent(int* where) { *where = 1; }

/// The numbers of the lines must be consecutive and end with `last`; gives the first.
int firstOf(const std::string& text, int last)
{
    int first = -1, next = -1, at = 0, length = 0, number = 0;
    while (std::sscanf(text.c_str() + at, "line %d\n%n", &number, &length) == 1)
    {
        if (first < 0) { first = next = number; }
        REQUIRE(number == next, "line %d where %d was expected", number, next);
        ++next;
        at += length;
    }
    REQUIRE(at == static_cast<int>(text.size()), "`%s` is no line", text.c_str() + at);
    REQUIRE(next - 1 == last, "the last line is %d", next - 1);
    return first;
}

int main()
{
    size_t size = 0;
    CUDA(cudaDeviceGetLimit(&size, cudaLimitPrintfFifoSize));
    REQUIRE(size == 1 << 20, "%zu", size);
    int* device;
    CUDA(cudaMalloc(&device, sizeof(int)));
    silent<<<1, 1>>>(device);
    LAUNCHED();
    CUDA(cudaDeviceSetLimit(cudaLimitPrintfFifoSize, 10000)); // a kernel that prints nothing does not fix it
    CUDA(cudaDeviceGetLimit(&size, cudaLimitPrintfFifoSize));
    REQUIRE(size >= 10000, "%zu", size);

    CapturedOutput output;
    output.start();
    speak<<<1, 1>>>(0, 50);
    LAUNCHED();
    int first = firstOf(output.text(), 49);
    REQUIRE(first == 0, "%d", first);

    output.start();
    speak<<<1, 1>>>(50, 5000); // more than fits
    LAUNCHED();
    first = firstOf(output.text(), 5049);
    REQUIRE(first > 50 && first < 5049 - 100, "%d", first);

    output.start();
    speak<<<1, 1>>>(0, 10);
    LAUNCHED();
    first = firstOf(output.text(), 9);
    REQUIRE(first == 0, "%d", first);

    CUDA_FAILS(cudaErrorInvalidValue, cudaDeviceSetLimit(cudaLimitPrintfFifoSize, 1 << 20));
    (void)cudaGetLastError();
    CUDA(cudaDeviceReset());
    CUDA(cudaDeviceSetLimit(cudaLimitPrintfFifoSize, 1 << 20));
    output.start();
    speak<<<1, 1>>>(0, 5000);
    LAUNCHED();
    first = firstOf(output.text(), 4999);
    REQUIRE(first == 0, "%d", first);
    return ok();
}
