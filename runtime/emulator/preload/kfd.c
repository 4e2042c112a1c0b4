/* A preload library for clients that look for the AMD kernel driver before they ask the HSA runtime.
 *
 * rocminfo runs `lsmod | grep amdgpu`, then opens /dev/kfd, and gives up without either; its successors look at
 * /sys/module/amdgpu/initstate. With this library in LD_PRELOAD these three, and nothing else, seem to be there:
 * the device opens as /dev/null, the state reads "live", and lsmod lists the module. All other calls pass through.
 *
 *   cc -shared -fPIC -O2 -o libwavefold-kfd.so kfd.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char DEVICE[] = "/dev/kfd";
static const char STATE[] = "/sys/module/amdgpu/initstate";

/* A readable descriptor with the given contents. */
static int contents(const char *text) {
    int descriptor = memfd_create("wavefold-kfd", MFD_CLOEXEC);
    if (descriptor >= 0) {
        if (write(descriptor, text, strlen(text)) < 0 || lseek(descriptor, 0, SEEK_SET) < 0) {
            close(descriptor);
            return -1;
        }
    }
    return descriptor;
}

/* The descriptor to give for a path that must seem to exist; -1 for every other path. */
static int substitute(const char *path) {
    if (path == NULL)
        return -1;
    if (strcmp(path, DEVICE) == 0 && access(DEVICE, F_OK) != 0)
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open"))("/dev/null", O_RDWR | O_CLOEXEC);
    if (strcmp(path, STATE) == 0 && access(STATE, F_OK) != 0)
        return contents("live\n");
    return -1;
}

#define PASS_OPEN(name)                                                              \
    int name(const char *path, int flags, ...) {                                     \
        int descriptor = substitute(path);                                           \
        if (descriptor >= 0)                                                         \
            return descriptor;                                                       \
        mode_t mode = 0;                                                             \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                       \
            va_list arguments;                                                       \
            va_start(arguments, flags);                                              \
            mode = va_arg(arguments, mode_t);                                        \
            va_end(arguments);                                                       \
        }                                                                            \
        return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
    }

PASS_OPEN(open)
PASS_OPEN(open64)

#define PASS_FOPEN(name)                                                             \
    FILE *name(const char *path, const char *mode) {                                 \
        int descriptor = strcmp(path, STATE) == 0 ? substitute(path) : -1;           \
        if (descriptor >= 0)                                                         \
            return fdopen(descriptor, mode);                                         \
        return ((FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, #name))(path, mode); \
    }

PASS_FOPEN(fopen)
PASS_FOPEN(fopen64)

FILE *popen(const char *command, const char *mode) {
    FILE *(*next)(const char *, const char *) =
        (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "popen");
    if (strstr(command, "lsmod") != NULL && strstr(command, "amdgpu") != NULL && access(DEVICE, F_OK) != 0)
        return next("echo 'amdgpu 0 0'", mode);
    return next(command, mode);
}
