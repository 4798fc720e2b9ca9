"""Severity: in which order a product team should look at issues.

A sum of four parts, each between 0 and 1, so that anyone can recompute it and argue about the weights. It is an
order of reading, not a probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FORMULA = (
    "severity = 40·safety + 25·harm + 20·volume + 15·growth; "
    "safety = min(1, s / max(3, n / 5)); harm = min(1, max(0, others' stars − issue's stars) / 3); "
    "volume = min(1, (n / N) / 0.1); growth = min(1, max(0, log2((count + 0.5) / (expected + 0.5))) / 3)"
)


@dataclass(frozen=True, slots=True)
class Severity:
    """The score from 0 to 100 and its four parts from 0 to 1."""

    score: float
    safety: float
    harm: float
    volume: float
    growth: float


def severity(
    *,
    feedback: int,
    product_feedback: int,
    safety_feedback: int,
    rating: float | None,
    other_rating: float | None,
    count: int,
    expected: float | None,
) -> Severity:
    """Score an issue.

    Args:
        feedback: the issue's feedback in the weeks looked at (``n``).
        product_feedback: all counted feedback of its product in the same weeks (``N``).
        safety_feedback: those of the issue that tell of danger or injury (``s``).
        rating: their average stars; ``other_rating``: those of the product's other feedback. ``None``: no stars.
        count: the issue's feedback in the week of the report.
        expected: what was expected of that week, or ``None`` where too little is known.
    """
    safety = min(1.0, safety_feedback / max(3.0, feedback / 5))
    harm = 0.0 if rating is None or other_rating is None else _unit((other_rating - rating) / 3)
    volume = min(1.0, feedback / product_feedback / 0.1) if product_feedback else 0.0
    growth = 0.0 if expected is None else _unit(math.log2((count + 0.5) / (expected + 0.5)) / 3)
    score = 40 * safety + 25 * harm + 20 * volume + 15 * growth
    return Severity(round(score, 1), round(safety, 3), round(harm, 3), round(volume, 3), round(growth, 3))


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
