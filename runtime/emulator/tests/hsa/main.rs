//! The emulator's C ABI, tested from outside: the library is linked as the toolkit links it, opened with dlopen, and
//! called as any client calls an HSA runtime. Kernels are assembled by LLVM when the tests run.

mod agents;
mod api;
mod clients;
mod executables;
mod exports;
mod hostile;
mod kernel;
mod memory;
mod options;
mod packets;
mod signals;
mod threads;
