// SPC water as GROMOS 54a7 has it: Lennard-Jones between oxygens alone, three point charges, and no interaction inside
// a molecule, so that each molecule's atoms exclude one another.

#include "water_system.h"

#include <cmath>
#include <stdexcept>

namespace
{

enum Type
{
    Oxygen,
    Hydrogen,
    TypeCount
};

constexpr int          atomsPerWater = 3;
constexpr const char*  names[atomsPerWater]   = { "OW", "HW1", "HW2" };
constexpr double       charges[atomsPerWater] = { -0.82, 0.41, 0.41 };
constexpr LennardJones oxygenOxygen           = { 0.0026173456, 2.634129e-06 };

/// The image of `x` in [0, edge), also once rounded to f32.
float intoBox(double x, double edge)
{
    const float wrapped = static_cast<float>(x - edge * std::floor(x / edge));
    return wrapped < edge ? wrapped : 0.0F;
}

} // namespace

System makeWaterSystem(const GroFile& file, int copies)
{
    if (file.atoms.size() % atomsPerWater != 0) { throw std::runtime_error("the number of atoms is not one of waters"); }
    for (std::size_t i = 0; i < file.atoms.size(); ++i)
    {
        if (file.atoms[i].name != names[i % atomsPerWater])
        {
            throw std::runtime_error("atom " + std::to_string(i + 1) + " is " + file.atoms[i].name + ", expected "
                                     + names[i % atomsPerWater]);
        }
    }

    System system;
    for (int d = 0; d < 3; ++d) { system.box[d] = file.box[d] * copies; }
    system.typeCount      = TypeCount;
    system.pairParameters = { oxygenOxygen, { 0, 0 }, { 0, 0 }, { 0, 0 } };
    for (int a = 0; a < copies; ++a)
    {
        for (int b = 0; b < copies; ++b)
        {
            for (int c = 0; c < copies; ++c)
            {
                const std::array<int, 3> copy = { a, b, c };
                for (std::size_t i = 0; i < file.atoms.size(); ++i)
                {
                    if (i % atomsPerWater == 0) { system.moleculeBegin.push_back(system.atomCount()); }
                    std::array<float, 3> position;
                    for (int d = 0; d < 3; ++d)
                    {
                        position[d] = intoBox(file.atoms[i].position[d] + copy[d] * file.box[d], system.box[d]);
                    }
                    system.positions.push_back(position);
                    system.charges.push_back(charges[i % atomsPerWater]);
                    system.types.push_back(i % atomsPerWater == 0 ? Oxygen : Hydrogen);
                }
            }
        }
    }
    system.moleculeBegin.push_back(system.atomCount());
    return system;
}
