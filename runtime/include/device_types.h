// Kept for programs that include it by name; its contents are in driver_types.h.
#pragma once

#include "driver_types.h"
