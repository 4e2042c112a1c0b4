// A NaN is over every bar: the comparison asks for `error <= bar`, never for its opposite.

#include "report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace
{

double worstForceDifference(const std::vector<std::array<double, 3>>& computed, const std::vector<std::array<double, 3>>& wanted)
{
    double worst = 0;
    for (std::size_t i = 0; i < computed.size(); ++i)
    {
        const auto& f = wanted[i % wanted.size()];
        double      squares = 0;
        for (int d = 0; d < 3; ++d) { squares += (computed[i][d] - f[d]) * (computed[i][d] - f[d]); }
        const double difference = std::sqrt(squares);
        if (!(difference <= worst)) { worst = difference; }
        if (std::isnan(worst)) { break; }
    }
    return worst;
}

double rms(const std::vector<std::array<double, 3>>& forces)
{
    double sum = 0;
    for (const auto& f : forces) { sum += f[0] * f[0] + f[1] * f[1] + f[2] * f[2]; }
    return std::sqrt(sum / static_cast<double>(forces.size()));
}

std::optional<double> relative(const std::optional<double>& computed, double wanted, double scale)
{
    if (!computed) { return std::nullopt; }
    return std::fabs(*computed - wanted) / scale;
}

bool printError(const std::optional<double>& error, double bar)
{
    if (!error)
    {
        std::printf("  %8s ", "-");
        return true;
    }
    const bool within = *error <= bar;
    std::printf("  %8.1e%c", *error, within ? ' ' : '!');
    return within;
}

} // namespace

Errors compareWithReference(const Computed& computed, const Reference& reference)
{
    Errors errors;
    errors.force        = worstForceDifference(computed.forces, reference.forces) / reference.rmsForce();
    errors.lennardJones = relative(computed.lennardJones, reference.lennardJones, reference.absoluteLennardJones);
    errors.coulomb      = relative(computed.coulomb, reference.coulomb, reference.absoluteCoulomb);
    errors.virial       = relative(computed.virial, reference.virial, reference.absoluteVirial);
    return errors;
}

Errors compareWithGromacs(const Computed& computed, const GromacsReference& gromacs)
{
    const double scale = std::fabs(gromacs.lennardJones) + std::fabs(gromacs.coulomb);
    Errors       errors;
    if (!gromacs.forces.empty()) { errors.force = worstForceDifference(computed.forces, gromacs.forces) / rms(gromacs.forces); }
    errors.lennardJones = relative(computed.lennardJones, gromacs.lennardJones, scale);
    errors.coulomb      = relative(computed.coulomb, gromacs.coulomb, scale);
    return errors;
}

void printTableHead()
{
    std::printf("%-24s| errors against the f64 reference           | errors against GROMACS           |\n", "");
    std::printf("%-24s|     force         LJ    Coulomb     virial |     force         LJ    Coulomb  |         ms  Mpairs/s"
                "  instructions  per 8x8 pair\n", "");
    std::printf("%-24s|  %8.0e   %8.0e   %8.0e   %8.0e |  %8.0e   %8.0e   %8.0e  |\n", "bars", forceBar, energyBar, energyBar,
                energyBar, gromacsForceBar, gromacsEnergyBar, gromacsEnergyBar);
}

bool printRow(const Row& row)
{
    bool within = true;
    std::printf("%-24s|", row.flavour.c_str());
    within &= printError(row.reference.force, forceBar);
    within &= printError(row.reference.lennardJones, energyBar);
    within &= printError(row.reference.coulomb, energyBar);
    within &= printError(row.reference.virial, energyBar);
    std::printf("|");
    within &= printError(row.gromacs.force, gromacsForceBar);
    within &= printError(row.gromacs.lennardJones, gromacsEnergyBar);
    within &= printError(row.gromacs.coulomb, gromacsEnergyBar);
    std::printf(" |");
    if (row.milliseconds >= 0) { std::printf(" %10.3f %9.2f", row.milliseconds, row.pairsPerSecond / 1e6); }
    else { std::printf(" %10s %9s", "-", "-"); }
    if (row.instructions >= 0) { std::printf(" %13lld %13.1f", row.instructions, row.instructionsPerClusterPair); }
    else { std::printf(" %13s %13s", "-", "-"); }
    std::printf("  %s\n", within ? "pass" : "FAIL");
    std::fflush(stdout);
    return within;
}
