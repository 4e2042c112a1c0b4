// An assertion that fails in a kernel says so on stderr and stops the program; one that holds does nothing.
#include "check.h"

#include <cassert>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

__global__ void positive(const int* values, int count)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) { assert(values[i] >= 0); }
}

static void launch(int bad)
{
    std::vector<int> values(200, 1);
    if (bad >= 0) { values[bad] = -1; }
    int* device = nullptr;
    HIP(hipMalloc(&device, values.size() * 4));
    HIP(hipMemcpy(device, values.data(), values.size() * 4, hipMemcpyHostToDevice));
    positive<<<4, 64>>>(device, int(values.size()));
    HIP(hipDeviceSynchronize());
    HIP(hipFree(device));
}

int main()
{
    int channel[2];
    REQUIRE(pipe(channel) == 0, "a pipe");
    // The runtime does not survive a fork, so the child comes first.
    const pid_t child = fork();
    if (child == 0)
    {
        dup2(channel[1], 1);
        dup2(channel[1], 2);
        launch(131);
        std::_Exit(0);
    }
    close(channel[1]);
    std::string said;
    char        part[512];
    for (ssize_t got; (got = read(channel[0], part, sizeof part)) > 0;) { said.append(part, got); }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(!WIFEXITED(status) || WEXITSTATUS(status) != 0, "the child ended well");
    REQUIRE(said.find("values[i] >= 0") != std::string::npos, "it said: %s", said.c_str());
    launch(-1);
    return ok();
}
