/*
 * libcudart_static.a: finds the shared core and a function in it.
 *
 * The core is libwavefold.so.1: first by the run path of whatever this archive was linked into (nvcc sets it to the
 * toolkit's lib64) and the usual search, then in $WAVEFOLD_HOME/lib64. A library without wavefold_resolve is not ours.
 * Without a core every function returns cudaErrorInsufficientDriver, as CUDA's own static runtime does without a driver.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *(*resolve_t)(const char *name);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static resolve_t resolve;

static resolve_t open_core(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return library ? (resolve_t)dlsym(library, "wavefold_resolve") : NULL;
}

static void find_core(void) {
    resolve = open_core("libwavefold.so.1");
    const char *home = getenv("WAVEFOLD_HOME");
    if (!resolve && home && *home) {
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/lib64/libwavefold.so.1", home);
        if (length > 0 && (size_t)length < sizeof path)
            resolve = open_core(path);
    }
    if (!resolve)
        fprintf(stderr, "wavefold: libwavefold.so.1 was not found; set WAVEFOLD_HOME to the toolkit's folder\n");
}

static int no_core(void) {
    return 35; /* cudaErrorInsufficientDriver */
}

static const char *no_core_text(void) {
    return "libwavefold.so.1 was not found";
}

__attribute__((visibility("hidden"))) void *wavefold_shim_find(const char *name) {
    pthread_once(&once, find_core);
    if (resolve)
        return resolve(name);
    if (!strcmp(name, "cudaGetErrorName") || !strcmp(name, "cudaGetErrorString"))
        return (void *)no_core_text;
    return (void *)no_core;
}
