// What GROMACS computed for the same coordinates and parameters: the files of reference/.
#pragma once

#include "parameters.h"

#include <array>
#include <string>
#include <vector>

struct GromacsReference
{
    std::string                        version; // GROMACS's own version line, and how its numbers were used
    double                             lennardJones; // LJ (SR), kJ/mol
    double                             coulomb; // Coulomb (SR), kJ/mol
    std::vector<std::array<double, 3>> forces; // of the first copy, kJ/mol/nm; empty with Ewald: mdrun's hold the mesh
};

/// Reads the file of a system of `copies`^3 copies and its electrostatics; where there is none, that of one copy, whose
/// energies it multiplies, and says so in `version`.
/// Throws std::runtime_error if it is missing, malformed, or was made with other parameters.
GromacsReference readGromacsReference(const std::string& folder, int copies, Electrostatics kind, const Parameters& parameters);
