// The system: SPC water in a periodic rectangular box, in the form every later step takes.
#pragma once

#include "gro_file.h"

#include <array>
#include <vector>

struct LennardJones
{
    double c6;
    double c12;
};

struct System
{
    std::array<double, 3>             box; // nm
    std::vector<std::array<float, 3>> positions; // nm, inside the box, in the precision that the device gets
    std::vector<double>               charges; // e
    std::vector<int>                  types;
    int                               typeCount;
    std::vector<LennardJones>         pairParameters; // typeCount x typeCount
    std::vector<int>                  moleculeBegin; // the first atom of each molecule, and one past the last

    int atomCount() const { return static_cast<int>(positions.size()); }
    int moleculeCount() const { return static_cast<int>(moleculeBegin.size()) - 1; }

    const LennardJones& pair(int typeA, int typeB) const { return pairParameters[typeA * typeCount + typeB]; }
};

/// `copies`^3 periodic copies of the waters of `file`, whole copies one after the other (x slowest).
/// Throws std::runtime_error if the atoms are not OW, HW1, HW2 of one water after another.
System makeWaterSystem(const GroFile& file, int copies);
