#!/usr/bin/env python3
"""Fits the two rational functions of ewald_correction.cuh; needs python3-mpmath.

With z = beta * r and u = z^2 the Ewald real-space terms of a pair of unit charges are
    energy    1/r   - beta   * H(u),   H(u) = erf(z) / z
    force / r 1/r^3 - beta^3 * G(u),   G(u) = (erf(z) - 2/sqrt(pi) * z * exp(-u)) / z^3
H and G are smooth and positive on [0, U_MAX], so P(u)/Q(u) with Q(0) = 1 fits them well. The fit is least squares on
Chebyshev nodes, linearised, with the weights of the previous round (1/Q), then with Lawson's factors, which drive the
largest relative error down. Prints the coefficients, lowest power first, and the largest relative error.
"""

from mpmath import mp, mpf, erf, exp, sqrt, pi, cos, matrix, lu_solve, fabs

mp.dps = 50
U_MAX = mpf(16)


def h(u):
    z = sqrt(u)
    return erf(z) / z if u else 2 / sqrt(pi)


def g(u):
    z = sqrt(u)
    return (erf(z) - 2 / sqrt(pi) * z * exp(-u)) / z**3 if u > mpf("1e-12") else 4 / (3 * sqrt(pi))


def evaluate(coefficients, u):
    value = mpf(0)
    for c in reversed(coefficients):
        value = value * u + c
    return value


def fit(function, top, bottom, rounds=40, count=160):
    nodes = [U_MAX * (1 - cos(pi * (2 * k + 1) / (2 * count))) / 2 for k in range(count)]
    values = [function(u) for u in nodes]
    lawson = [mpf(1)] * count
    denominator = [mpf(1)] * count
    best = None
    for _ in range(rounds):
        size = top + 1 + bottom
        a, b = matrix(size, size), matrix(size, 1)
        for u, f, weight, d in zip(nodes, values, lawson, denominator):
            row = [u**k / f for k in range(top + 1)] + [-(u**k) for k in range(1, bottom + 1)]
            w = weight / d**2
            for i in range(size):
                b[i] += w * row[i]
                for j in range(size):
                    a[i, j] += w * row[i] * row[j]
        solution = lu_solve(a, b)
        p = [solution[k] for k in range(top + 1)]
        q = [mpf(1)] + [solution[top + 1 + k] for k in range(bottom)]
        denominator = [evaluate(q, u) for u in nodes]
        errors = [fabs(evaluate(p, u) / d / f - 1) for u, f, d in zip(nodes, values, denominator)]
        worst = max(errors)
        if best is None or worst < best[0]:
            best = (worst, p, q)
        lawson = [w * (e / worst + mpf("1e-3")) for w, e in zip(lawson, errors)]
        total = sum(lawson)
        lawson = [w * count / total for w in lawson]
    return best


def main():
    for name, function, top, bottom in (("G", g, 5, 5), ("H", h, 5, 5)):
        worst, p, q = fit(function, top, bottom)
        print(f"{name} {top}/{bottom}: largest relative error {mp.nstr(worst, 3)}")
        print("  P", ", ".join(mp.nstr(c, 10) + "F" for c in p))
        print("  Q", ", ".join(mp.nstr(c, 10) + "F" for c in q))


if __name__ == "__main__":
    main()
