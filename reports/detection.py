"""Detection: is a series of counts rising beyond chance?

The method, in one paragraph. The count of a period with exposure ``e`` is compared with the at most ``baseline``
periods before it, which hold ``S`` counts on an exposure of ``E``. Under a Poisson model with a constant rate and a
flat prior on it, the predictive distribution is negative binomial (gamma-Poisson) with mean ``m = (S + 1) r`` and
dispersion (variance over mean) ``1 + r``, where ``r = e / E``: exactly the conditional test of two Poisson rates
(Przyborowski & Wilenski 1940, Biometrika 31:313), which holds its level at every sample size and with a baseline of
zeros. Real counts vary more than Poisson ones (Noufaily et al. 2013, Statistics in Medicine 32:1206): with a
dispersion ``phi`` the predictive one is ``phi (1 + r)``, in the same family. ``phi`` is not plugged in but integrated
out over its posterior (:mod:`reports.dispersion`): a short baseline knows little about it, and the tail says so (the
predictive check of Manitz & Höhle 2013, Biometrical Journal 55:509, without the simulation).

Where two years are known, every exposure is first multiplied by its season, and where periods are days, by its day of
the week (:mod:`reports.season`); how surely the seasons of now and then differ, as the variance ``v`` of the log of
their ratio, adds ``m v`` to the dispersion.

A fault that trickles in is never sudden, so the last two and the last three periods together are compared in the same
way with the periods before them. The p-value is the chance that any look is as unusual as the most unusual one: the
sum of the largest attainable p-values up to it (Bonferroni, but counts are whole numbers: Tarone 1990, Biometrics
46:515). The longer looks count only while the latest period is unusual by itself; else they would speak of a rise that
is over. A fall is nothing to hurry for, and small counts cannot prove one in a single period: it is looked for in the
last three periods alone.

Over all series of one period the Benjamini-Hochberg step-up rule (1995, JRSS B 57:289) holds the false discovery
rate at the level. What is significant in a row is one event, and an event alerts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import betainc

from reports.dispersion import MIDDLE, dispersion_posterior
from reports.lookback import FloatArray, earlier
from reports.season import Cycle, Seasons, learn

#: How many of the latest periods are looked at together.
WINDOWS = (1, 2, 3)

#: The dispersion is estimated over so many times the baseline: it changes more slowly than the level.
MEMORY = 3

#: The longer looks for a rise count only where the latest period alone has a p-value up to this.
UNUSUAL = 0.1


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
    counts: ArrayLike,
    exposures: ArrayLike | None = None,
    *,
    baseline: int = 12,
    min_periods: int = 4,
    cycles: Sequence[Cycle] = (),
) -> Assessment:
    """Judge every period of one series by the periods before it.

    Args:
        counts: successive periods, no gaps, shape ``(periods,)``.
        exposures: what the counts are out of, same shape; a period without exposure says nothing. Default 1 each.
        baseline: how many periods are looked back on for the level.
        min_periods: how many of them must have exposure.
        cycles: the seasons to allow for; each is learned from all earlier periods, once they hold it twice.

    Raises:
        ValueError: shapes differ, or a number is negative.
    """
    y = np.asarray(counts, dtype=np.float64)
    e = np.ones_like(y) if exposures is None else np.asarray(exposures, dtype=np.float64)
    if y.ndim != 1 or y.shape != e.shape:
        raise ValueError(f"counts and exposures must be one-dimensional and of one length, not {y.shape} and {e.shape}")
    if np.any(y < 0) or np.any(e < 0):
        raise ValueError("counts and exposures cannot be negative")
    y = np.where(e > 0, y, 0.0)
    seasons = learn(y, e, cycles)
    latest, *longer = [_look(y, e, seasons, width, baseline, min_periods) for width in WINDOWS]
    slowest = longer[-1]
    higher = _any_of(latest, longer)
    lower = np.where(slowest.known, slowest.lower(), latest.lower())
    p_value = np.where(y > latest.expected, higher, np.maximum(latest.upper, 0.5))
    p_lower = np.where(y < latest.expected, lower, np.maximum(latest.lower(), 0.5))
    low, high = latest.range()
    unknown = np.where(latest.known, 0.0, np.nan)
    return Assessment(
        expected=latest.expected + unknown,
        low=low + unknown,
        high=high + unknown,
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
    """One comparison: the last periods together, ``now`` counts of them, against the baseline before them.

    ``mean`` has shape ``(periods, 1)``, ``spread`` (the predictive dispersion) ``(periods, NODES)``.
    """

    known: NDArray[np.bool_]
    now: FloatArray
    expected: FloatArray
    dispersion: FloatArray
    mean: FloatArray
    spread: FloatArray
    weights: FloatArray
    upper: FloatArray

    def tail(self, counts: FloatArray, rows: NDArray[np.int64] | slice = slice(None)) -> FloatArray:
        """The chance of so many or more in each of these rows."""
        return _tail(counts, self.mean[rows], self.spread[rows], self.weights)

    def lower(self) -> FloatArray:
        """The chance of so many as there are, or fewer."""
        return 1 - self.tail(self.now + 1)

    def range(self) -> tuple[FloatArray, FloatArray]:
        """The central 95 % of the predictive distribution, at the middle dispersion; never past the mean."""
        spread = self.spread[:, MIDDLE]
        shape = self.mean[:, 0] / (spread - 1)
        low, high = (stats.nbinom.ppf(tail, shape, 1 / spread) for tail in (0.025, 0.975))
        return np.minimum(low, self.expected), np.maximum(high, self.expected)


def _look(y: FloatArray, e: FloatArray, seasons: Seasons | None, width: int, baseline: int, min_periods: int) -> _Look:
    past_y, past_e = earlier(y, baseline, width), earlier(e, baseline, width)
    now_y, now_e = earlier(y, width, 0).sum(axis=1), earlier(e, width, 0)
    unsure = np.zeros_like(y)
    if seasons is not None:
        (past_e, then), (now_e, now) = seasons.adjusted(e, baseline, width), seasons.adjusted(e, width, 0)
        unsure = seasons.variance(now - then)
    periods = np.count_nonzero(past_e > 0, axis=1).astype(np.float64)
    known = (periods >= min_periods) & (e > 0)
    total_y, total_e = past_y.sum(axis=1), np.where(known, past_e.sum(axis=1), 1.0)
    ratio = np.where(known, now_e.sum(axis=1) / total_e, 1.0)
    weights, phi = _dispersions(y, e, seasons, width, MEMORY * baseline)
    # Extra variance grows with the mean (negative binomial), so a period that expects more has a larger phi.
    growth = np.where(known, ratio * periods / width, 1.0)
    phi = 1 + (phi - 1) * np.maximum(growth, 1.0)[:, None]
    mean = ((total_y + 1) * ratio)[:, None]
    spread = phi * (1 + ratio[:, None]) + (total_y * ratio * unsure)[:, None]
    upper = _tail(now_y, mean, spread, weights)
    return _Look(known, now_y, total_y * ratio, phi[:, MIDDLE], mean, spread, weights, upper)


def _dispersions(
    y: FloatArray, e: FloatArray, seasons: Seasons | None, width: int, memory: int
) -> tuple[FloatArray, FloatArray]:
    past_y, past_e = earlier(y, memory, width), earlier(e, memory, width)
    if seasons is not None:
        past_e, _ = seasons.adjusted(e, memory, width)
    total_e = past_e.sum(axis=1)
    rate = np.divide(past_y.sum(axis=1), total_e, out=np.zeros_like(total_e), where=total_e > 0)
    periods = np.count_nonzero(past_e > 0, axis=1).astype(np.float64)
    return dispersion_posterior(past_y, past_e * rate[:, None], periods)


def _tail(counts: FloatArray, mean: FloatArray, spread: FloatArray, weights: FloatArray) -> FloatArray:
    """The upper tail of a negative binomial distribution, as an incomplete beta function, over the dispersions."""
    tails = betainc(np.maximum(counts, 1e-9)[:, None], mean / (spread - 1), 1 - 1 / spread)
    return np.where(counts > 0, (tails * weights).sum(axis=1), 1.0)


#: How many more counts are tried to find the largest attainable p-value; past them the bound itself is taken.
_TRIED = 8


def _any_of(latest: _Look, longer: Sequence[_Look]) -> FloatArray:
    """The chance that any look is as unusual as the most unusual one is."""
    looks = [latest, *longer]
    smallest = latest.upper
    for look in longer:
        smallest = np.where(look.known & (latest.upper <= UNUSUAL), np.minimum(smallest, look.upper), smallest)
    chance = np.zeros_like(smallest)
    for look in looks:
        attained = smallest.copy()
        rows = np.nonzero(look.known & (look.upper > smallest) & (smallest <= 0.5))[0]
        counts = look.now[rows]
        for _ in range(_TRIED):
            counts = counts + 1
            tails = look.tail(counts, rows)
            reached = tails <= smallest[rows]
            attained[rows[reached]] = tails[reached]
            rows, counts = rows[~reached], counts[~reached]
            if not len(rows):
                break
        chance += np.where(look.known, attained, 0.0)
    return chance
