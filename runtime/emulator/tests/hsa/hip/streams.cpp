// Streams, events, rectangles and threads: prints a name and the number of wrong results.
#include <hip/hip_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#define CHECK(call)                                                        \
    do {                                                                   \
        hipError_t error = (call);                                         \
        if (error != hipSuccess) {                                         \
            printf("%s: %s\n", #call, hipGetErrorString(error));           \
            exit(1);                                                       \
        }                                                                  \
    } while (0)

__global__ void add(const float *a, const float *b, float *c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        c[i] = a[i] + b[i];
}

static int work(int seed) {
    hipStream_t stream;
    float *device;
    std::vector<float> in(1024, seed), out(1024);
    int wrong = 0;
    CHECK(hipStreamCreate(&stream));
    CHECK(hipMalloc(&device, 4096));
    for (int round = 0; round < 5; round++) {
        CHECK(hipMemcpyAsync(device, in.data(), 4096, hipMemcpyHostToDevice, stream));
        add<<<4, 256, 0, stream>>>(device, device, device, 1024);
        CHECK(hipMemcpyAsync(out.data(), device, 4096, hipMemcpyDeviceToHost, stream));
        CHECK(hipStreamSynchronize(stream));
        for (float value : out)
            wrong += value != 2 * seed;
    }
    CHECK(hipFree(device));
    CHECK(hipStreamDestroy(stream));
    return wrong;
}

int main() {
    const int n = 100003, bytes = n * sizeof(float);
    hipStream_t first, second;
    hipEvent_t begin, copied;
    CHECK(hipStreamCreate(&first));
    CHECK(hipStreamCreateWithFlags(&second, hipStreamNonBlocking));
    CHECK(hipEventCreate(&begin));
    CHECK(hipEventCreate(&copied));
    float *pinned, *a, *b, *c;
    CHECK(hipHostMalloc(&pinned, bytes));
    CHECK(hipMalloc(&a, bytes));
    CHECK(hipMalloc(&b, bytes));
    CHECK(hipMalloc(&c, bytes));
    for (int i = 0; i < n; i++)
        pinned[i] = i;
    CHECK(hipEventRecord(begin, first));
    CHECK(hipMemcpyAsync(a, pinned, bytes, hipMemcpyHostToDevice, first));
    CHECK(hipEventRecord(copied, first));
    CHECK(hipStreamWaitEvent(second, copied, 0));
    CHECK(hipMemcpyAsync(b, a, bytes, hipMemcpyDeviceToDevice, second));
    add<<<(n + 255) / 256, 256, 0, second>>>(a, b, c, n);
    CHECK(hipMemcpyAsync(pinned, c, bytes, hipMemcpyDeviceToHost, second));
    CHECK(hipStreamSynchronize(second));
    int wrong = 0;
    for (int i = 0; i < n; i++)
        wrong += pinned[i] != 2.0f * i;
    printf("streams %d\n", wrong);

    float milliseconds = -1;
    CHECK(hipEventSynchronize(copied));
    CHECK(hipEventElapsedTime(&milliseconds, begin, copied));
    printf("events %d\n", !(milliseconds >= 0 && milliseconds < 60000));

    unsigned rows[2][8];
    CHECK(hipMemset2D(c, 256, 0x11, 128, 10));
    CHECK(hipMemcpy2D(rows, 32, c, 256, 32, 2, hipMemcpyDeviceToHost));
    wrong = 0;
    for (auto &row : rows)
        for (unsigned word : row)
            wrong += word != 0x11111111;
    printf("rectangles %d\n", wrong);

    std::vector<std::thread> threads;
    std::vector<int> results(8);
    for (int seed = 0; seed < 8; seed++)
        threads.emplace_back([&results, seed] { results[seed] = work(seed); });
    wrong = 0;
    for (auto &thread : threads)
        thread.join();
    for (int result : results)
        wrong += result;
    printf("threads %d\n", wrong);

    void *huge;
    printf("out of memory %d\n", hipMalloc(&huge, size_t(1) << 40));
}
