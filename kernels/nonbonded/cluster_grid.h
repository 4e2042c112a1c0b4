// Sorting of the atoms into clusters of 8 and super-clusters of 8 clusters, neighbours in space.
#pragma once

#include "water_system.h"

#include <array>
#include <vector>

constexpr int clusterSize             = 8; // atoms
constexpr int clustersPerSuperCluster = 8;
constexpr int superClusterSize        = clusterSize * clustersPerSuperCluster;

/// An axis-aligned box around atoms; empty until the first one is added.
struct Bounds
{
    std::array<float, 3> low  = { 1e30F, 1e30F, 1e30F };
    std::array<float, 3> high = { -1e30F, -1e30F, -1e30F };

    bool empty() const { return low[0] > high[0]; }
    void add(const std::array<float, 3>& x);
    void add(const Bounds& other);
};

/// The squared distance of `a`, moved by `shift`, from `b`; very large if one is empty.
double distance2(const Bounds& a, const std::array<float, 3>& shift, const Bounds& b);

/// The atoms in device order. A slot is a place for an atom; a slot that holds none is a filler.
struct ClusterGrid
{
    std::vector<int>                  atomOfSlot; // -1 for a filler
    std::vector<int>                  slotOfAtom;
    std::vector<std::array<float, 3>> positions; // per slot; fillers stand far outside and far from each other
    std::vector<Bounds>               clusterBounds; // without the fillers
    std::vector<Bounds>               superClusterBounds;

    int slotCount() const { return static_cast<int>(atomOfSlot.size()); }
    int superClusterCount() const { return slotCount() / superClusterSize; }
};

ClusterGrid makeClusterGrid(const System& system);
