// Several processes at once, and one that reads and writes another one's device memory through an IPC handle.
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

__global__ void fill(int* values, int count, int seed)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { values[i] = i * 3 + seed; }
}

__global__ void add(int* values, int count, int what)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { values[i] += what; }
}

constexpr int count = 3000;

static std::vector<int> read(const int* device)
{
    std::vector<int> values(count);
    HIP(hipMemcpy(values.data(), device, count * 4, hipMemcpyDeviceToHost));
    return values;
}

/// A process of its own with its own memory.
static int alone(int seed)
{
    int* device = nullptr;
    HIP(hipMalloc(&device, count * 4));
    for (int round = 0; round < 5; ++round)
    {
        fill<<<12, 256>>>(device, count, seed + round);
        const auto values = read(device);
        for (int i = 0; i < count; ++i) { REQUIRE(values[i] == i * 3 + seed + round, "process %d", seed); }
    }
    return 0;
}

/// Adds to the memory that the handle names.
static int guest(int from, int to)
{
    hipIpcMemHandle_t handle{};
    REQUIRE(read(from, &handle, sizeof handle) == sizeof handle, "the handle");
    int* device = nullptr;
    HIP(hipIpcOpenMemHandle(reinterpret_cast<void**>(&device), handle, hipIpcMemLazyEnablePeerAccess));
    REQUIRE(read(device)[7] == 21 + 1000, "%d", read(device)[7]);
    add<<<12, 256>>>(device, count, 50000);
    HIP(hipDeviceSynchronize());
    HIP(hipIpcCloseMemHandle(device));
    return write(to, "x", 1) != 1;
}

int main()
{
    int there[2], back[2];
    REQUIRE(pipe(there) == 0 && pipe(back) == 0, "pipes");
    std::vector<pid_t> children;
    for (int child = 0; child < 4; ++child)
    {
        const pid_t id = fork(); // Before this process touches the runtime, which does not survive a fork.
        if (id == 0) { std::_Exit(child == 3 ? guest(there[0], back[1]) : alone(child * 100)); }
        children.push_back(id);
    }
    int* device = nullptr;
    HIP(hipMalloc(&device, count * 4));
    fill<<<12, 256>>>(device, count, 1000);
    HIP(hipDeviceSynchronize());
    hipIpcMemHandle_t handle{};
    HIP(hipIpcGetMemHandle(&handle, device));
    REQUIRE(write(there[1], &handle, sizeof handle) == sizeof handle, "the handle");
    char done = 0;
    close(back[1]);
    REQUIRE(read(back[0], &done, 1) == 1, "the guest ended early");
    const auto values = read(device);
    for (int i = 0; i < count; ++i) { REQUIRE(values[i] == i * 3 + 51000, "element %d is %d", i, values[i]); }
    for (pid_t child : children)
    {
        int status = 0;
        waitpid(child, &status, 0);
        REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a child failed");
    }
    return ok();
}
