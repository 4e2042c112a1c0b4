// clang includes this for the sm_80 reductions; ours come with wavefold/kernel_intrinsics.h.
#pragma once
