// The emulator is a libhsa-runtime64.so.1 that exports one function more than AMD's. It is looked up in the library that
// the CUDA runtime has already loaded, so this program links to nothing of it and runs elsewhere without it.

#include "emulator_statistics.h"

#include <dlfcn.h>

#include <cstdint>

long long emulatorInstructions()
{
    // Writes up to `count` counters and returns how many there are; the first is that of wavefront instructions.
    using Statistics = std::uint32_t (*)(std::uint64_t* values, std::uint32_t count);

    void* const library = dlopen("libhsa-runtime64.so.1", RTLD_NOLOAD | RTLD_LAZY);
    if (library == nullptr) { return -1; }
    const auto    statistics   = reinterpret_cast<Statistics>(dlsym(library, "wavefold_emulator_statistics"));
    std::uint64_t instructions = 0;
    const bool    known        = statistics != nullptr && statistics(&instructions, 1) >= 1;
    dlclose(library);
    return known ? static_cast<long long>(instructions) : -1;
}
