from __future__ import annotations

from koe.issue import Span
from koe.week import Week
from reports.counts import CountedRow, weekly_series

W1, W2, W3 = (Week(2026, number) for number in (1, 2, 3))


def row(key: str, week: Week, *, product: str = "P", counted: bool = True, version: int = 1) -> CountedRow:
    return CountedRow(key, product, week, counted, version)


def member(key: str, version: int = 1, start: int = 0) -> tuple[str, Span]:
    return "ISSUE-0001", Span(key, version, "text", start, start + 5)


def test_different_feedback_count_once_however_many_segments() -> None:
    rows = [row("a", W1), row("b", W2), row("c", W2)]
    series = weekly_series(rows, [member("b"), member("b", start=9), member("c")], {"ISSUE-0001": "P"}, W3)
    found = series["ISSUE-0001"]
    assert list(found.weeks) == [W1, W2, W3]
    assert list(found.counts) == [0, 2, 0]
    assert list(found.exposures) == [1, 2, 0]


def test_what_does_not_count_is_kept_beside() -> None:
    rows = [row("a", W1), row("staff", W1, counted=False)]
    found = weekly_series(rows, [member("a"), member("staff")], {"ISSUE-0001": "P"}, W1)["ISSUE-0001"]
    assert list(found.counts) == [1]
    assert list(found.exposures) == [1]
    assert found.counted[W1] == ["a"]
    assert found.beside[W1] == ["staff"]


def test_other_products_later_weeks_and_later_versions_do_not_count() -> None:
    rows = [row("a", W1), row("other", W1, product="Q"), row("late", W3)]
    spans = [member("a", version=2), member("other"), member("late"), member("unseen")]
    found = weekly_series(rows, spans, {"ISSUE-0001": "P"}, W2)["ISSUE-0001"]
    assert list(found.counts) == [0, 0]
    assert list(found.exposures) == [1, 0]


def test_units_are_the_exposure_where_every_week_has_them() -> None:
    rows = [row("a", W1), row("b", W2)]
    whole = weekly_series(rows, [member("b")], {"ISSUE-0001": "P"}, W2, {"P": {W1: 500, W2: 800}})["ISSUE-0001"]
    partial = weekly_series(rows, [member("b")], {"ISSUE-0001": "P"}, W2, {"P": {W2: 800}})["ISSUE-0001"]
    assert whole.in_units
    assert list(whole.exposures) == [500, 800]
    assert not partial.in_units
    assert list(partial.exposures) == [1, 1]


def test_an_issue_without_feedback_is_a_series_of_zeros() -> None:
    found = weekly_series([row("a", W1)], [], {"ISSUE-0001": "P", "ISSUE-0002": "Q"}, W2)
    assert list(found["ISSUE-0001"].counts) == [0, 0]
    assert list(found["ISSUE-0002"].weeks) == [W2]


def test_an_issue_that_took_in_one_of_another_product_counts_over_both() -> None:
    rows = [row("a", W1), row("b", W2), row("c", W2, product="Q"), row("d", W3, product="Q"), row("e", W3, product="R")]
    spans = [member("a"), member("c"), member("e")]
    found = weekly_series(rows, spans, {"ISSUE-0001": "P"}, W3, None, {"ISSUE-0001": ["Q"]})["ISSUE-0001"]
    assert list(found.counts) == [1, 1, 0]
    assert list(found.exposures) == [1, 2, 1]
    units = {"P": {W1: 50.0, W2: 60.0, W3: 70.0}, "Q": {W1: 5.0, W2: 6.0, W3: 7.0}}
    in_units = weekly_series(rows, spans, {"ISSUE-0001": "P"}, W3, units, {"ISSUE-0001": ["Q"]})["ISSUE-0001"]
    assert list(in_units.exposures) == [55, 66, 77]
    del units["Q"][W2]
    assert not weekly_series(rows, spans, {"ISSUE-0001": "P"}, W3, units, {"ISSUE-0001": ["Q"]})["ISSUE-0001"].in_units
