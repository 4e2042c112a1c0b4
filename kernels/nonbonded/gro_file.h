// Reading of GROMACS's .gro files.
#pragma once

#include <array>
#include <string>
#include <vector>

struct GroAtom
{
    std::string           residue;
    std::string           name;
    std::array<double, 3> position; // nm
};

struct GroFile
{
    std::string           title;
    std::vector<GroAtom>  atoms;
    std::array<double, 3> box; // nm, the edges of a rectangular box
};

/// Reads a .gro file of any number of decimals.
/// Throws std::runtime_error with `file:line: what` for a file that is not one, or whose box is not rectangular.
GroFile readGroFile(const std::string& path);
