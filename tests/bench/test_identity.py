from __future__ import annotations

import pytest

from bench.identity import rand
from koe.issue import Span


def spans(count: int) -> list[Span]:
    return [Span(f"shop:{number}", 1, "text", 0, 5) for number in range(count)]


def test_two_outcomes_agree_whatever_the_issues_are_called():
    a, b, c, d, e = spans(5)
    one = {a: "ISSUE-0001", b: "ISSUE-0001", c: "ISSUE-0002", d: "ISSUE-0002", e: None}
    other = {a: "ISSUE-0007", b: "ISSUE-0007", c: "ISSUE-0003", d: "ISSUE-0003", e: None}
    assert rand(one, other) == pytest.approx(1.0)


def test_segments_without_an_issue_are_not_one_group():
    a, b, c, d = spans(4)
    together = {a: "ISSUE-0001", b: "ISSUE-0001", c: None, d: None}
    apart = {a: None, b: None, c: "ISSUE-0001", d: "ISSUE-0001"}
    assert rand(together, apart) < 0
