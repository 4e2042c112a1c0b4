// How many instructions Wavefold's gfx90a emulator has executed, where the program runs on it.
#pragma once

/// Wavefront instructions executed since the process began, or -1 where the device is not that emulator.
long long emulatorInstructions();
