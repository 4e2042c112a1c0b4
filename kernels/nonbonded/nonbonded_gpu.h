// The nonbonded interaction on the device, as the rest of the program sees it.
#pragma once

#include "cluster_grid.h"
#include "pair_list.h"
#include "parameters.h"
#include "water_system.h"

#include <array>
#include <string>
#include <vector>

struct DeviceResult
{
    std::vector<std::array<float, 3>> forces; // per atom, kJ/mol/nm
    double                            lennardJones = 0; // the warps' f32 sums, added in f64
    double                            coulomb      = 0;
    double                            virial       = 0; // sum over pairs of distance times force, from the shift forces
    double                            milliseconds = 0; // of the fastest run of the kernel
    long long                         instructions = -1; // executed by one run; -1 where no emulator counts them
};

/// Name, compute capability and size of the device that will be used.
std::string describeDevice();

/// Runs one flavour `repeats` times from the same start. Throws std::runtime_error if a CUDA call fails.
DeviceResult computeOnDevice(const System& system, const ClusterGrid& grid, const PairList& list,
                             const Parameters& parameters, Electrostatics kind, bool withEnergies, int repeats);
