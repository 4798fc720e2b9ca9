"""Season: what the time of year, or the day of the week, makes of a rate.

A Poisson regression on the periods before each period, with a log link (McCullagh & Nelder 1989), in the form of
Serfling (1963, Public Health Reports 78:494): level, trend, and pairs of cosine and sine for each cycle. Level and
trend are there only so that the season is not mistaken for them; what is taken over is the season alone, with its
covariance (Laplace's approximation, times the dispersion), so that whoever compares two periods knows how surely their
seasons differ.

Most series have no season to speak of, and a season fitted to chance costs power. So the coefficients of a cycle have
a normal prior around 0 whose variance is itself learned from the series (empirical Bayes by the EM step, Dempster,
Laird & Rubin 1977, JRSS B 39:1), smaller for the faster waves: without a season it shrinks, and they with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.dispersion import point_dispersion
from reports.lookback import FloatArray, earlier

#: A cycle is looked for once it has been seen this many times.
SEEN_TIMES = 2

#: Only so many periods back are read, so that a long daily series takes time in proportion to its length.
LONGEST = 1500

#: The prior variance of a wave: where learning begins, what is believed, and how many coefficients that is worth.
_FIRST_VARIANCE = 0.2**2
_BELIEVED_VARIANCE = 0.1**2
_BELIEF_WEIGHT = 2.0

#: Level (around the mean rate) and trend (over the longest cycle): standard deviations of 1 and 0.5 on the log scale.
_NUISANCE_PRECISION = (1.0, 4.0)

_FIRST_STEPS, _NEXT_STEPS = 12, 3


@dataclass(frozen=True, slots=True)
class Cycle:
    """A season: how many periods it takes, and how many waves draw it (3 draw any pattern of seven days)."""

    length: float
    waves: int


def cycles_of(days: int) -> tuple[Cycle, ...]:
    """The cycles of periods of so many days (0: calendar months): the year, and the week where periods are days."""
    if days == 0:
        return (Cycle(12.0, 2),)
    year = Cycle(365.25 / days, 2)
    if days == 1:
        return Cycle(7.0, 3), year
    # Fewer than eight periods a year cannot tell two waves from chance.
    return (year,) if year.length >= 8 else ()


@dataclass(frozen=True, slots=True, eq=False)
class Seasons:
    """The season as each period's past tells it.

    ``design`` has shape ``(periods, coefficients)``; ``effects`` likewise: what was learned before that period;
    ``covariance`` ``(periods, coefficients, coefficients)``. Where nothing is known yet, effects and covariance are 0.
    """

    design: FloatArray
    effects: FloatArray
    covariance: FloatArray

    def adjusted(self, exposures: FloatArray, width: int, back: int) -> tuple[FloatArray, FloatArray]:
        """Exposures times season of the ``width`` periods that end ``back`` before each, and their mean design row.

        Shapes ``(periods, width)`` and ``(periods, coefficients)``. The season is the one known at the later period.
        """
        design = earlier(self.design, width, back)
        weighed = earlier(exposures, width, back) * np.exp(np.einsum("tcw,tc->tw", design, self.effects))
        total = weighed.sum(axis=1)
        centre = np.einsum("tcw,tw->tc", design, weighed) / np.where(total > 0, total, 1.0)[:, None]
        return weighed, centre

    def variance(self, contrast: FloatArray) -> FloatArray:
        """The variance of the log of a ratio of seasons, from the difference of two mean design rows."""
        return np.asarray(np.einsum("tc,tcd,td->t", contrast, self.covariance, contrast))


def learn(counts: FloatArray, exposures: FloatArray, cycles: Sequence[Cycle]) -> Seasons | None:
    """The season before each period; ``None`` where no cycle has been seen often enough anywhere.

    It is learned anew every seventh day, fourth week or month, from earlier periods still.
    """
    size = len(counts)
    used = [cycle for cycle in cycles if size > _known_from(cycle)]
    if not used:
        return None
    design, waves, since = _columns(size, used)
    seasons = Seasons(design, np.zeros_like(design), np.zeros((*design.shape, design.shape[1])))
    every = max(1, round(min(7.0 if cycle.length == 7 else cycle.length / 13 for cycle in cycles)))
    fit = _Fit(np.concatenate([np.zeros(2), np.zeros(len(waves))]), np.full(len(used), _FIRST_VARIANCE))
    owner = np.repeat(np.arange(len(used)), [2 * cycle.waves for cycle in used])
    known = 0
    for now in range(min(since), size, every):
        active = since[owner] <= now
        steps = _NEXT_STEPS if active.sum() == known else _FIRST_STEPS
        known = int(active.sum())
        past = slice(max(0, now - LONGEST), now)
        trend = (np.arange(past.start, now) - now) / max(cycle.length for cycle in used)
        table = np.column_stack([np.ones(now - past.start), trend, design[past][:, active]])
        columns = np.concatenate([[0, 1], 2 + np.nonzero(active)[0]])
        effects, covariance = fit.improve(
            table, counts[past], exposures[past], columns, waves[active], owner[active], steps
        )
        until = slice(now, min(now + every, size))
        seasons.effects[until, active] = effects
        places = np.nonzero(active)[0]
        seasons.covariance[until, places[:, None], places[None, :]] = covariance
    return seasons


@dataclass(slots=True)
class _Fit:
    """Where the regression stands: each fit starts from the one before, which differs by a period or seven."""

    coefficients: FloatArray
    variances: FloatArray

    def improve(
        self,
        table: FloatArray,
        counts: FloatArray,
        exposures: FloatArray,
        columns: np.ndarray,
        waves: FloatArray,
        owner: np.ndarray,
        steps: int,
    ) -> tuple[FloatArray, FloatArray]:
        """Newton steps on the penalised likelihood, each followed by the EM step of the prior variances."""
        beta = self.coefficients[columns]
        offset = exposures * (counts.sum() + 0.5) / max(float(exposures.sum()), 1e-9)
        covariance = np.zeros((len(columns), len(columns)))
        for _ in range(steps):
            precision = np.concatenate([_NUISANCE_PRECISION, waves**2 / self.variances[owner]])
            means = offset * np.exp(np.clip(table @ beta, -20, 20))
            dispersion = point_dispersion(counts, means, len(counts) - 2.0)
            covariance = np.linalg.inv((table.T * means) @ table / dispersion + np.diag(precision))
            step = covariance @ (table.T @ (counts - means) / dispersion - precision * beta)
            beta = beta + np.clip(step, -1, 1)
            squares = waves**2 * (beta[2:] ** 2 + np.diag(covariance)[2:])
            for cycle in set(owner.tolist()):
                mine = owner == cycle
                total = _BELIEF_WEIGHT * _BELIEVED_VARIANCE + squares[mine].sum()
                self.variances[cycle] = total / (_BELIEF_WEIGHT + mine.sum())
        self.coefficients[columns] = beta
        return beta[2:], covariance[2:, 2:]


def _known_from(cycle: Cycle) -> int:
    return math.ceil(SEEN_TIMES * cycle.length - 1)


def _columns(size: int, cycles: Sequence[Cycle]) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """The design, the wave number of each column, and the first period at which each cycle is known."""
    angle = 2 * np.pi * np.arange(size)[:, None]
    parts, waves = [], []
    for cycle in cycles:
        for wave in range(1, cycle.waves + 1):
            parts += [np.cos(wave * angle / cycle.length), np.sin(wave * angle / cycle.length)]
            waves += [wave, wave]
    return np.hstack(parts), np.array(waves, dtype=np.float64), np.array([_known_from(cycle) for cycle in cycles])
