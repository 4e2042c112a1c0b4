//! flags = ["-DNDEBUG"]
// With NDEBUG an assertion is nothing: not evaluated, no error.
#include <cassert>

#include "check.h"

__global__ void insist(int* count)
{
    assert(atomicAdd(count, 1) < 0);
    atomicAdd(count, 2);
}

int main()
{
    DeviceArray<int> count(std::vector<int>{0});
    insist<<<1, 64>>>(count.get());
    LAUNCHED();
    REQUIRE(count.download()[0] == 128, "%d", count.download()[0]);
    return ok();
}
