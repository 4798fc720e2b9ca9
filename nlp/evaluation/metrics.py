"""Measures with their uncertainty.

A :data:`Measure` is a function of how often each of ``n`` texts counts. Counting each once gives the value; counting
them as often as ``n`` draws with replacement do gives the value on a resample (Efron 1979), for all resamples at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

#: Weights ``(r, n)`` in, values ``(r,)`` out; NaN where the weighted texts leave nothing to measure.
Measure = Callable[[Array], Array]

SEED = 20261123
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the ends of its 95 % interval; ``None`` where the texts leave nothing to measure."""

    value: float | None
    low: float | None
    high: float | None


def estimate(measure: Measure, texts: int, resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """The value over all texts, and its 95 % interval by the percentile bootstrap (Efron and Tibshirani 1993)."""
    value = value_of(measure, texts)
    if value is None:
        return Estimate(None, None, None)
    resampled = measure(_resamples(texts, resamples, seed))
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def value_of(measure: Measure, texts: int) -> float | None:
    """The value over all texts, each counted once; ``None`` where they leave nothing to measure."""
    if not texts:
        return None
    value = float(measure(np.ones((1, texts)))[0])
    return None if np.isnan(value) else value


def share(held: ArrayLike) -> Measure:
    """The share of the texts of which something ``(n,)`` holds: accuracy, where that is being right."""
    values = np.asarray(held, dtype=np.float64)
    return lambda weights: _divided(weights @ values, weights.sum(1))


def ratio(over: ArrayLike, under: ArrayLike) -> Measure:
    """The sum of one count per text over that of another, both ``(n,)``: recall, where they are hits over wanted."""
    top, bottom = np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
    return lambda weights: _divided(weights @ top, weights @ bottom)


def f1(hits: ArrayLike, found: ArrayLike, wanted: ArrayLike) -> Measure:
    """The harmonic mean of precision and recall from counts per text, each ``(n,)``."""
    return ratio(2 * np.asarray(hits, dtype=np.float64), np.asarray(found) * 1.0 + np.asarray(wanted))


def macro_f1(truth: ArrayLike, found: ArrayLike) -> Measure:
    """The mean F1 over the classes that the truth holds; both ``(n, classes)`` of 0 and 1."""
    wanted, said = np.asarray(truth, dtype=np.float64), np.asarray(found, dtype=np.float64)
    classes = [index for index in range(wanted.shape[1]) if wanted[:, index].any()]
    wanted, said = wanted[:, classes], said[:, classes]

    def measure(weights: Array) -> Array:
        each = _divided(2 * (weights @ (wanted * said)), weights @ (wanted + said))
        return _divided(np.nansum(each, axis=1), np.sum(~np.isnan(each), axis=1))

    return measure


def calibration_error(confidences: ArrayLike, right: ArrayLike, bins: int = 15) -> Measure:
    """The expected calibration error over bins of equal width (Guo et al. 2017).

    Confidences are in 0 to 1, right is 0 or 1; both ``(n,)``.
    """
    confidence = np.asarray(confidences, dtype=np.float64)
    gaps = np.asarray(right, dtype=np.float64) - confidence
    # A bin holds its upper border; what is 0 goes into the first.
    places = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    per_bin = np.zeros((len(gaps), bins))
    per_bin[np.arange(len(gaps)), places] = gaps
    return lambda weights: _divided(np.abs(weights @ per_bin).sum(1), weights.sum(1))


def recall_at_precision(scores: ArrayLike, wanted: ArrayLike, precision: float) -> Measure:
    """The highest recall of any threshold on the scores whose precision is high enough; 0 when none is.

    Scores and wanted (0 or 1) are ``(n,)``. Each resample has the best threshold of its own.
    """
    score, label = np.asarray(scores, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    order = np.argsort(-score, kind="stable")
    # A threshold takes all texts of one score or none.
    borders = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))

    def measure(weights: Array) -> Array:
        ordered = weights[:, order]
        taken = np.cumsum(ordered, axis=1)[:, borders]
        hits = np.cumsum(ordered * label[order], axis=1)[:, borders]
        good = (taken > 0) & (hits >= precision * taken - 1e-9)
        best = np.where(good, hits, 0.0).max(1)
        return _divided(best, weights @ label)

    return measure


@lru_cache(maxsize=2)
def _resamples(texts: int, resamples: int, seed: int) -> Array:
    return np.random.default_rng(seed).multinomial(texts, np.full(texts, 1 / texts), size=resamples).astype(np.float64)


def _divided(over: Array, under: NDArray[np.float64] | NDArray[np.int_]) -> Array:
    result = np.full(over.shape, np.nan)
    np.divide(over, under, out=result, where=under > 0)
    return result
