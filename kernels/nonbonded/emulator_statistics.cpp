// The emulator is a libhsa-runtime64.so.1 that exports one function more than AMD's. It is looked up in the library that
// the CUDA runtime has already loaded, so this program links to nothing of it and runs elsewhere without it.

#include "emulator_statistics.h"

#include <dlfcn.h>

#include <cstdint>

namespace
{

/// Sums over all dispatches of the process, as the emulator declares them.
struct Statistics
{
    std::uint64_t dispatches;
    std::uint64_t workGroups;
    std::uint64_t wavefronts;
    std::uint64_t instructions;
    std::uint64_t busyNanoseconds;
};

} // namespace

long long emulatorInstructions()
{
    using Read = std::uint32_t (*)(Statistics*); // 0: success

    void* const library = dlopen("libhsa-runtime64.so.1", RTLD_NOLOAD | RTLD_LAZY);
    if (library == nullptr) { return -1; }
    const auto read       = reinterpret_cast<Read>(dlsym(library, "wavefold_emulator_statistics"));
    Statistics statistics = {};
    const bool known      = read != nullptr && read(&statistics) == 0;
    dlclose(library);
    return known ? static_cast<long long>(statistics.instructions) : -1;
}
