// The part of the Coulomb interaction that the mesh of an Ewald sum supplies, to be taken off in real space.
//
// With u = (beta r)^2 the energy of two unit charges is beta H(u) and the force divided by r is beta^3 G(u). H and G are
// smooth and positive, so a ratio of two polynomials gives them without exp, erf or a division by a small r. The
// coefficients come from reference/fit_ewald_correction.py: relative errors 2.5e-8 and 3.6e-7 for u <= 16, before rounding.
#pragma once

/// G(u) = (erf(z) - 2/sqrt(pi) z exp(-u)) / z^3 with z = sqrt(u).
__device__ inline float ewaldForceCorrection(float u)
{
    float top = -2.895711522e-7F;
    top       = fmaf(top, u, 3.90666339e-5F);
    top       = fmaf(top, u, 0.0007839630601F);
    top       = fmaf(top, u, 0.01631225953F);
    top       = fmaf(top, u, 0.00656277528F);
    top       = fmaf(top, u, 0.7522530451F);

    float bottom = 0.0002666893461F;
    bottom       = fmaf(bottom, u, 0.00328580762F);
    bottom       = fmaf(bottom, u, 0.0298235615F);
    bottom       = fmaf(bottom, u, 0.1725823425F);
    bottom       = fmaf(bottom, u, 0.6087352511F);
    bottom       = fmaf(bottom, u, 1.0F);
    return top / bottom;
}

/// H(u) = erf(z) / z with z = sqrt(u).
__device__ inline float ewaldEnergyCorrection(float u)
{
    float top = 1.986502552e-6F;
    top       = fmaf(top, u, 0.0002844691391F);
    top       = fmaf(top, u, 0.003881202682F);
    top       = fmaf(top, u, 0.05309508436F);
    top       = fmaf(top, u, 0.1935020421F);
    top       = fmaf(top, u, 1.12837914F);

    float bottom = 3.741214757e-5F;
    bottom       = fmaf(bottom, u, 0.001184958584F);
    bottom       = fmaf(bottom, u, 0.01520304088F);
    bottom       = fmaf(bottom, u, 0.1153313286F);
    bottom       = fmaf(bottom, u, 0.5048192913F);
    bottom       = fmaf(bottom, u, 1.0F);
    return top / bottom;
}

/// The same force, beta^3 G(u) r, at distance r from a table of it, linearly interpolated.
__device__ inline float ewaldForceFromTable(const float* __restrict__ table, float scale, float r)
{
    const float place    = r * scale;
    const int   index    = static_cast<int>(place);
    const float fraction = place - static_cast<float>(index);
    const float left     = __ldg(table + index);
    const float right    = __ldg(table + index + 1);
    return fmaf(fraction, right - left, left);
}
