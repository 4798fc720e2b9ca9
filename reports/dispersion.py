"""How much more counts vary than Poisson ones: the dispersion, variance over mean, and how well it is known.

Pearson's statistic over its degrees of freedom estimates it. One term of that statistic, over the dispersion ``phi``,
has variance ``2 + (6 (phi - 1) + 1 / phi) / m`` at mean ``m`` instead of 2 (the fourth moment of a negative binomial
variable; 2 + 1/m of a Poisson one), so it is worth 2 over that of an observation.
The posterior under a scaled inverse chi-squared prior is scaled inverse chi-squared again (Gelman et al., Bayesian
Data Analysis, section 2.6); below 1 it is taken as 1, because less variation than chance is not a thing to rely on.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv

from reports.lookback import FloatArray

#: The dispersion that is believed before any data, and how many observations that belief is worth.
PRIOR_DISPERSION = 1.3
PRIOR_WEIGHT = 4.0

NODES = 16

#: The node that is nearest to the median.
MIDDLE = 4


def point_dispersion(counts: FloatArray, means: FloatArray, freedom: float) -> float:
    """One number for one series: the posterior's scale, at least 1; ``counts`` and ``means`` have one shape."""
    squares = np.divide((counts - means) ** 2, means, out=np.zeros_like(means), where=means > 0)
    estimate = squares.sum() / max(freedom, 1.0)
    weight = max(freedom, 1.0) * _worth(means.mean(), estimate)
    return max(float((PRIOR_WEIGHT * PRIOR_DISPERSION + weight * estimate) / (PRIOR_WEIGHT + weight)), 1.0)


def dispersion_posterior(counts: FloatArray, means: FloatArray, periods: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights ``(NODES,)`` and dispersions ``(rows, NODES)``, ascending, of the posterior of each row.

    Args:
        counts: what was counted, shape ``(rows, width)``.
        means: what was expected, same shape; entries of 0 say nothing.
        periods: how many entries of each row say something, shape ``(rows,)``.
    """
    squares = np.divide((counts - means) ** 2, means, out=np.zeros_like(means), where=means > 0)
    freedom = np.maximum(periods - 1, 1)
    total = means.sum(axis=1)
    mean = np.divide(total, periods, out=np.zeros_like(total), where=periods > 0)
    estimate = squares.sum(axis=1) / freedom
    weight = freedom * _worth(mean, estimate)
    degrees = PRIOR_WEIGHT + weight
    scale = PRIOR_WEIGHT * PRIOR_DISPERSION + weight * estimate
    weights, grid, table = _quantiles()
    chi_squared = degrees[:, None] * np.stack([np.interp(degrees, grid, one) for one in table], axis=1)
    return weights, np.maximum(scale[:, None] / chi_squared, 1.0)


def _worth(mean: FloatArray, estimate: FloatArray) -> FloatArray:
    """How many observations one count of this mean is worth, 0 to 1."""
    beyond = np.maximum(estimate, 1.0)
    return np.asarray(2 * mean / (2 * mean + 6 * (beyond - 1) + 1 / beyond))


@lru_cache(maxsize=1)
def _quantiles() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Weights, degrees of freedom, and chi-squared over its degrees at each node.

    Gauss-Legendre nodes in the cube root of the probability, because the far tail of the counts comes from the far
    tail of the dispersion. They descend, so that the dispersions ascend. Quantiles are read from a table because they
    are needed by the thousand; between its entries they are right to four digits.
    """
    points, weights = np.polynomial.legendre.leggauss(NODES)
    root = (1 - points) / 2
    grid = np.geomspace(PRIOR_WEIGHT, 1e5, 200)
    table = 2 * gammaincinv(grid[None, :] / 2, root[:, None] ** 3) / grid[None, :]
    return weights / 2 * 3 * root**2, grid, table
