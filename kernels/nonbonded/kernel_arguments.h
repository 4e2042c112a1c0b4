// What the kernels take, passed by value: pointers into device memory and the constants of the interaction in f32.
#pragma once

#include "pair_list.h"
#include "parameters.h"

#include <vector_types.h>

/// Atoms in slot order, see ClusterGrid.
struct DeviceAtoms
{
    const float4* positionCharge; // x, y, z in nm, charge in e
    const int*    types;
    float*        forces; // three a slot, added to
    float*        shiftForces; // three a shift vector: the sum of the forces on the atoms that it moved; added to
};

struct DevicePairList
{
    const SuperClusterEntry* entries;
    const ClusterGroup*      groups;
    const ExclusionWords*    exclusions;
    const float3*            shiftVectors;
};

struct DeviceInteraction
{
    const float2* lennardJones; // typeCount x typeCount: 6 c6, 12 c12
    int           typeCount;
    float         coulombConstant;
    float         cutoff2;
    float         dispersionShift; // rc^-6
    float         repulsionShift; // rc^-12
    float         reactionFieldK;
    float         reactionFieldC;
    float         ewaldBeta;
    float         ewaldShift;
    const float*  ewaldTable; // what the mesh has of the force, at r = index / ewaldTableScale
    float         ewaldTableScale;
    float         selfEnergy; // of an atom of unit charge, without the Coulomb constant
};

/// Energies that one warp summed: Lennard-Jones, Coulomb; in kJ/mol.
using DeviceEnergies = float2;
