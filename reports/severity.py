"""Severity: in which order a product team should look at issues.

A sum of six parts, each between 0 and 1, whose weights add up to 100, so that anyone can recompute it and argue about
the weights. It is an order of reading, not a probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FORMULA = (
    "severity = 35·safety + 20·harm + 15·volume + 10·growth + 10·reach + 10·churn; "
    "safety = min(1, s / max(3, n / 5)); harm = min(1, max(0, others' stars − issue's stars) / 3); "
    "volume = min(1, (n / N) / 0.1); growth = min(1, max(0, log2((count + 0.5) / (expected + 0.5))) / 3); "
    "reach = min(1, max(0, log10(R / 1000)) / 2); churn = min(1, c / max(3, n / 5))"
)


@dataclass(frozen=True, slots=True)
class Severity:
    """The score from 0 to 100 and its six parts from 0 to 1."""

    score: float
    safety: float
    harm: float
    volume: float
    growth: float
    reach: float
    churn: float


def severity(
    *,
    feedback: int,
    product_feedback: int,
    safety_feedback: int,
    churn_feedback: int,
    reach: int,
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
        churn_feedback: those of the issue whose authors threaten to leave (``c``).
        reach: how many people the issue's feedback reached, added up (``R``); below 1,000 it adds nothing.
        rating: their average stars; ``other_rating``: those of the product's other feedback. ``None``: no stars.
        count: the issue's feedback in the week of the report.
        expected: what was expected of that week, or ``None`` where too little is known.
    """
    # A handful is enough for the whole weight in a small issue, every fifth voice in a large one.
    many = max(3.0, feedback / 5)
    safety, churn = min(1.0, safety_feedback / many), min(1.0, churn_feedback / many)
    harm = 0.0 if rating is None or other_rating is None else _unit((other_rating - rating) / 3)
    volume = min(1.0, feedback / product_feedback / 0.1) if product_feedback else 0.0
    growth = 0.0 if expected is None else _unit(math.log2((count + 0.5) / (expected + 0.5)) / 3)
    seen = _unit(math.log10(reach / 1000) / 2) if reach > 0 else 0.0
    score = 35 * safety + 20 * harm + 15 * volume + 10 * growth + 10 * seen + 10 * churn
    parts = (round(part, 3) for part in (safety, harm, volume, growth, seen, churn))
    return Severity(round(score, 1), *parts)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
