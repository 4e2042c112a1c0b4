// Kept for programs that include it by name; its contents are in vector_types.h.
#pragma once

#include "vector_types.h"
