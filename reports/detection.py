"""Detection: is a series of counts rising beyond chance?

The method, in one paragraph. The count of a period with exposure ``e`` is compared with the at most ``baseline``
periods before it, which hold ``S`` counts on an exposure of ``E``. Under a Poisson model with a constant rate and a
flat prior on it, the predictive distribution is negative binomial (gamma-Poisson) and its upper tail is the
regularised incomplete beta function ``I_q(y, S + 1)``, ``q = e / (e + E)``: exactly the conditional test of two
Poisson rates (Przyborowski & Wilenski 1940, Biometrika 31:313), which holds its level at every sample size and with a
baseline of zeros. Real counts vary more than Poisson ones (Noufaily et al. 2013, Statistics in Medicine 32:1206):
with a dispersion ``phi`` (variance = phi times mean) the effective counts are ``y / phi`` and ``S / phi``
(quasi-likelihood, as in Farrington et al. 1996, JRSS A 159:547). ``phi`` is not plugged in but integrated out over
its scaled inverse chi-squared posterior, never below 1: a short baseline knows little about it, and the tail says so
(the predictive check of Manitz & Höhle 2013, Biometrical Journal 55:509, without the simulation).

A fault that trickles in is never sudden, so the last three periods together are compared in the same way with the
periods before them; the smaller of the two p-values is doubled (Bonferroni), and counts only while the latest period
itself is above what is expected. A fall is nothing to hurry for, and small counts cannot prove one in a single
period: it is looked for in the last three periods alone.

Over all series of one period the Benjamini-Hochberg step-up rule (1995, JRSS B 57:289) holds the false discovery
rate at the level. What is significant in a row is one event, and an event alerts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import betainc

FloatArray = NDArray[np.float64]

#: The dispersion that is believed before any data, and how many observations that belief is worth.
PRIOR_DISPERSION = 1.15
PRIOR_WEIGHT = 16.0

#: How many of the latest periods are looked at together.
WINDOWS = (1, 3)

_NODES = 24


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What the periods before each period say about it; every array has one entry a period.

    ``expected``, ``low`` and ``high`` are counts (the predictive mean and its central 95 % range); ``p_value`` is the
    chance of a count as high or higher, ``p_lower`` as low or lower, under "nothing changed". NaN is unknown: fewer
    than ``min_periods`` earlier periods with exposure, or no exposure in the period itself.
    """

    expected: FloatArray
    low: FloatArray
    high: FloatArray
    p_value: FloatArray
    p_lower: FloatArray
    dispersion: FloatArray

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which periods have enough history to be judged."""
        return ~np.isnan(self.p_value)


def assess(
    counts: ArrayLike, exposures: ArrayLike | None = None, *, baseline: int = 12, min_periods: int = 4
) -> Assessment:
    """Judge every period of one series by the periods before it.

    Args:
        counts: successive periods, no gaps, shape ``(periods,)``.
        exposures: what the counts are out of, same shape; a period without exposure says nothing. Default 1 each.
        baseline: how many periods are looked back on.
        min_periods: how many of them must have exposure.
    """
    y = np.asarray(counts, dtype=np.float64)
    e = np.ones_like(y) if exposures is None else np.asarray(exposures, dtype=np.float64)
    if y.ndim != 1 or y.shape != e.shape:
        raise ValueError(f"counts and exposures must be one-dimensional and of one length, not {y.shape} and {e.shape}")
    if np.any(y < 0) or np.any(e < 0):
        raise ValueError("counts and exposures cannot be negative")
    y = np.where(e > 0, y, 0.0)
    looks = [_look(y, e, width, baseline, min_periods) for width in WINDOWS]
    latest = looks[0]
    open_looks = np.maximum(sum(look.known.astype(np.float64) for look in looks), 1)
    higher = np.min([np.where(look.known, look.upper, 1.0) for look in looks], axis=0) * open_looks
    slowest = looks[-1]
    lower = np.where(slowest.known, slowest.lower, latest.lower)
    # A longer window must not speak for a week that itself is as usual: the rise would be over.
    p_value = np.where(y > latest.expected, higher, np.maximum(latest.upper, 0.5))
    p_lower = np.where(y < latest.expected, lower, np.maximum(latest.lower, 0.5))
    unknown = np.where(latest.known, 0.0, np.nan)
    return Assessment(
        expected=latest.expected + unknown,
        low=latest.low + unknown,
        high=latest.high + unknown,
        p_value=np.clip(p_value, 0, 1) + unknown,
        p_lower=np.clip(p_lower, 0, 1) + unknown,
        dispersion=latest.dispersion + unknown,
    )


def q_values(p_values: ArrayLike) -> FloatArray:
    """Benjamini-Hochberg adjusted p-values of one family; NaN (unknown) stays NaN and is not in the family."""
    p = np.asarray(p_values, dtype=np.float64)
    q = np.full(p.shape, np.nan)
    known = ~np.isnan(p)
    if known.any():
        q[known] = stats.false_discovery_control(p[known], method="bh")
    return q


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a period stands in the events of its series.

    ``event`` counts the events of the series from 1 (``None``: none is going on); ``alert`` is true in the first
    period of an event and only there; ``since`` is the index of that period.
    """

    event: int | None = None
    alert: bool = False
    since: int | None = None


def events(
    counts: Sequence[float], exposures: Sequence[float], expected: Sequence[float], significant: Sequence[bool]
) -> list[Standing]:
    """Join significant periods into events, so that one rise is one alert.

    An event begins with a significant period. It goes on while its rate stays above the one that was expected when it
    began, and ends with the second period in a row that is not significant any more: by then the new level is what
    later periods are compared with.
    """
    standings: list[Standing] = []
    number, since, quiet, usual = 0, None, 0, 0.0
    for index, hit in enumerate(significant):
        if since is not None:
            quiet = 0 if hit else quiet + 1
            above = counts[index] > usual * exposures[index]
            if quiet >= 2 or not (above or hit):
                since = None
        if since is None and hit:
            number, since, quiet = number + 1, index, 0
            usual = expected[index] / exposures[index]
            standings.append(Standing(number, True, index))
        elif since is not None:
            standings.append(Standing(number, False, since))
        else:
            standings.append(Standing())
    return standings


def expected_false_alarms(level: float, significant: int) -> float:
    """How many of a period's significant series are false on average, at most: ``level * max(1, significant)``.

    Benjamini-Hochberg holds the expected share of false ones among them at the level; with none of them real, the
    chance of any is at most the level.
    """
    return level * max(1, significant)


FALSE_ALARM_FORMULA = "level × max(1, significant issues)"


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One comparison: the last ``width`` periods together against the baseline before them."""

    known: NDArray[np.bool_]
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    upper: FloatArray
    lower: FloatArray
    dispersion: FloatArray


def _look(y: FloatArray, e: FloatArray, width: int, baseline: int, min_periods: int) -> _Look:
    past_y, past_e = _earlier(y, baseline, width), _earlier(e, baseline, width)
    now_y, now_e = _earlier(y, width, 0).sum(axis=1), _earlier(e, width, 0).sum(axis=1)
    periods = np.count_nonzero(past_e > 0, axis=1).astype(np.float64)
    known = (periods >= min_periods) & (e > 0)
    total_y, total_e = past_y.sum(axis=1), np.where(known, past_e.sum(axis=1), 1.0)
    share = np.where(known, now_e / (now_e + total_e), 0.5)[:, None]
    weights, phi = _dispersion_posterior(past_y, past_e, total_y, total_e, periods, now_e / width)
    shape = total_y[:, None] / phi + 1
    upper = np.where(now_y > 0, betainc(np.maximum(now_y, 1e-9)[:, None] / phi, shape, share) @ weights, 1.0)
    lower = 1 - betainc((now_y[:, None] + 1) / phi, shape, share) @ weights
    expected = total_y / total_e * now_e
    middle = phi[:, _NODES // 2]
    low, high = (middle * stats.nbinom.ppf(tail, shape[:, _NODES // 2], 1 - share[:, 0]) for tail in (0.025, 0.975))
    return _Look(known, expected, np.minimum(low, expected), np.maximum(high, expected), upper, lower, middle)


def _earlier(values: FloatArray, width: int, back: int) -> FloatArray:
    """For each period the ``width`` values that end ``back`` periods before it; shape ``(periods, width)``.

    ``back`` 0 ends with the period itself; zeros stand where there are none.
    """
    padded = np.concatenate([np.zeros(width + back), values])
    return np.lib.stride_tricks.sliding_window_view(padded, width)[1 : len(values) + 1]


def _dispersion_posterior(
    past_y: FloatArray, past_e: FloatArray, total_y: FloatArray, total_e: FloatArray, periods: FloatArray, e: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Weights ``(nodes,)`` and dispersions ``(periods, nodes)`` over the posterior of phi, ascending.

    Pearson's statistic over its degrees of freedom estimates phi. For small means ``m`` one term of it has variance
    2 + 1/m instead of 2 (the fourth moment of a Poisson variable), so it is worth ``2m / (2m + 1)`` observations.
    Extra variance grows with the mean (negative binomial), so a period that expects more has a larger phi.
    """
    means = past_e * (total_y / total_e)[:, None]
    squares = np.divide((past_y - means) ** 2, means, out=np.zeros_like(means), where=means > 0)
    freedom = np.maximum(periods - 1, 1)
    estimate = squares.sum(axis=1) / freedom
    mean = np.divide(total_y, periods, out=np.zeros_like(total_y), where=periods > 0)
    weight = freedom * 2 * mean / (2 * mean + 1)
    total_weight = PRIOR_WEIGHT + weight
    scale = PRIOR_WEIGHT * PRIOR_DISPERSION + weight * estimate
    nodes, weights = _quantile_nodes()
    phi = np.maximum(scale[:, None] / stats.chi2.ppf(nodes[None, :], total_weight[:, None]), 1.0)
    growth = np.divide(total_y / total_e * e, mean, out=np.ones_like(mean), where=mean > 0)
    return weights, 1 + (phi - 1) * np.maximum(growth, 1.0)[:, None]


@lru_cache(maxsize=1)
def _quantile_nodes() -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes on (0, 1), descending, so that the dispersions ascend."""
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    return (1 - points) / 2, weights / 2
