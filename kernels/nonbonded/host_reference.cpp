// Cells of at least the cut-off; each atom sums over all its neighbours, so a pair is evaluated from both its ends and
// no two threads write one force. Energies of pairs are therefore halved at the end.

#include "host_reference.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <thread>

namespace
{

struct Cells
{
    std::array<int, 3>            count;
    std::array<double, 3>         box;
    std::vector<std::vector<int>> atoms;

    Cells(const System& system, double cutoff) : box(system.box)
    {
        for (int d = 0; d < 3; ++d) { count[d] = std::max(1, static_cast<int>(box[d] / cutoff)); }
        atoms.resize(static_cast<std::size_t>(count[0]) * count[1] * count[2]);
        for (int i = 0; i < system.atomCount(); ++i) { atoms[index(cellOf(system.positions[i]))].push_back(i); }
    }

    std::array<int, 3> cellOf(const std::array<float, 3>& x) const
    {
        std::array<int, 3> cell;
        for (int d = 0; d < 3; ++d) { cell[d] = std::min(count[d] - 1, static_cast<int>(x[d] / box[d] * count[d])); }
        return cell;
    }

    int index(const std::array<int, 3>& cell) const { return (cell[0] * count[1] + cell[1]) * count[2] + cell[2]; }

    /// The cells around that of `x`, each once, also where the box is only two cells wide.
    std::set<int> around(const std::array<float, 3>& x) const
    {
        const auto    centre = cellOf(x);
        std::set<int> found;
        for (int a = -1; a <= 1; ++a)
        {
            for (int b = -1; b <= 1; ++b)
            {
                for (int c = -1; c <= 1; ++c)
                {
                    found.insert(index({ (centre[0] + a + count[0]) % count[0], (centre[1] + b + count[1]) % count[1],
                                         (centre[2] + c + count[2]) % count[2] }));
                }
            }
        }
        return found;
    }
};

/// What one pair contributes: energies, and the force divided by the distance.
struct PairTerms
{
    double lennardJones;
    double coulomb;
    double forceOverR;
};

PairTerms evaluatePair(double r2, double qq, const LennardJones& lj, bool excluded, const Parameters& p, bool ewald)
{
    PairTerms    terms = { 0, 0, 0 };
    const double r     = std::sqrt(r2);
    if (!excluded && (lj.c6 != 0 || lj.c12 != 0))
    {
        const double r6    = 1.0 / (r2 * r2 * r2);
        terms.lennardJones = lj.c12 * (r6 * r6 - p.repulsionShift()) - lj.c6 * (r6 - p.dispersionShift());
        terms.forceOverR   = (12 * lj.c12 * r6 - 6 * lj.c6) * r6 / r2;
    }
    if (ewald)
    {
        const double z        = p.ewaldBeta * r;
        const double gaussian = 2.0 / std::sqrt(M_PI) * p.ewaldBeta * std::exp(-z * z);
        // An excluded pair keeps what the mesh will count for it, with its sign turned.
        const double screened = excluded ? -std::erf(z) : std::erfc(z);
        terms.coulomb         = qq * (screened / r - (excluded ? 0 : p.ewaldShift()));
        terms.forceOverR += qq * (screened / r + gaussian) / r2;
    }
    else
    {
        const double direct = excluded ? 0 : 1 / r;
        terms.coulomb       = qq * (direct + p.reactionFieldK() * r2 - p.reactionFieldC());
        terms.forceOverR += qq * (direct / r2 - 2 * p.reactionFieldK());
    }
    return terms;
}

/// Forces on the atoms [begin, end) and their share of the sums, with pairs counted from both ends.
void sumRange(const System& system, const Parameters& p, bool ewald, const Cells& cells,
              const std::vector<int>& moleculeOf, int begin, int end, Reference& out)
{
    const double cutoff2 = p.cutoff * p.cutoff;
    double       gap     = 1e9;
    for (int i = begin; i < end; ++i)
    {
        std::array<double, 3> force = { 0, 0, 0 };
        for (const int cell : cells.around(system.positions[i]))
        {
            for (const int j : cells.atoms[cell])
            {
                if (i == j) { continue; }
                std::array<double, 3> d;
                double                r2 = 0;
                for (int k = 0; k < 3; ++k)
                {
                    d[k] = static_cast<double>(system.positions[i][k]) - system.positions[j][k];
                    d[k] -= system.box[k] * std::rint(d[k] / system.box[k]);
                    r2 += d[k] * d[k];
                }
                gap = std::min(gap, std::fabs(r2 - cutoff2));
                if (r2 >= cutoff2) { continue; }
                const bool   excluded = moleculeOf[i] == moleculeOf[j];
                const double qq       = coulombConstant * system.charges[i] * system.charges[j];
                const auto   terms    = evaluatePair(r2, qq, system.pair(system.types[i], system.types[j]), excluded, p, ewald);
                out.lennardJones += 0.5 * terms.lennardJones;
                out.coulomb += 0.5 * terms.coulomb;
                out.virial += 0.5 * terms.forceOverR * r2;
                if (!excluded)
                {
                    out.absoluteLennardJones += 0.5 * std::fabs(terms.lennardJones);
                    out.absoluteCoulomb += 0.5 * std::fabs(terms.coulomb);
                    out.absoluteVirial += 0.5 * std::fabs(terms.forceOverR * r2);
                    ++out.pairs;
                }
                for (int k = 0; k < 3; ++k) { force[k] += terms.forceOverR * d[k]; }
            }
        }
        out.forces[i] = force;
    }
    out.closestToCutoff = gap / (2 * p.cutoff);
}

} // namespace

double Reference::rmsForce() const
{
    double sum = 0;
    for (const auto& f : forces) { sum += f[0] * f[0] + f[1] * f[1] + f[2] * f[2]; }
    return std::sqrt(sum / static_cast<double>(forces.size()));
}

Reference computeReference(const System& system, const Parameters& parameters, Electrostatics kind, int threads)
{
    for (const double edge : system.box)
    {
        if (edge < 2 * parameters.cutoff) { throw std::runtime_error("the cut-off is more than half the box"); }
    }
    const bool       ewald = kind != Electrostatics::ReactionField;
    const Cells      cells(system, parameters.cutoff);
    const int        atoms = system.atomCount();
    std::vector<int> moleculeOf(atoms);
    for (int m = 0; m < system.moleculeCount(); ++m)
    {
        std::fill(moleculeOf.begin() + system.moleculeBegin[m], moleculeOf.begin() + system.moleculeBegin[m + 1], m);
    }

    std::vector<Reference>   parts(threads);
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t)
    {
        parts[t].forces.resize(atoms);
        workers.emplace_back(
                [&, t]
                {
                    const int begin = static_cast<int>(static_cast<long>(atoms) * t / threads);
                    const int end   = static_cast<int>(static_cast<long>(atoms) * (t + 1) / threads);
                    sumRange(system, parameters, ewald, cells, moleculeOf, begin, end, parts[t]);
                    std::fill(parts[t].forces.begin(), parts[t].forces.begin() + begin, std::array<double, 3>{});
                    std::fill(parts[t].forces.begin() + end, parts[t].forces.end(), std::array<double, 3>{});
                });
    }
    for (auto& worker : workers) { worker.join(); }

    Reference total;
    total.forces.resize(atoms);
    for (const Reference& part : parts)
    {
        for (int i = 0; i < atoms; ++i)
        {
            for (int k = 0; k < 3; ++k) { total.forces[i][k] += part.forces[i][k]; }
        }
        total.lennardJones += part.lennardJones;
        total.coulomb += part.coulomb;
        total.virial += part.virial;
        total.absoluteLennardJones += part.absoluteLennardJones;
        total.absoluteCoulomb += part.absoluteCoulomb;
        total.absoluteVirial += part.absoluteVirial;
        total.pairs += part.pairs;
        total.closestToCutoff = std::min(total.closestToCutoff, part.closestToCutoff);
    }
    total.pairs /= 2;
    for (const double charge : system.charges)
    {
        total.coulomb += coulombConstant * charge * charge * parameters.selfEnergy(kind);
    }
    return total;
}
