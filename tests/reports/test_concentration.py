from __future__ import annotations

import pytest

from reports.concentration import concentrations, measure, sentence


def rows(**counts: int) -> list[dict[str, str]]:
    return [{"lot": lot} for lot, count in counts.items() for _ in range(count)]


def test_the_lot_that_an_issue_comes_from() -> None:
    (found,) = concentrations(rows(B=9, A=2), rows(B=20, A=80))
    assert (found.attribute, found.value, found.cases, found.issue_total) == ("lot", "B", 9, 11)
    assert found.low > 1
    assert found.ratio == pytest.approx(9 / 11 / 0.2, rel=0.1)
    assert "9 of 11 (82%) are from lot B" in sentence(found, "en")
    assert "11件中9件（82%）がロット B" in sentence(found, "ja", "ロット")


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
    assert (found.issue_total, found.other_total) == (11, 100)


def test_nothing_to_compare_with() -> None:
    assert concentrations(rows(B=9), []) == []
    assert concentrations([], rows(B=9)) == []
