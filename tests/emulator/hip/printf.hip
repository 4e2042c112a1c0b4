// printf in kernels: what the runtime prints for each conversion is what the host's printf prints.
#include "check.h"

#include <algorithm>
#include <string>
#include <unistd.h>

__global__ void numbers(int i, unsigned u, long long l, double d)
{
    printf("%d|%5d|%-5d|%05d|%+d|%i\n", i, i, i, i, i, -i);
    printf("%u|%x|%X|%#x|%o|%c\n", u, u, u, u, u, 'w');
    printf("%lld|%llx|%ld\n", l, l, long(l));
    printf("%f|%.2f|%10.3e|%g|%a\n", d, d, d, d, d);
    printf("%s|%10s|%%\n", "text", "right");
}

__global__ void everyThread()
{
    if (threadIdx.x % 3 == 0) { printf("thread %d of block %d\n", int(threadIdx.x), int(blockIdx.x)); }
}

/// What `launch` prints by way of the device.
template<typename F>
static std::string captured(F launch)
{
    char name[] = "/tmp/printfXXXXXX";
    int  file   = mkstemp(name);
    std::fflush(stdout);
    const int kept = dup(1);
    dup2(file, 1);
    launch();
    HIP(hipDeviceSynchronize());
    std::fflush(stdout);
    dup2(kept, 1);
    close(kept);
    std::string text(lseek(file, 0, SEEK_END), ' ');
    REQUIRE(pread(file, &text[0], text.size(), 0) == ssize_t(text.size()), "reading it back");
    close(file);
    unlink(name);
    return text;
}

int main()
{
    const int       i = 42;
    const unsigned  u = 0xdeadbeef;
    const long long l = -1234567890123ll;
    const double    d = 3.14159265358979;
    char            expected[1024];
    int             at = 0;
    at += std::sprintf(expected + at, "%d|%5d|%-5d|%05d|%+d|%i\n", i, i, i, i, i, -i);
    at += std::sprintf(expected + at, "%u|%x|%X|%#x|%o|%c\n", u, u, u, u, u, 'w');
    at += std::sprintf(expected + at, "%lld|%llx|%ld\n", l, l, long(l));
    at += std::sprintf(expected + at, "%f|%.2f|%10.3e|%g|%a\n", d, d, d, d, d);
    at += std::sprintf(expected + at, "%s|%10s|%%\n", "text", "right");
    const std::string got = captured([&] { numbers<<<1, 1>>>(i, u, l, d); });
    REQUIRE(got == expected, "\n%s", got.c_str());

    const std::string many  = captured([] { everyThread<<<3, 100>>>(); });
    const auto        lines = std::count(many.begin(), many.end(), '\n');
    REQUIRE(lines == 3 * 34, "%ld lines", long(lines));
    for (int b = 0; b < 3; ++b)
    {
        for (int t = 0; t < 100; t += 3)
        {
            const std::string line = "thread " + std::to_string(t) + " of block " + std::to_string(b) + "\n";
            REQUIRE(many.find(line) != std::string::npos, "%s", line.c_str());
        }
    }
    return ok();
}
