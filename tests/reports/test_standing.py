from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest

from koe.coverage import Coverage
from koe.issue import Fix, Issue, IssueState, Label
from koe.settings import Settings
from koe.week import Week
from reports.config import ReportConfig
from reports.counts import WeeklySeries
from reports.standing import judge, state_of

LAST = Week(2026, 20)
CONFIG = ReportConfig.of(Settings())


def series(counts: Sequence[int]) -> WeeklySeries:
    weeks = [LAST - (len(counts) - 1 - index) for index in range(len(counts))]
    return WeeklySeries(weeks, np.array(counts), np.full(len(counts), 30.0), False, {}, {})


def state(
    counts: Sequence[int],
    fixed_weeks_ago: int | None = None,
    reopened: datetime | None = None,
    first: Week | None = None,
) -> IssueState:
    one = series(counts)
    fixed = None if fixed_weeks_ago is None else (LAST - fixed_weeks_ago).start(CONFIG.zone)
    fix = None if fixed is None else Fix(fixed, None, 7)
    issue = Issue("ISSUE-0001", "P", Label("音", "sound"), LAST.start(CONFIG.zone), fix=fix, reopened_at=reopened)
    spoken = [week for week, count in zip(one.weeks, counts, strict=True) if count]
    return state_of(issue, judge({"ISSUE-0001": one}, CONFIG)["ISSUE-0001"], spoken[0], CONFIG)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0] * 12 + [3], IssueState.NEW),
        ([2] * 12 + [12], IssueState.RISING),
        ([2] * 12 + [12, 11], IssueState.RISING),
        ([2] * 13, IssueState.STEADY),
        ([6] * 12 + [0, 0, 0], IssueState.FALLING),
        ([2, 3, 2], IssueState.UNKNOWN),
        ([0] * 10 + [1, 0, 0], IssueState.UNKNOWN),
    ],
)
def test_the_state_in_one_word(counts: list[int], expected: IssueState) -> None:
    assert state(counts) is expected


def test_a_fix_holds_until_it_rises_again() -> None:
    assert state([5] * 8 + [0] * 5, fixed_weeks_ago=5) is IssueState.FIXED
    assert state([5] * 8 + [1, 0, 1, 0, 0], fixed_weeks_ago=5) is IssueState.FIXED
    assert state([2] * 8 + [0] * 5 + [12], fixed_weeks_ago=5) is IssueState.REOPENED


def test_only_what_the_fix_covers_brings_an_issue_back() -> None:
    whole = judge({"ISSUE-0001": series([2] * 8 + [0] * 5 + [12])}, CONFIG)["ISSUE-0001"]
    fix = Fix((LAST - 5).start(CONFIG.zone), Coverage.parse("lot>=C"), 7)
    issue = Issue("ISSUE-0001", "P", Label("音", "sound"), LAST.start(CONFIG.zone), fix=fix)
    for since_fix, state in (([0] * 6, IssueState.FIXED), ([0] * 5 + [12], IssueState.REOPENED)):
        judged = judge({"ISSUE-0001": series(since_fix)}, CONFIG)["ISSUE-0001"]
        assert state_of(issue, whole, LAST - 13, CONFIG, judged) is state


def test_an_issue_that_comes_back_as_it_was_rises_since_its_fix() -> None:
    whole = judge({"ISSUE-0001": series([12] * 8 + [0] * 5 + [12])}, CONFIG)["ISSUE-0001"]
    assert whole.standings[-1].since is None
    fix = Fix((LAST - 5).start(CONFIG.zone), None, 7)
    issue = Issue("ISSUE-0001", "P", Label("音", "sound"), LAST.start(CONFIG.zone), fix=fix)
    since_fix = judge({"ISSUE-0001": series([0] * 5 + [12])}, CONFIG)["ISSUE-0001"]
    assert state_of(issue, whole, LAST - 13, CONFIG, since_fix) is IssueState.REOPENED


def test_a_person_reopens() -> None:
    assert state([2] * 13, reopened=LAST.start(CONFIG.zone) + timedelta(days=2)) is IssueState.REOPENED
    assert state([2] * 13, reopened=LAST.start(CONFIG.zone) - timedelta(days=2)) is IssueState.STEADY


def test_series_of_different_lengths_share_a_family_by_week() -> None:
    judged = judge({"a": series([1] * 12 + [8]), "b": series([1] * 6)}, CONFIG)
    assert judged["a"].q[-1] == pytest.approx(2 * judged["a"].look.p_value[-1])
    assert np.isnan(judged["b"].q[:4]).all()
    assert judged["a"].standings[-1].alert
