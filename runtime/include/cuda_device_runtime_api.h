// The part of the runtime API that kernels may call (dynamic parallelism). Wavefold has none of it; the header exists
// because programs include it.
#pragma once

#include "driver_types.h"
