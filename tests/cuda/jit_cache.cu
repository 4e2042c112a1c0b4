//! flags = ["-lcuda"]
//! timeout = 120
// The cache of compiled PTX: many processes at once, damaged entries, a bound on its size, and a key with all that counts.
#include <cuda.h>
#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "driver_check.h"

static std::string ptx(int value)
{
    return ".version 8.0\n.target sm_70\n.address_size 64\n.visible .entry give(.param .u64 out)\n{\n"
           ".reg .b32 %r<2>; .reg .b64 %rd<3>;\nld.param.u64 %rd1, [out]; cvta.to.global.u64 %rd2, %rd1;\n"
           "mov.u32 %r1, "
           + std::to_string(value) + "; st.global.u32 [%rd2], %r1;\nret;\n}\n";
}

// In a process of its own, since settings are read once: compiles and runs the kernels that give `first` to `last`.
static void child(int first, int last)
{
    CUdevice  device;
    CUcontext context;
    REQUIRE(cuInit(0) == CUDA_SUCCESS && cuDeviceGet(&device, 0) == CUDA_SUCCESS);
    REQUIRE(cuCtxCreate(&context, 0, device) == CUDA_SUCCESS);
    CUdeviceptr out;
    REQUIRE(cuMemAlloc(&out, 4) == CUDA_SUCCESS);
    for (int value = first; value <= last; ++value)
    {
        CUmodule   module;
        CUfunction function;
        REQUIRE(cuModuleLoadData(&module, ptx(value).c_str()) == CUDA_SUCCESS);
        REQUIRE(cuModuleGetFunction(&function, module, "give") == CUDA_SUCCESS);
        void* arguments[] = {&out};
        REQUIRE(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, arguments, nullptr) == CUDA_SUCCESS);
        int host = 0;
        REQUIRE(cuMemcpyDtoH(&host, out, 4) == CUDA_SUCCESS && host == value);
    }
    std::exit(0);
}

static pid_t start(int first, int last)
{
    std::fflush(stdout);
    const pid_t process = fork();
    REQUIRE(process >= 0);
    if (process == 0) { child(first, last); }
    return process;
}

static void finish(pid_t process)
{
    int status = 0;
    REQUIRE(waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static std::vector<std::string> entries(const std::string& folder)
{
    std::vector<std::string> found;
    DIR*                     list = opendir((folder + "/ptx").c_str());
    REQUIRE(list != nullptr);
    while (const dirent* item = readdir(list))
    {
        if (item->d_name[0] != '.' || std::strlen(item->d_name) > 2) { found.push_back(folder + "/ptx/" + item->d_name); }
    }
    closedir(list);
    return found;
}

static off_t size(const std::string& path)
{
    struct stat about = {};
    REQUIRE(stat(path.c_str(), &about) == 0);
    return about.st_size;
}

int main()
{
    char        folder[] = "jit-cache-XXXXXX";
    REQUIRE(mkdtemp(folder) != nullptr);
    REQUIRE(setenv("WAVEFOLD_CACHE", folder, 1) == 0);

    // Many processes that compile the same at the same time leave one sound entry, and nothing temporary.
    std::vector<pid_t> processes;
    for (int i = 0; i < 6; ++i) { processes.push_back(start(1, 1)); }
    for (const pid_t process : processes) { finish(process); }
    std::vector<std::string> found = entries(folder);
    REQUIRE(found.size() == 1 && found[0].rfind(".hsaco") == found[0].size() - 6);

    // A damaged entry is found and replaced: first in its middle, then cut short, then empty.
    const off_t whole = size(found[0]);
    for (const off_t length : {whole, whole / 2, off_t{0}})
    {
        std::FILE* file = std::fopen(found[0].c_str(), "r+b");
        REQUIRE(file != nullptr && std::fseek(file, whole / 2, SEEK_SET) == 0);
        std::fputs("damage", file);
        std::fclose(file);
        REQUIRE(truncate(found[0].c_str(), length) == 0);
        finish(start(1, 1));
        REQUIRE(entries(folder).size() == 1 && size(found[0]) == whole);
    }

    // What changes the output has an entry of its own.
    REQUIRE(setenv("WAVEFOLD_WARP_MAPPING", "split", 1) == 0);
    finish(start(1, 1));
    REQUIRE(unsetenv("WAVEFOLD_WARP_MAPPING") == 0);
    REQUIRE(entries(folder).size() == 2);

    // The bound holds, and the program runs all the same.
    REQUIRE(setenv("WAVEFOLD_CACHE_SIZE", std::to_string(3 * whole + whole / 2).c_str(), 1) == 0);
    finish(start(2, 6));
    found = entries(folder);
    off_t total = 0;
    for (const std::string& path : found) { total += size(path); }
    REQUIRE(found.size() == 3 && total <= 3 * whole + whole / 2);

    for (const std::string& path : found) { REQUIRE(unlink(path.c_str()) == 0); }
    REQUIRE(rmdir((std::string(folder) + "/ptx").c_str()) == 0 && rmdir(folder) == 0);
    std::puts("ok");
    return 0;
}
