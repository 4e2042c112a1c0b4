// A pair of super-clusters is listed once: with the shift vectors of one half of space both orders are, of the shift zero
// only I <= J, and of a super-cluster with itself only the cluster pairs i <= j. Within a cluster the kernel takes j > i.

#include "pair_list.h"

#include <algorithm>
#include <map>

namespace
{

constexpr int groupsPerEntry = 16; // longer lists are cut, so that a block's work is bounded

bool anyAtomInRange(const ClusterGrid& grid, int iCluster, const std::array<float, 3>& shift, int jCluster, int half, double range2)
{
    for (int i = 0; i < clusterSize; ++i)
    {
        const auto& xi = grid.positions[iCluster * clusterSize + i];
        for (int j = 0; j < rowsPerHalf; ++j)
        {
            const auto& xj = grid.positions[jCluster * clusterSize + half * rowsPerHalf + j];
            double      r2 = 0;
            for (int d = 0; d < 3; ++d)
            {
                const double distance = static_cast<double>(xi[d]) + shift[d] - xj[d];
                r2 += distance * distance;
            }
            if (r2 < range2) { return true; }
        }
    }
    return false;
}

class Builder
{
public:
    Builder(const System& system, const ClusterGrid& grid, double range, PairList& list)
        : system_(system), grid_(grid), range2_(range * range), list_(list)
    {
        moleculeOf_.resize(system.atomCount());
        for (int m = 0; m < system.moleculeCount(); ++m)
        {
            for (int a = system.moleculeBegin[m]; a < system.moleculeBegin[m + 1]; ++a) { moleculeOf_[a] = m; }
        }
        ExclusionWords nothing;
        std::fill(std::begin(nothing.pair), std::end(nothing.pair), ~0U);
        list_.exclusions.push_back(nothing);
    }

    /// Lists super-cluster I, moved by a shift, against all its j clusters.
    void addSuperCluster(int superCluster, int shift)
    {
        placeOfCluster_.clear();
        const int  firstGroup = static_cast<int>(list_.groups.size());
        const int  firstJ     = shift == centralShift ? superCluster : 0;
        const auto& vector    = list_.shiftVectors[shift];
        for (int J = firstJ; J < grid_.superClusterCount(); ++J)
        {
            if (distance2(grid_.superClusterBounds[superCluster], vector, grid_.superClusterBounds[J]) < range2_)
            {
                for (int k = 0; k < clustersPerSuperCluster; ++k)
                {
                    addCluster(superCluster, shift, J * clustersPerSuperCluster + k, firstGroup);
                }
            }
        }
        markExclusions(superCluster, firstGroup);
        const int endGroup = static_cast<int>(list_.groups.size());
        for (int begin = firstGroup; begin < endGroup; begin += groupsPerEntry)
        {
            list_.entries.push_back({ superCluster, shift, begin, std::min(begin + groupsPerEntry, endGroup) });
        }
    }

private:
    void addCluster(int superCluster, int shift, int jCluster, int firstGroup)
    {
        const auto&   vector                = list_.shiftVectors[shift];
        std::uint32_t masks[halvesPerBlock] = { 0, 0 };
        for (int i = 0; i < clustersPerSuperCluster; ++i)
        {
            const int iCluster = superCluster * clustersPerSuperCluster + i;
            if (shift == centralShift && iCluster > jCluster) { continue; }
            if (distance2(grid_.clusterBounds[iCluster], vector, grid_.clusterBounds[jCluster]) >= range2_) { continue; }
            for (int half = 0; half < halvesPerBlock; ++half)
            {
                if (anyAtomInRange(grid_, iCluster, vector, jCluster, half, range2_)) { masks[half] |= 1U << i; }
            }
        }
        if ((masks[0] | masks[1]) == 0) { return; }

        const int place = static_cast<int>(placeOfCluster_.size());
        placeOfCluster_[jCluster] = place;
        if (place % clustersPerGroup == 0) { list_.groups.push_back({}); }
        ClusterGroup& group = list_.groups[firstGroup + place / clustersPerGroup];
        const int     jm    = place % clustersPerGroup;
        group.cluster[jm]   = jCluster;
        for (int half = 0; half < halvesPerBlock; ++half)
        {
            group.half[half].interaction |= masks[half] << (jm * clustersPerSuperCluster);
        }
    }

    /// Clears the bits of the pairs of one molecule, for the super-cluster just listed.
    void markExclusions(int superCluster, int firstGroup)
    {
        for (int within = 0; within < superClusterSize; ++within)
        {
            const int slot = superCluster * superClusterSize + within;
            const int atom = grid_.atomOfSlot[slot];
            if (atom < 0) { continue; }
            const int molecule = moleculeOf_[atom];
            for (int other = system_.moleculeBegin[molecule]; other < system_.moleculeBegin[molecule + 1]; ++other)
            {
                const int  jSlot = grid_.slotOfAtom[other];
                const auto found = placeOfCluster_.find(jSlot / clusterSize);
                if (other == atom || found == placeOfCluster_.end()) { continue; }
                const int jm   = found->second % clustersPerGroup;
                const int row  = jSlot % clusterSize;
                const int lane = (row % rowsPerHalf) * clusterSize + slot % clusterSize;
                HalfMask& half = list_.groups[firstGroup + found->second / clustersPerGroup].half[row / rowsPerHalf];
                if (half.exclusion == 0)
                {
                    half.exclusion = static_cast<std::int32_t>(list_.exclusions.size());
                    list_.exclusions.push_back(list_.exclusions[0]);
                }
                list_.exclusions[half.exclusion].pair[lane] &= ~(1U << (jm * clustersPerSuperCluster + within / clusterSize));
            }
        }
    }

    const System&      system_;
    const ClusterGrid& grid_;
    double             range2_;
    PairList&          list_;
    std::vector<int>   moleculeOf_;
    std::map<int, int> placeOfCluster_; // of the entry being built: in which place of its groups a j cluster stands
};

} // namespace

PairList makePairList(const System& system, const ClusterGrid& grid, const Parameters& parameters, double buffer)
{
    PairList list;
    for (int s = 0; s < shiftCount; ++s)
    {
        const std::array<int, 3> step = { s / 9 - 1, s / 3 % 3 - 1, s % 3 - 1 };
        for (int d = 0; d < 3; ++d) { list.shiftVectors[s][d] = static_cast<float>(step[d] * system.box[d]); }
    }
    Builder builder(system, grid, parameters.cutoff + buffer, list);
    for (int superCluster = 0; superCluster < grid.superClusterCount(); ++superCluster)
    {
        for (int shift = centralShift; shift < shiftCount; ++shift) { builder.addSuperCluster(superCluster, shift); }
    }
    return list;
}

long PairList::atomPairs() const
{
    long bits = 0;
    for (const ClusterGroup& group : groups)
    {
        for (const HalfMask& half : group.half) { bits += __builtin_popcount(half.interaction); }
    }
    return bits * threadsPerHalf;
}

long PairList::clusterPairs() const
{
    long count = 0;
    for (const ClusterGroup& group : groups)
    {
        count += __builtin_popcount(group.half[0].interaction | group.half[1].interaction);
    }
    return count;
}

long countPairsInRange(const PairList& list, const ClusterGrid& grid, const Parameters& parameters)
{
    const double cutoff2 = parameters.cutoff * parameters.cutoff;
    long         count   = 0;
    for (const SuperClusterEntry& entry : list.entries)
    {
        const auto& shift = list.shiftVectors[entry.shift];
        for (int g = entry.groupBegin; g < entry.groupEnd; ++g)
        {
            for (int thread = 0; thread < clusterSize * clusterSize; ++thread)
            {
                const int           i    = thread % clusterSize;
                const int           j    = thread / clusterSize;
                const HalfMask&     half = list.groups[g].half[thread / threadsPerHalf];
                const std::uint32_t bits =
                        half.interaction & list.exclusions[half.exclusion].pair[thread % threadsPerHalf];
                for (int bit = 0; bit < clustersPerGroup * clustersPerSuperCluster; ++bit)
                {
                    if (!(bits >> bit & 1U)) { continue; }
                    const int iCluster = entry.superCluster * clustersPerSuperCluster + bit % clustersPerSuperCluster;
                    const int jCluster = list.groups[g].cluster[bit / clustersPerSuperCluster];
                    if (entry.shift == centralShift && iCluster == jCluster && j <= i) { continue; }
                    const auto& xi = grid.positions[iCluster * clusterSize + i];
                    const auto& xj = grid.positions[jCluster * clusterSize + j];
                    double      r2 = 0;
                    for (int d = 0; d < 3; ++d)
                    {
                        const double distance = static_cast<double>(xi[d]) + shift[d] - xj[d];
                        r2 += distance * distance;
                    }
                    count += r2 < cutoff2;
                }
            }
        }
    }
    return count;
}
