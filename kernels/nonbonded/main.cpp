// GROMACS's kind of nonbonded kernel on real input: waters read from a .gro file, and periodic copies of them.
//
// For each system: the f64 reference, the pair list, then every flavour of the kernel on the device, each compared with
// the reference and with what GROMACS computed. Exit code 0, 1 if a bar is missed, 2 for a wrong command line, a file
// that cannot be used or a failing CUDA call.

#include "cluster_grid.h"
#include "gro_file.h"
#include "gromacs_reference.h"
#include "host_reference.h"
#include "nonbonded_gpu.h"
#include "options.h"
#include "pair_list.h"
#include "report.h"
#include "water_system.h"

#include <cstdio>
#include <exception>

namespace
{

constexpr double        pairListBuffer = 0.05; // nm beyond the cut-off, as a list that lives some steps has it
constexpr Electrostatics kinds[] = { Electrostatics::ReactionField, Electrostatics::EwaldAnalytic, Electrostatics::EwaldTabulated };

std::vector<std::array<double, 3>> widened(const std::vector<std::array<float, 3>>& forces)
{
    std::vector<std::array<double, 3>> wide;
    for (const auto& f : forces) { wide.push_back({ f[0], f[1], f[2] }); }
    return wide;
}

/// The host reference itself against GROMACS: whatever then differs on the device is the device's.
bool reportHost(const Reference& reference, const GromacsReference& gromacs, Electrostatics kind)
{
    Row row;
    row.flavour = std::string(name(kind)) + ", host";
    row.gromacs = compareWithGromacs({ reference.forces, reference.lennardJones, reference.coulomb, reference.virial }, gromacs);
    return printRow(row);
}

bool reportDevice(const System& system, const ClusterGrid& grid, const PairList& list, const Parameters& parameters,
                  const Reference& reference, const GromacsReference& gromacs, Electrostatics kind, bool withEnergies, int repeats)
{
    const DeviceResult result = computeOnDevice(system, grid, list, parameters, kind, withEnergies, repeats);
    Computed           computed;
    computed.forces = widened(result.forces);
    if (withEnergies)
    {
        computed.lennardJones = result.lennardJones;
        computed.coulomb      = result.coulomb;
        computed.virial       = result.virial;
    }
    Row row;
    row.flavour        = std::string(name(kind)) + (withEnergies ? ", F + E" : ", F");
    row.reference      = compareWithReference(computed, reference);
    row.gromacs        = compareWithGromacs(computed, gromacs);
    row.milliseconds   = result.milliseconds;
    row.pairsPerSecond = static_cast<double>(reference.pairs) / (1e-3 * result.milliseconds);
    row.instructions   = result.instructions;
    row.instructionsPerClusterPair = static_cast<double>(result.instructions) / static_cast<double>(list.clusterPairs());
    return printRow(row);
}

bool runSystem(const GroFile& file, int copies, const Options& options)
{
    const Parameters  parameters;
    const System      system  = makeWaterSystem(file, copies);
    const ClusterGrid grid    = makeClusterGrid(system);
    const PairList    list    = makePairList(system, grid, parameters, pairListBuffer);
    const long        inRange = countPairsInRange(list, grid, parameters);

    std::printf("\n%s, %d x %d x %d: %d atoms in a box of %.5f x %.5f x %.5f nm, cut-off %g nm\n", file.title.c_str(), copies,
                copies, copies, system.atomCount(), system.box[0], system.box[1], system.box[2], parameters.cutoff);
    std::printf("%d super-clusters, %zu list entries, %ld cluster pairs; %ld pairs of atoms listed, %ld inside the cut-off\n",
                grid.superClusterCount(), list.entries.size(), list.clusterPairs(), list.atomPairs(), inRange);

    bool      allWithin = true;
    Reference reference;
    for (const Electrostatics kind : kinds)
    {
        const GromacsReference gromacs = readGromacsReference(options.reference, copies, kind, parameters);
        // Both kinds of Ewald are one function, so the second takes the reference of the first.
        if (kind != Electrostatics::EwaldTabulated)
        {
            reference = computeReference(system, parameters, kind, options.threads);
            if (kind == kinds[0])
            {
                std::printf("GROMACS: %s; RMS force %.1f kJ/mol/nm\n", gromacs.version.c_str(), reference.rmsForce());
                printTableHead();
                if (reference.pairs != inRange)
                {
                    throw std::runtime_error("the pair list holds " + std::to_string(inRange) + " pairs inside the cut-off, the "
                                             "reference found " + std::to_string(reference.pairs));
                }
            }
            allWithin &= reportHost(reference, gromacs, kind);
        }
        if (options.hostOnly) { continue; }
        for (const bool withEnergies : { false, true })
        {
            allWithin &= reportDevice(system, grid, list, parameters, reference, gromacs, kind, withEnergies, options.repeats);
        }
    }
    return allWithin;
}

int run(int argc, char** argv)
{
    const Options options = parseOptions(argc, argv);
    if (options.help)
    {
        std::fputs(usage, stdout);
        return 0;
    }
    const GroFile file = readGroFile(options.gro);
    if (!options.hostOnly) { std::printf("device: %s\n", describeDevice().c_str()); }
    bool allWithin = true;
    for (const int copies : options.replicates) { allWithin &= runSystem(file, copies, options); }
    std::printf("\n%s\n", allWithin ? "all within the bars" : "a bar is missed");
    return allWithin ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        return run(argc, argv);
    }
    catch (const UsageError& error)
    {
        std::fprintf(stderr, "nonbonded: %s\n%s", error.what(), usage);
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "nonbonded: %s\n", error.what());
    }
    return 2;
}
