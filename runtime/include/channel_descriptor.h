// Kept for programs that include it by name; its contents are in cuda_runtime.h.
#pragma once

#include "cuda_runtime.h"
