// The reference files are lines of a keyword and its values; `forces N` is followed by N lines of three numbers.

#include "gromacs_reference.h"

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

GromacsReference readGromacsReference(const std::string& folder, int copies, Electrostatics kind, const Parameters& parameters)
{
    const auto pathOf = [&](int n)
    {
        const std::string count = std::to_string(n);
        return folder + "/spc216-" + count + "x" + count + "x" + count
               + (kind == Electrostatics::ReactionField ? "-rf.txt" : "-ewald.txt");
    };
    std::string   path = pathOf(copies);
    std::ifstream stream(path);
    double        factor = 1;
    if (!stream) // no run of this size: copies of a periodic box have its energies, as often as they are copies
    {
        path = pathOf(1);
        stream.open(path);
        factor = static_cast<double>(copies) * copies * copies;
    }
    if (!stream) { throw std::runtime_error(path + ": cannot be read"); }

    const auto expectSame = [&](const char* what, double made, double wanted)
    {
        if (!(std::fabs(made - wanted) <= 1e-9 * std::fabs(wanted)))
        {
            throw std::runtime_error(path + ": made with another " + what);
        }
    };
    GromacsReference reference;
    bool             haveLennardJones = false;
    bool             haveCoulomb      = false;
    for (std::string line; std::getline(stream, line);)
    {
        std::istringstream words(line);
        std::string        key;
        words >> key;
        if (key == "gromacs") { std::getline(words >> std::ws, reference.version); }
        else if (key == "lj_sr") { haveLennardJones = static_cast<bool>(words >> reference.lennardJones); }
        else if (key == "coulomb_sr") { haveCoulomb = static_cast<bool>(words >> reference.coulomb); }
        else if (key == "cutoff")
        {
            double cutoff = 0;
            words >> cutoff;
            expectSame("cut-off", cutoff, parameters.cutoff);
        }
        else if (key == "electrostatics")
        {
            std::string method;
            words >> method;
            for (double value; words >> key >> value;)
            {
                if (key == "epsilon_rf") { expectSame("epsilon_rf", value, parameters.epsilonRf); }
                if (key == "beta") { expectSame("beta", value, parameters.ewaldBeta); }
            }
        }
        else if (key == "forces")
        {
            std::size_t atoms = 0;
            words >> atoms;
            reference.forces.resize(atoms);
            for (auto& force : reference.forces)
            {
                if (!(stream >> force[0] >> force[1] >> force[2])) { throw std::runtime_error(path + ": forces are missing"); }
            }
        }
    }
    if (!haveLennardJones || !haveCoulomb) { throw std::runtime_error(path + ": energies are missing"); }
    if (factor != 1) { reference.version += ", one copy's energies taken " + std::to_string(static_cast<long>(factor)) + " times"; }
    reference.lennardJones *= factor;
    reference.coulomb *= factor;
    return reference;
}
