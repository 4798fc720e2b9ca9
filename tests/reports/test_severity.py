from __future__ import annotations

from typing import Any

from reports.severity import severity

BASE: dict[str, Any] = {
    "feedback": 10,
    "product_feedback": 200,
    "safety_feedback": 0,
    "rating": 3.0,
    "other_rating": 4.0,
    "count": 2,
    "expected": 2.0,
}


def test_the_printed_formula_is_the_one_used() -> None:
    found = severity(**BASE)
    assert found.score == round(40 * 0 + 25 * (1 / 3) + 20 * 0.5 + 15 * 0, 1)


def test_every_part_makes_it_worse() -> None:
    base = severity(**BASE).score
    for change in ({"safety_feedback": 2}, {"rating": 1.0}, {"feedback": 20}, {"count": 9}):
        assert severity(**{**BASE, **change}).score > base


def test_it_stays_within_bounds_and_bears_missing_figures() -> None:
    worst = severity(**{**BASE, "safety_feedback": 20, "rating": 1, "other_rating": 5, "feedback": 90, "count": 90})
    assert worst.score == 100
    none = severity(
        **{**BASE, "rating": None, "other_rating": None, "expected": None, "product_feedback": 0, "feedback": 0}
    )
    assert none.score == 0
