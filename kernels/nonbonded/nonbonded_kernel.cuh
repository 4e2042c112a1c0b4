// The nonbonded kernel: Lennard-Jones and Coulomb forces, and on demand energies, of one super-cluster entry a block.
//
// A block is 8 x 8 threads, two warps. threadIdx.x is the i atom within each of the 8 i clusters, threadIdx.y the j atom
// within a j cluster; so each warp ("half") holds 4 of the 8 j atoms and has its own masks: the two may take different
// branches, and do. Dynamic shared memory: 64 float4 and 64 int (the i atoms and their types).
#pragma once

#include "kernel_arguments.h"
#include "ewald_correction.cuh"
#include "warp_reduction.cuh"

constexpr int    blockThreads       = clusterSize * clusterSize;
constexpr size_t sharedBytes        = superClusterSize * (sizeof(float4) + sizeof(int));
constexpr float  smallestDistance2  = 1e-7F; // nm^2; keeps 1/r finite for atoms on one place

/// Energies of this thread's pairs.
struct EnergySum
{
    float lennardJones = 0.0F;
    float coulomb      = 0.0F;
};

/// The force of one pair divided by its distance; adds to `energies` if they are wanted.
/// `interacts` is 1, or 0 for an excluded pair, of which only the long-range correction remains.
template<Electrostatics kind, bool withEnergies>
__device__ inline float pairForce(float r2, float qq, float2 c6c12, float interacts, const DeviceInteraction& constants, EnergySum& energies)
{
    r2                   = fmaxf(r2, smallestDistance2);
    const float inverseR  = rsqrtf(r2);
    const float inverseR2 = inverseR * inverseR;
    const float inverseR6 = inverseR2 * inverseR2 * inverseR2 * interacts;

    float force = inverseR6 * (c6c12.y * inverseR6 - c6c12.x) * inverseR2;
    if (withEnergies)
    {
        const float repulsion  = c6c12.y * (inverseR6 * inverseR6 - constants.repulsionShift) * (1.0F / 12.0F);
        const float dispersion = c6c12.x * (inverseR6 - constants.dispersionShift) * (1.0F / 6.0F);
        energies.lennardJones += interacts * (repulsion - dispersion);
    }

    if (kind == Electrostatics::ReactionField)
    {
        force += qq * (interacts * inverseR2 * inverseR - 2.0F * constants.reactionFieldK);
        if (withEnergies)
        {
            energies.coulomb += qq * (interacts * inverseR + constants.reactionFieldK * r2 - constants.reactionFieldC);
        }
        return force;
    }

    const float beta = constants.ewaldBeta;
    const float u    = beta * beta * r2;
    if (kind == Electrostatics::EwaldAnalytic)
    {
        force += qq * (interacts * inverseR2 * inverseR - beta * beta * beta * ewaldForceCorrection(u));
    }
    else
    {
        const float mesh = ewaldForceFromTable(constants.ewaldTable, constants.ewaldTableScale, r2 * inverseR);
        force += qq * (interacts * inverseR2 - mesh) * inverseR;
    }
    if (withEnergies)
    {
        energies.coulomb += qq * (interacts * (inverseR - constants.ewaldShift) - beta * ewaldEnergyCorrection(u));
    }
    return force;
}

/// Adds the forces of all pairs of one entry a block to `atoms.forces`. With energies it also stores each warp's, two of
/// them a block, at `energies`, and adds to `atoms.shiftForces`, which the virial needs.
template<Electrostatics kind, bool withEnergies>
__global__ void __launch_bounds__(blockThreads, 16)
        nonbondedKernel(DeviceAtoms atoms, DevicePairList list, DeviceInteraction constants, DeviceEnergies* __restrict__ energies)
{
    extern __shared__ float4 iAtoms[]; // i atoms moved by the shift vector, charges times the Coulomb constant
    int* const               iTypes = reinterpret_cast<int*>(iAtoms + superClusterSize);

    const int column = threadIdx.x;
    const int row    = threadIdx.y;
    const int thread = row * clusterSize + column;
    const int half   = thread / threadsPerHalf;

    const SuperClusterEntry entry      = list.entries[blockIdx.x];
    const int               firstISlot = entry.superCluster * superClusterSize;
    {
        const float3 shift = list.shiftVectors[entry.shift];
        float4       atom  = atoms.positionCharge[firstISlot + thread];
        atom.x += shift.x;
        atom.y += shift.y;
        atom.z += shift.z;
        atom.w *= constants.coulombConstant;
        iAtoms[thread] = atom;
        iTypes[thread] = atoms.types[firstISlot + thread];
    }
    __syncthreads();

    float3 iForces[clustersPerSuperCluster];
#pragma unroll
    for (int i = 0; i < clustersPerSuperCluster; ++i) { iForces[i] = make_float3(0.0F, 0.0F, 0.0F); }
    EnergySum sum;

    // An atom meets itself in one entry alone: that which holds its own cluster, unshifted, in its first place.
    if (withEnergies && entry.shift == centralShift
        && list.groups[entry.groupBegin].cluster[0] == entry.superCluster * clustersPerSuperCluster)
    {
        const float charge = atoms.positionCharge[firstISlot + thread].w;
        sum.coulomb += charge * charge * constants.coulombConstant * constants.selfEnergy;
    }

    for (int g = entry.groupBegin; g < entry.groupEnd; ++g)
    {
        const HalfMask mask = list.groups[g].half[half];
        if (mask.interaction == 0) { continue; }
        const unsigned exclusion = list.exclusions[mask.exclusion].pair[thread % threadsPerHalf];

#pragma unroll 1
        for (int jm = 0; jm < clustersPerGroup; ++jm)
        {
            const unsigned rowMask = 0xffU << (jm * clustersPerSuperCluster);
            if ((mask.interaction & rowMask) == 0) { continue; }

            const int    jCluster = list.groups[g].cluster[jm];
            const int    jSlot    = jCluster * clusterSize + row;
            const float4 jAtom    = atoms.positionCharge[jSlot];
            const int    jType    = atoms.types[jSlot];
            float3       jForce   = make_float3(0.0F, 0.0F, 0.0F);

#pragma unroll
            for (int i = 0; i < clustersPerSuperCluster; ++i)
            {
                const unsigned bit = 1U << (jm * clustersPerSuperCluster + i);
                if ((mask.interaction & bit) == 0) { continue; }

                const int    iSlot = i * clusterSize + column;
                const float4 iAtom = iAtoms[iSlot];
                const float  dx    = iAtom.x - jAtom.x;
                const float  dy    = iAtom.y - jAtom.y;
                const float  dz    = iAtom.z - jAtom.z;
                const float  r2    = dx * dx + dy * dy + dz * dz;

                // A cluster against itself, unshifted, holds each pair twice and each atom with itself: j > i remains.
                const bool ownCluster = entry.shift == centralShift && jCluster == entry.superCluster * clustersPerSuperCluster + i;
                if (!(r2 < constants.cutoff2) || (ownCluster && row <= column)) { continue; }

                const float  interacts = (exclusion & bit) ? 1.0F : 0.0F;
                const float2 c6c12     = __ldg(&constants.lennardJones[iTypes[iSlot] * constants.typeCount + jType]);
                const float  force =
                        pairForce<kind, withEnergies>(r2, iAtom.w * jAtom.w, c6c12, interacts, constants, sum);
                iForces[i].x += dx * force;
                iForces[i].y += dy * force;
                iForces[i].z += dz * force;
                jForce.x -= dx * force;
                jForce.y -= dy * force;
                jForce.z -= dz * force;
            }
            addRowSum(jForce, atoms.forces + 3 * jSlot, column);
        }
    }

    float shiftForce = 0.0F;
#pragma unroll
    for (int i = 0; i < clustersPerSuperCluster; ++i)
    {
        shiftForce += addColumnSum(iForces[i], atoms.forces + 3 * (firstISlot + i * clusterSize + column), row);
    }

    if (withEnergies)
    {
        shiftForce          = rowSum(shiftForce);
        const int component = row % rowsPerHalf;
        if (entry.shift != centralShift && column == 0 && component < 3)
        {
            atomicAdd(atoms.shiftForces + 3 * entry.shift + component, shiftForce);
        }
        const float lennardJones = warpSum(sum.lennardJones);
        const float coulomb      = warpSum(sum.coulomb);
        if (thread % threadsPerHalf == 0)
        {
            energies[blockIdx.x * halvesPerBlock + half] = make_float2(lennardJones, coulomb);
        }
    }
}
