// NVIDIA keeps the definitions here; ours are in vector_functions.h.
#pragma once
#include "vector_functions.h"
