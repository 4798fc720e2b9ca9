from __future__ import annotations

import math
from dataclasses import replace

import pytest

from reports.concentration import concentrations, measure, sentence


def rows(**counts: int) -> list[dict[str, str]]:
    return [{"lot": lot} for lot, count in counts.items() for _ in range(count)]


def test_the_lot_that_an_issue_comes_from() -> None:
    (found,) = concentrations(rows(B=9, A=2), rows(B=20, A=80))
    assert (found.attribute, found.value, found.cases, found.issue_total) == ("lot", "B", 9, 11)
    assert found.low > 1
    assert found.ratio == pytest.approx(9 / 11 / 0.2, rel=0.1)
    assert sentence(found, "en") == "9 of 11 from lot B; 3.9 times the others, 95 % interval 2.4 to 6.3."
    assert sentence(found, "ja", "ロット") == "11件中9件がロット B。他の声の3.9倍（95％区間 2.4〜6.3）。"


def test_an_even_spread_says_nothing() -> None:
    assert concentrations(rows(A=5, B=5), rows(A=50, B=50)) == []


def test_two_feedback_say_nothing() -> None:
    assert concentrations(rows(B=2), rows(A=100)) == []


def test_many_values_by_chance_say_nothing() -> None:
    issue = [{f"attribute{number}": "x" if place < 3 else "y"} for number in range(30) for place in range(6)]
    others = [{f"attribute{number}": "x" if place < 20 else "y"} for number in range(30) for place in range(80)]
    assert concentrations(issue, others) == []


def test_empty_cells_give_finite_numbers() -> None:
    found = measure("lot", "B", 5, 5, 0, 50)
    assert 1 < found.low < found.ratio < found.high < 2000


def test_feedback_that_does_not_tell_the_attribute_is_left_out() -> None:
    (found,) = concentrations([*rows(B=9, A=2), {}, {"colour": "red"}], [*rows(B=20, A=80), *[{}] * 500])
    assert (found.issue_total, found.other_total, found.untold) == (11, 100, 2)
    assert sentence(found, "en").endswith(" 2 do not tell the lot.")
    assert sentence(found, "ja", "ロット").endswith("2件はロットの記載なし。")
    assert sentence(replace(found, untold=1), "en").endswith(" 1 does not tell the lot.")


def test_the_information_component_is_the_published_one() -> None:
    found = measure("lot", "B", 9, 11, 20, 100)
    expected = 11 * 29 / 111
    assert found.ic == pytest.approx(math.log2(9.5 / (expected + 0.5)))
    # Norén, Hopstadius & Bate 2013 give IC025 also by a formula that needs no gamma distribution.
    assert found.ic025 == pytest.approx(found.ic - 3.3 * 9.5**-0.5 - 2 * 9.5**-1.5, abs=0.05)
    assert measure("lot", "B", 5, 10, 50, 100).ic025 < 0


def test_a_well_founded_ratio_comes_before_a_larger_one_from_a_few() -> None:
    issue = [{"lot": "B", "shop": "x" if place < 4 else "y"} for place in range(40)]
    others = [{"lot": "B" if place < 60 else "A", "shop": "y"} for place in range(400)]
    few, many = (next(t for t in concentrations(issue, others) if t.attribute == name) for name in ("shop", "lot"))
    assert few.ratio > many.ratio
    assert [t.attribute for t in concentrations(issue, others)] == ["lot", "shop"]


def test_nothing_to_compare_with() -> None:
    assert concentrations(rows(B=9), []) == []
    assert concentrations([], rows(B=9)) == []
