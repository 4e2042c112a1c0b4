// Parameters of the interaction: what a pair of atoms does to each other, in GROMACS's units and with GROMACS's terms.
//
// Units: nm, kJ/mol, elementary charges. Takes a cut-off and what belongs to the electrostatics; derives every constant
// that the device kernels (f32) and the host reference (f64) share, so that both compute the same function.
#pragma once

#include <cmath>

/// How the Coulomb interaction is treated inside the cut-off. The two Ewald kinds are the same function, computed in
/// two ways on the device: by a rational function, or from a table of the force with linear interpolation.
enum class Electrostatics
{
    ReactionField,
    EwaldAnalytic,
    EwaldTabulated
};

inline const char* name(Electrostatics kind)
{
    switch (kind)
    {
        case Electrostatics::ReactionField: return "reaction field";
        case Electrostatics::EwaldAnalytic: return "Ewald, analytic";
        default: return "Ewald, tabulated";
    }
}

/// 1 / (4 pi epsilon_0) in kJ/mol nm / e^2, from CODATA 2018.
constexpr double coulombConstant = 138.93545764;

struct Parameters
{
    double cutoff    = 0.9;
    double epsilonRf = 78.0;
    double ewaldBeta = 3.470459193712;

    /// Reaction field: E = q_i q_j (1/r + k r^2 - c), zero at the cut-off.
    double reactionFieldK() const { return (epsilonRf - 1.0) / ((2.0 * epsilonRf + 1.0) * std::pow(cutoff, 3)); }
    double reactionFieldC() const { return 1.0 / cutoff + reactionFieldK() * cutoff * cutoff; }

    /// Ewald real space: E = q_i q_j (erfc(beta r)/r - shift), zero at the cut-off.
    double ewaldShift() const { return std::erfc(ewaldBeta * cutoff) / cutoff; }

    /// Lennard-Jones: E = c12 (r^-12 - rc^-12) - c6 (r^-6 - rc^-6), zero at the cut-off.
    double dispersionShift() const { return std::pow(cutoff, -6); }
    double repulsionShift() const { return std::pow(cutoff, -12); }

    /// Energy of an atom of unit charge with itself: what the correction of an excluded pair tends to at r = 0, halved.
    double selfEnergy(Electrostatics kind) const
    {
        return kind == Electrostatics::ReactionField ? -0.5 * reactionFieldC() : -ewaldBeta / std::sqrt(M_PI);
    }
};
