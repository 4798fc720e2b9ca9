from __future__ import annotations

import math
from typing import Any

from reports.severity import FORMULA, severity

NAMES = ("safety", "harm", "volume", "growth", "reach", "churn")

BASE: dict[str, Any] = {
    "feedback": 10,
    "product_feedback": 200,
    "safety_feedback": 0,
    "churn_feedback": 0,
    "reach": 0,
    "rating": 3.0,
    "other_rating": 4.0,
    "count": 2,
    "expected": 2.0,
}


def test_the_printed_formula_is_the_one_used() -> None:
    values = {**BASE, "safety_feedback": 1, "churn_feedback": 2, "reach": 5_000, "count": 3}
    known: dict[str, Any] = {"min": min, "max": max, "log2": math.log2, "log10": math.log10}
    known |= {"s": 1, "c": 2, "n": 10, "N": 200, "R": 5_000, "count": 3, "expected": 2.0, "others": 4.0, "issue": 3.0}
    total, *parts = FORMULA.replace("others' stars", "others").replace("issue's stars", "issue").split("; ")
    for part in parts:
        name, formula = part.split(" = ")
        known[name] = eval(formula.replace("−", "-"), {}, known)
    found = severity(**values)
    assert {name: getattr(found, name) for name in NAMES} == {name: round(known[name], 3) for name in NAMES}
    assert found.score == round(eval(total.split(" = ")[1].replace("·", "*"), {}, known), 1)


def test_the_weights_add_up_to_100() -> None:
    weights = dict(reversed(pair.split("·")) for pair in FORMULA.partition(";")[0].split(" = ")[1].split(" + "))
    assert set(weights) == set(NAMES)
    assert sum(map(int, weights.values())) == 100


def test_a_few_readers_add_nothing_and_many_all_of_it() -> None:
    assert [severity(**{**BASE, "reach": reach}).reach for reach in (0, 900, 10_000, 100_000, 10**7)] == [
        *(0, 0, 0.5, 1, 1)
    ]


def test_every_part_makes_it_worse() -> None:
    base = severity(**BASE).score
    for change in (
        *({"safety_feedback": 2}, {"rating": 1.0}, {"feedback": 20}, {"count": 9}),
        *({"churn_feedback": 1}, {"reach": 2_000}),
    ):
        assert severity(**{**BASE, **change}).score > base


def test_it_stays_within_bounds_and_bears_missing_figures() -> None:
    worst = severity(
        **{
            **BASE,
            **{"safety_feedback": 20, "rating": 1, "other_rating": 5, "feedback": 90, "count": 90},
            **{"churn_feedback": 20, "reach": 10**6},
        }
    )
    assert worst.score == 100
    none = severity(
        **{**BASE, "rating": None, "other_rating": None, "expected": None, "product_feedback": 0, "feedback": 0}
    )
    assert none.score == 0
