"""How each issue stands in a week: detection over all issues, and the state in one word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from koe.issue import Issue, IssueState
from koe.week import Week
from reports.config import ReportConfig
from reports.counts import WeeklySeries
from reports.detection import Assessment, FloatArray, Standing, assess, events, q_values

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
        issue: assess(one.counts, one.exposures, baseline=config.baseline_weeks, min_periods=config.min_weeks)
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
    issue: Issue, judged: Judged, first_week: Week, reopened_at: datetime | None, config: ReportConfig
) -> IssueState:
    """The state of an issue in the last week of its series.

    Args:
        issue: as of the week.
        judged: its weeks.
        first_week: the week of its first feedback.
        reopened_at: when it was last reopened by a person, if ever.
        config: the level and the weeks looked back on.
    """
    week = judged.series.weeks[-1]
    standing = judged.standings[-1]
    since = None if standing.since is None else judged.series.weeks[standing.since]
    if reopened_at is not None and Week.at(reopened_at, config.zone) == week:
        return IssueState.REOPENED
    if issue.fixed_from is not None:
        fixed_week = Week.at(issue.fixed_from, config.zone)
        return IssueState.REOPENED if since is not None and since > fixed_week else IssueState.FIXED
    if first_week == week:
        return IssueState.NEW
    if since is not None:
        return IssueState.RISING
    looked_at = judged.series.counts[-config.baseline_weeks - 1 :].sum()
    if math.isnan(judged.look.p_value[-1]) or looked_at < ENOUGH:
        return IssueState.UNKNOWN
    return IssueState.FALLING if judged.q_lower[-1] <= config.level else IssueState.STEADY
