// The reference files are lines of a keyword and its values; `forces N` is followed by N lines of three numbers.

#include "gromacs_reference.h"

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

GromacsReference readGromacsReference(const std::string& folder, int copies, Electrostatics kind, const Parameters& parameters)
{
    const bool        ewald = kind != Electrostatics::ReactionField;
    const std::string count = std::to_string(copies);
    const std::string path  = folder + "/spc216-" + count + "x" + count + "x" + count + (ewald ? "-ewald.txt" : "-rf.txt");
    std::ifstream     stream(path);
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
    return reference;
}
