"""The counts of issues by day or week as the CSV that `koe detect` reads."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from koe.settings import Settings
from koe.week import Week
from reports.config import ReportConfig
from reports.counts import WeeklySeries
from reports.report import AsOf
from reports.seen import Seen, gather, series_of
from storage.work import Work

COLUMNS = ("series", "period", "count", "exposure")


def issue_counts(work: Work, week: Week, settings: Settings, model: str, *, daily: bool) -> str:
    """Counts and exposures of every living issue, from the first feedback of its product until the end of a week.

    Counts are those of :mod:`reports.counts`. Exposures are too; by day they are always feedback, as units are told by
    week. Days are those of the configured time zone.
    """
    config = ReportConfig.of(settings)
    seen = gather(work, week, config, model, AsOf(work.feedback.last_seq(), work.issues.last_seq(), ""))
    series = series_of(seen)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    days = _days(work, seen, config) if daily else {}
    for issue, one in sorted(series.items()):
        rows = _by_day(seen, issue, one, days) if daily else _by_week(one)
        writer.writerows((issue, *row) for row in rows)
    return out.getvalue()


def _days(work: Work, seen: Seen, config: ReportConfig) -> dict[str, date]:
    dates = work.feedback.dates(row.id for row in seen.rows)
    return {key: moment.astimezone(config.zone).date() for key, moment in dates.items()}


def _by_week(one: WeeklySeries) -> Iterator[tuple[str, int, str]]:
    for week, count, exposure in zip(one.weeks, one.counts, one.exposures, strict=True):
        yield str(week), int(count), f"{exposure:g}"


def _by_day(seen: Seen, issue: str, one: WeeklySeries, days: dict[str, date]) -> Iterator[tuple[str, int, str]]:
    entry = seen.issues[issue]
    counts = Counter(days[key] for ids in one.counted.values() for key in ids)
    exposures = Counter(days[row.id] for row in seen.rows if row.counted and entry.is_of(row.product_id))
    first, end = min(exposures, default=None), one.weeks[-1].monday + timedelta(days=7)
    while first is not None and first < end:
        yield first.isoformat(), counts[first], str(exposures[first])
        first += timedelta(days=1)
