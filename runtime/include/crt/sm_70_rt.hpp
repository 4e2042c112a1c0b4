// clang asks for this file for the match intrinsics; ours are in wavefold/kernel_intrinsics.h.
#pragma once
