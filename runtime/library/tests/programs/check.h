// What the programs check with: a failed check says where and ends the program with 1.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                                \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);       \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

#define RETURNS(wanted, call)                                                                     \
    do {                                                                                          \
        int code_ = (int)(call);                                                                  \
        if (code_ != (int)(wanted)) {                                                             \
            fprintf(stderr, "%s:%d: %s returned %d, not %d\n", __FILE__, __LINE__, #call, code_, (int)(wanted)); \
            exit(1);                                                                              \
        }                                                                                         \
    } while (0)

#define OK(call) RETURNS(0, call)
