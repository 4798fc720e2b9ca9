"""The verdict on one issue's fix as of now: that of the report of the last complete week, without the report."""

from __future__ import annotations

from datetime import datetime

from koe.settings import Settings
from koe.week import Week
from reports.config import ReportConfig
from reports.counts import weekly_series
from reports.fix_sides import Fixes
from reports.fix_verdict import FixVerdict
from reports.report import AsOf
from reports.seen import gather
from storage.work import Work


def fix_now(work: Work, settings: Settings, issue: str, model: str, now: datetime) -> FixVerdict | None:
    """The verdict on an issue's fix under a model's analyses; ``None`` where no fix holds.

    Raises:
        NotFoundError: no such issue.
    """
    found = work.issues.get(issue).issue
    if found.fixed_from is None:
        return None
    config, week = ReportConfig.of(settings), Week.at(now, settings.zone) - 1
    seen = gather(work, week, config, model, AsOf(work.feedback.last_seq(), work.issues.last_seq(), ""))
    if found.id not in seen.issues:
        return None
    series = weekly_series(
        seen.rows,
        ((member.issue, member.span) for member in seen.members),
        {name: entry.issue.product_id for name, entry in seen.issues.items()},
        week,
        seen.units,
        {name: entry.also for name, entry in seen.issues.items()},
    )
    return Fixes(seen, series, config).verdict(seen.issues[found.id])
