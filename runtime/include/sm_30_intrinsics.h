// Kept for programs that include it by name; its contents come with cuda_runtime.h.
#pragma once

#include "cuda_runtime.h"
