// What the programs of this folder that use the driver API alone share: one way to fail.
#pragma once

#include <cstdio>
#include <cstdlib>

/// A condition that must hold.
#define REQUIRE(condition)                                                                                             \
    do                                                                                                                 \
    {                                                                                                                  \
        if (!(condition))                                                                                              \
        {                                                                                                              \
            std::printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                        \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (0)
