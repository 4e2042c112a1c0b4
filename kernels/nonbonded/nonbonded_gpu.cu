// Uploads the system, launches the kernel of the flavour asked for, and brings forces and energies back to atom order.

#include "nonbonded_gpu.h"

#include "device_buffer.h"
#include "emulator_statistics.h"
#include "nonbonded_kernel.cuh"

#include <algorithm>
#include <cmath>

namespace
{

constexpr int ewaldTableSize = 2048; // intervals up to the cut-off

/// What the mesh has of the force between unit charges, beta^3 G(u) r with ewald_correction.cuh's names, made in f64.
std::vector<float> makeEwaldTable(const Parameters& p)
{
    std::vector<float> table(ewaldTableSize + 2, 0.0F); // one more for the interpolation, one for rounding at the cut-off
    for (int i = 1; i < ewaldTableSize + 2; ++i)
    {
        const double r = p.cutoff * i / ewaldTableSize;
        const double z = p.ewaldBeta * r;
        table[i]       = static_cast<float>((std::erf(z) - 2 / std::sqrt(M_PI) * z * std::exp(-z * z)) / (r * r));
    }
    return table;
}

std::vector<float4> slotPositions(const System& system, const ClusterGrid& grid)
{
    std::vector<float4> values(grid.slotCount());
    for (int slot = 0; slot < grid.slotCount(); ++slot)
    {
        const int   atom   = grid.atomOfSlot[slot];
        const auto& x      = grid.positions[slot];
        const float charge = atom < 0 ? 0.0F : static_cast<float>(system.charges[atom]);
        values[slot]       = make_float4(x[0], x[1], x[2], charge);
    }
    return values;
}

/// Types per slot. Fillers are outside every cut-off, so theirs only has to be a valid one.
std::vector<int> slotTypes(const System& system, const ClusterGrid& grid)
{
    std::vector<int> values(grid.slotCount());
    for (int slot = 0; slot < grid.slotCount(); ++slot)
    {
        const int atom = grid.atomOfSlot[slot];
        values[slot]   = atom < 0 ? 0 : system.types[atom];
    }
    return values;
}

std::vector<float2> lennardJonesTable(const System& system)
{
    std::vector<float2> values;
    for (const LennardJones& lj : system.pairParameters)
    {
        values.push_back(make_float2(static_cast<float>(6 * lj.c6), static_cast<float>(12 * lj.c12)));
    }
    return values;
}

std::vector<float3> shiftVectors(const PairList& list)
{
    std::vector<float3> values;
    for (const auto& v : list.shiftVectors) { values.push_back(make_float3(v[0], v[1], v[2])); }
    return values;
}

/// Sum over pairs of (x_i + shift - x_j) . f_i, from sums over atoms and shift vectors, in f64.
double virialOf(const ClusterGrid& grid, const std::vector<float>& forces, const PairList& list, const std::vector<float>& shiftForces)
{
    double virial = 0;
    for (int slot = 0; slot < grid.slotCount(); ++slot)
    {
        for (int d = 0; d < 3; ++d) { virial += static_cast<double>(grid.positions[slot][d]) * forces[3 * slot + d]; }
    }
    for (int s = 0; s < shiftCount; ++s)
    {
        for (int d = 0; d < 3; ++d) { virial += static_cast<double>(list.shiftVectors[s][d]) * shiftForces[3 * s + d]; }
    }
    return virial;
}

using Kernel = void (*)(DeviceAtoms, DevicePairList, DeviceInteraction, DeviceEnergies*);

Kernel chooseKernel(Electrostatics kind, bool withEnergies)
{
    switch (kind)
    {
        case Electrostatics::ReactionField:
            return withEnergies ? nonbondedKernel<Electrostatics::ReactionField, true>
                                : nonbondedKernel<Electrostatics::ReactionField, false>;
        case Electrostatics::EwaldAnalytic:
            return withEnergies ? nonbondedKernel<Electrostatics::EwaldAnalytic, true>
                                : nonbondedKernel<Electrostatics::EwaldAnalytic, false>;
        default:
            return withEnergies ? nonbondedKernel<Electrostatics::EwaldTabulated, true>
                                : nonbondedKernel<Electrostatics::EwaldTabulated, false>;
    }
}

} // namespace

std::string describeDevice()
{
    int            device = 0;
    cudaDeviceProp properties;
    CHECK_CUDA(cudaGetDevice(&device));
    CHECK_CUDA(cudaGetDeviceProperties(&properties, device));
    return std::string(properties.name) + ", compute capability " + std::to_string(properties.major) + "."
           + std::to_string(properties.minor) + ", " + std::to_string(properties.multiProcessorCount)
           + " multiprocessors, warps of " + std::to_string(properties.warpSize);
}

DeviceResult computeOnDevice(const System& system, const ClusterGrid& grid, const PairList& list,
                             const Parameters& parameters, Electrostatics kind, bool withEnergies, int repeats)
{
    const DeviceBuffer<float4>            positionCharge(slotPositions(system, grid));
    const DeviceBuffer<int>               types(slotTypes(system, grid));
    const DeviceBuffer<float2>            lennardJones(lennardJonesTable(system));
    const DeviceBuffer<float3>            shifts(shiftVectors(list));
    const DeviceBuffer<float>             ewaldTable(makeEwaldTable(parameters));
    const DeviceBuffer<SuperClusterEntry> entries(list.entries);
    const DeviceBuffer<ClusterGroup>      groups(list.groups);
    const DeviceBuffer<ExclusionWords>    exclusions(list.exclusions);
    DeviceBuffer<float>                   forces(static_cast<std::size_t>(grid.slotCount()) * 3);
    DeviceBuffer<float>                   shiftForces(static_cast<std::size_t>(shiftCount) * 3);
    DeviceBuffer<DeviceEnergies>          energies(list.entries.size() * halvesPerBlock);

    const DeviceAtoms    atoms       = { positionCharge.get(), types.get(), forces.get(), shiftForces.get() };
    const DevicePairList devicePairs = { entries.get(), groups.get(), exclusions.get(), shifts.get() };
    DeviceInteraction    constants;
    constants.lennardJones    = lennardJones.get();
    constants.typeCount       = system.typeCount;
    constants.coulombConstant = static_cast<float>(coulombConstant);
    constants.cutoff2         = static_cast<float>(parameters.cutoff * parameters.cutoff);
    constants.dispersionShift = static_cast<float>(parameters.dispersionShift());
    constants.repulsionShift  = static_cast<float>(parameters.repulsionShift());
    constants.reactionFieldK  = static_cast<float>(parameters.reactionFieldK());
    constants.reactionFieldC  = static_cast<float>(parameters.reactionFieldC());
    constants.ewaldBeta       = static_cast<float>(parameters.ewaldBeta);
    constants.ewaldShift      = static_cast<float>(parameters.ewaldShift());
    constants.ewaldTable      = ewaldTable.get();
    constants.ewaldTableScale = static_cast<float>(ewaldTableSize / parameters.cutoff);
    constants.selfEnergy      = static_cast<float>(parameters.selfEnergy(kind));

    const Kernel kernel = chooseKernel(kind, withEnergies);
    const dim3   block(clusterSize, clusterSize);
    const Stream stream;
    Event        start;
    Event        stop;
    DeviceResult result;
    for (int repeat = 0; repeat < repeats; ++repeat)
    {
        forces.clearAsync(stream.get());
        shiftForces.clearAsync(stream.get());
        energies.clearAsync(stream.get());
        CHECK_CUDA(cudaStreamSynchronize(stream.get()));
        const long long before = emulatorInstructions();
        start.record(stream.get());
        kernel<<<static_cast<unsigned>(list.entries.size()), block, sharedBytes, stream.get()>>>(atoms, devicePairs, constants,
                                                                                              energies.get());
        CHECK_CUDA(cudaGetLastError());
        stop.record(stream.get());
        CHECK_CUDA(cudaStreamSynchronize(stream.get()));
        const double milliseconds = stop.since(start);
        result.milliseconds       = repeat == 0 ? milliseconds : std::min(result.milliseconds, milliseconds);
        if (before >= 0) { result.instructions = emulatorInstructions() - before; }
    }

    const std::vector<float> slotForces = forces.download();
    result.forces.resize(system.atomCount());
    for (int atom = 0; atom < system.atomCount(); ++atom)
    {
        for (int d = 0; d < 3; ++d) { result.forces[atom][d] = slotForces[3 * grid.slotOfAtom[atom] + d]; }
    }
    result.virial = virialOf(grid, slotForces, list, shiftForces.download());
    for (const DeviceEnergies& sum : energies.download())
    {
        result.lennardJones += sum.x;
        result.coulomb += sum.y;
    }
    return result;
}
