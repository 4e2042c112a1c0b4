// Errors, bars, and the table in which they stand.
#pragma once

#include "gromacs_reference.h"
#include "host_reference.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

/// Errors, each a fraction; what does not apply is absent.
struct Errors
{
    std::optional<double> force; // worst atom's, of the RMS force
    std::optional<double> lennardJones;
    std::optional<double> coulomb;
    std::optional<double> virial; // against the f64 reference alone
};

/// Bars against the f64 reference: energies as fractions of the sum of the absolute pair energies, the virial likewise.
constexpr double forceBar  = 1e-4;
constexpr double energyBar = 1e-5;

/// Bars against GROMACS: energies as fractions of |LJ (SR)| + |Coulomb (SR)|.
constexpr double gromacsForceBar  = 1e-3;
constexpr double gromacsEnergyBar = 1e-4;

/// What was computed: forces per atom, and energies if there are any.
struct Computed
{
    std::vector<std::array<double, 3>> forces;
    std::optional<double>              lennardJones;
    std::optional<double>              coulomb;
    std::optional<double>              virial;
};

Errors compareWithReference(const Computed& computed, const Reference& reference);

/// The atoms of all copies are compared with those of GROMACS's first copy, which the others repeat.
Errors compareWithGromacs(const Computed& computed, const GromacsReference& gromacs);

/// One line of the table.
struct Row
{
    std::string flavour;
    Errors      reference;
    Errors      gromacs;
    double      milliseconds = -1; // below zero: unknown, like the next two
    double      pairsPerSecond = -1;
    long long   instructions = -1;
    double      instructionsPerClusterPair = -1;
};

void printTableHead();

/// Prints the row, a `!` behind what is over its bar. Returns whether all of it is within the bars.
bool printRow(const Row& row);
