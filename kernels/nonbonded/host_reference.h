// The f64 reference on the host: the same pairs and the same function as the kernels, by other means.
#pragma once

#include "parameters.h"
#include "water_system.h"

#include <array>
#include <vector>

struct Reference
{
    std::vector<std::array<double, 3>> forces; // kJ/mol/nm
    double lennardJones            = 0; // kJ/mol, like all energies here
    double coulomb                 = 0; // with the corrections of excluded pairs and of atoms with themselves
    double virial                  = 0; // sum over pairs of distance times force
    double absoluteLennardJones    = 0; // sum of the absolute energies of the pairs inside the cut-off, excluded ones left out
    double absoluteCoulomb         = 0;
    double absoluteVirial          = 0;
    long   pairs                   = 0; // inside the cut-off, excluded ones not counted
    double closestToCutoff         = 1e9; // the smallest |r - cut-off| of any pair, nm

    /// Root of the mean squared norm of an atom's force.
    double rmsForce() const;
};

/// Direct sum over all pairs inside the cut-off, nearest images, on `threads` threads.
/// Needs a box of at least twice the cut-off in each direction.
Reference computeReference(const System& system, const Parameters& parameters, Electrostatics kind, int threads);
