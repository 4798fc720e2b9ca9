"""How each issue stands in a week: detection over all issues, and the state in one word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from koe.issue import Issue, IssueState
from koe.week import Week
from reports.config import ReportConfig
from reports.counts import WeeklySeries
from reports.detection import Assessment, Standing, assess, events, q_values
from reports.lookback import FloatArray
from reports.season import cycles_of

#: With fewer feedback than this in the weeks looked at, nothing can be told.
ENOUGH = 3


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """An issue's weeks, judged. ``q`` and ``q_lower`` are the corrected p-values of a rise and of a fall."""

    series: WeeklySeries
    look: Assessment
    q: FloatArray
    q_lower: FloatArray
    standings: list[Standing]


def judge(series: Mapping[str, WeeklySeries], config: ReportConfig) -> dict[str, Judged]:
    """Judge every week of every issue; the family of a week is all issues with enough history in it.

    Every series must end with the same week.
    """
    looks = {
        issue: assess(
            one.counts,
            one.exposures,
            baseline=config.baseline_weeks,
            min_periods=config.min_weeks,
            cycles=cycles_of(7),
        )
        for issue, one in series.items()
    }
    longest = max((len(one.weeks) for one in series.values()), default=0)
    upper, lower = (
        np.full((len(series), longest), np.nan),
        np.full((len(series), longest), np.nan),
    )
    for place, look in enumerate(looks.values()):
        size = len(look.p_value)
        upper[place, longest - size :], lower[place, longest - size :] = look.p_value, look.p_lower
    for column in range(longest):
        upper[:, column], lower[:, column] = q_values(upper[:, column]), q_values(lower[:, column])
    judged = {}
    for place, (issue, one) in enumerate(series.items()):
        start = longest - len(one.weeks)
        q, q_lower = upper[place, start:], lower[place, start:]
        significant = [bool(value <= config.level) for value in q]
        standings = events(list(one.counts), list(one.exposures), list(looks[issue].expected), significant)
        judged[issue] = Judged(one, looks[issue], q, q_lower, standings)
    return judged


def state_of(
    issue: Issue, judged: Judged, first_week: Week, config: ReportConfig, since_fix: Judged | None = None
) -> IssueState:
    """The state of an issue in the last week of its series.

    Args:
        issue: as of the week.
        judged: its weeks.
        first_week: the week of its first feedback.
        config: the level and the weeks looked back on.
        since_fix: the weeks since its fix, of the feedback that the fix covers.
    """
    week = judged.series.weeks[-1]
    since = _since(judged)
    if issue.reopened_at is not None and Week.at(issue.reopened_at, config.zone) == week:
        return IssueState.REOPENED
    if issue.fix is not None and issue.fixed_from is not None:
        back = since_fix is not None and _since(since_fix) is not None
        if issue.fix.covers is None:
            back = back or (since is not None and since > Week.at(issue.fixed_from, config.zone))
        return IssueState.REOPENED if back else IssueState.FIXED
    if first_week == week:
        return IssueState.NEW
    if since is not None:
        return IssueState.RISING
    looked_at = judged.series.counts[-config.baseline_weeks - 1 :].sum()
    if math.isnan(judged.look.p_value[-1]) or looked_at < ENOUGH:
        return IssueState.UNKNOWN
    return IssueState.FALLING if judged.q_lower[-1] <= config.level else IssueState.STEADY


def _since(judged: Judged) -> Week | None:
    """The week in which the rise began that goes on in the last week."""
    since = judged.standings[-1].since
    return None if since is None else judged.series.weeks[since]
