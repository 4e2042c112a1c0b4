// Columns in x and y about as wide as a super-cluster is high. A column is cut along z into pieces of 64 atoms, a piece
// into halves along z, these along y, these along x: eight clusters of eight atoms, near to cubes. The last piece of a
// column is filled up, so that every cluster is whole and the kernel needs no bounds.

#include "cluster_grid.h"

#include <algorithm>
#include <cmath>

void Bounds::add(const std::array<float, 3>& x)
{
    for (int d = 0; d < 3; ++d)
    {
        low[d]  = std::min(low[d], x[d]);
        high[d] = std::max(high[d], x[d]);
    }
}

void Bounds::add(const Bounds& other)
{
    if (other.empty()) { return; }
    add(other.low);
    add(other.high);
}

double distance2(const Bounds& a, const std::array<float, 3>& shift, const Bounds& b)
{
    if (a.empty() || b.empty()) { return 1e30; }
    double sum = 0;
    for (int d = 0; d < 3; ++d)
    {
        const double below = static_cast<double>(a.low[d]) + shift[d] - b.high[d];
        const double above = static_cast<double>(b.low[d]) - (static_cast<double>(a.high[d]) + shift[d]);
        const double gap   = std::max({ below, above, 0.0 });
        sum += gap * gap;
    }
    return sum;
}

namespace
{

/// Orders atoms[begin, begin + slots) so that each half of it, and of each half's halves, is a region of space.
/// Only `count` of the slots hold atoms; those come first, so the fillers gather in the last clusters.
void splitInHalves(const System& system, std::vector<int>& atoms, int begin, int count, int slots, int axis)
{
    if (slots == clusterSize || count <= 1) { return; }
    std::sort(atoms.begin() + begin, atoms.begin() + begin + count,
              [&](int a, int b) { return system.positions[a][axis] < system.positions[b][axis]; });
    const int half  = slots / 2;
    const int first = std::min(count, half);
    splitInHalves(system, atoms, begin, first, half, axis - 1);
    splitInHalves(system, atoms, begin + half, count - first, half, axis - 1);
}

/// Appends one column's atoms as super-clusters.
void appendColumn(const System& system, std::vector<int> column, std::vector<int>& atomOfSlot)
{
    std::sort(column.begin(), column.end(), [&](int a, int b) { return system.positions[a][2] < system.positions[b][2]; });
    const int count = static_cast<int>(column.size());
    const int slots = (count + superClusterSize - 1) / superClusterSize * superClusterSize;
    column.resize(slots, -1);
    for (int begin = 0; begin < slots; begin += superClusterSize)
    {
        splitInHalves(system, column, begin, std::min(count - begin, superClusterSize), superClusterSize, 2);
    }
    atomOfSlot.insert(atomOfSlot.end(), column.begin(), column.end());
}

} // namespace

ClusterGrid makeClusterGrid(const System& system)
{
    const double          volume = system.box[0] * system.box[1] * system.box[2];
    const double          side   = std::cbrt(volume * superClusterSize / system.atomCount());
    const std::array<int, 2> columns = { std::max(1, static_cast<int>(std::lround(system.box[0] / side))),
                                         std::max(1, static_cast<int>(std::lround(system.box[1] / side))) };
    std::vector<std::vector<int>> atomsOfColumn(static_cast<std::size_t>(columns[0]) * columns[1]);
    for (int i = 0; i < system.atomCount(); ++i)
    {
        std::array<int, 2> place;
        for (int d = 0; d < 2; ++d)
        {
            place[d] = std::min(columns[d] - 1, static_cast<int>(system.positions[i][d] / system.box[d] * columns[d]));
        }
        atomsOfColumn[static_cast<std::size_t>(place[0]) * columns[1] + place[1]].push_back(i);
    }

    ClusterGrid grid;
    for (auto& column : atomsOfColumn) { appendColumn(system, std::move(column), grid.atomOfSlot); }

    grid.slotOfAtom.resize(system.atomCount());
    grid.positions.resize(grid.slotCount());
    grid.clusterBounds.resize(grid.slotCount() / clusterSize);
    grid.superClusterBounds.resize(grid.superClusterCount());
    float fillerX = -1000.0F;
    for (int slot = 0; slot < grid.slotCount(); ++slot)
    {
        const int atom = grid.atomOfSlot[slot];
        if (atom < 0)
        {
            grid.positions[slot] = { fillerX, -1000.0F, -1000.0F };
            fillerX -= 10.0F;
            continue;
        }
        grid.slotOfAtom[atom] = slot;
        grid.positions[slot]  = system.positions[atom];
        grid.clusterBounds[slot / clusterSize].add(system.positions[atom]);
    }
    for (std::size_t c = 0; c < grid.clusterBounds.size(); ++c)
    {
        grid.superClusterBounds[c / clustersPerSuperCluster].add(grid.clusterBounds[c]);
    }
    return grid;
}
