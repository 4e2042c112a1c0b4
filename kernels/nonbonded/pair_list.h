// The list of cluster pairs in the form that the device reads: super-clusters of i atoms against groups of j clusters.
#pragma once

#include "cluster_grid.h"
#include "parameters.h"
#include "water_system.h"

#include <array>
#include <cstdint>
#include <vector>

constexpr int clustersPerGroup = 4;
constexpr int halvesPerBlock   = 2; // a block of 8 x 8 threads is two warps; each takes half the atoms of a j cluster
constexpr int threadsPerHalf   = clusterSize * clusterSize / halvesPerBlock;
constexpr int rowsPerHalf      = clusterSize / halvesPerBlock;
constexpr int shiftCount       = 27;
constexpr int centralShift     = 13;

/// One block's work: 64 i atoms, moved by a shift vector, against groups [groupBegin, groupEnd).
struct SuperClusterEntry
{
    std::int32_t superCluster;
    std::int32_t shift;
    std::int32_t groupBegin;
    std::int32_t groupEnd;
};

/// What one warp does with a group. Bit 8 * jm + i of `interaction`: j cluster jm against i cluster i of the super-cluster.
struct HalfMask
{
    std::uint32_t interaction;
    std::int32_t  exclusion; // which ExclusionWords; 0 excludes nothing
};

struct ClusterGroup
{
    std::int32_t cluster[clustersPerGroup];
    HalfMask     half[halvesPerBlock];
};

/// One word a thread of a warp, bits as in HalfMask: 1 = the pair of atoms interacts, 0 = it is excluded.
struct ExclusionWords
{
    std::uint32_t pair[threadsPerHalf];
};

struct PairList
{
    std::vector<SuperClusterEntry>               entries;
    std::vector<ClusterGroup>                    groups;
    std::vector<ExclusionWords>                  exclusions;
    std::array<std::array<float, 3>, shiftCount> shiftVectors;

    /// Pairs of atoms that the kernels look at: 32 for each bit of each half's mask.
    long atomPairs() const;

    /// Cluster pairs that a block looks at with at least one of its halves.
    long clusterPairs() const;
};

/// Every pair of atoms nearer than cut-off + buffer, once. Needs a box of at least twice the cut-off.
PairList makePairList(const System& system, const ClusterGrid& grid, const Parameters& parameters, double buffer);

/// How many pairs inside the cut-off that are not excluded the list makes the kernel compute; to be compared with the
/// reference's own count.
long countPairsInRange(const PairList& list, const ClusterGrid& grid, const Parameters& parameters);
