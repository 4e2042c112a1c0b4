// Kept for programs that include it by name; its contents are in host_defines.h.
#pragma once

#include "../host_defines.h"
