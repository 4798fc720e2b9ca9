"""``koe detect``: a CSV of counts in, a CSV of alerts out; no database."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from koe.errors import InputError, UsageError
from koe.settings import DetectionSettings
from koe.week import Week
from reports.detection import Assessment, assess, events, q_values
from reports.season import cycles_of

COLUMNS = ("series", "period", "count", "expected", "p_value", "q_value", "alert", "event")


@dataclass(frozen=True, slots=True)
class Series:
    """Successive periods of one series; missing periods between its first and its last are zeros.

    ``first`` is the ordinal of its first period: periods with the same ordinal belong to one family. ``days`` is how
    long a period is, 0 for calendar months.
    """

    name: str
    first: int
    periods: Sequence[str]
    counts: Sequence[float]
    exposures: Sequence[float]
    days: int = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One period of one series, judged; unknown figures are NaN, ``event`` is 0 outside events."""

    series: str
    period: str
    count: float
    expected: float
    p_value: float
    q_value: float
    alert: bool
    event: int


def detect_csv(lines: Iterable[str], settings: DetectionSettings) -> str:
    """Read ``series,period,count[,exposure]`` and write the contract's columns, in the order of the input's series.

    Raises:
        InputError: a line cannot be read; says which and what was expected.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in detect(read_series(lines), settings):
        alert = "true" if row.alert else "false"
        figures = (_figure(value) for value in (row.count, row.expected, row.p_value, row.q_value))
        writer.writerow((row.series, row.period, *figures, alert, row.event or ""))
    return out.getvalue()


def detect(series: Sequence[Series], settings: DetectionSettings) -> list[Row]:
    """Judge each period of each series by its own past; the family of a q-value is all series of that period.

    The season of the year is allowed for where two years are known; where periods are days, so is the day of the week.
    """
    looks = [
        assess(
            one.counts,
            one.exposures,
            baseline=_periods(settings.series_weeks, one.days, settings.min_weeks),
            min_periods=_periods(settings.min_weeks, one.days, settings.min_weeks),
            cycles=cycles_of(one.days),
        )
        for one in series
    ]
    adjusted = _adjusted_by_period(series, looks)
    rows = []
    for one, look, q in zip(series, looks, adjusted, strict=True):
        significant = [bool(value <= settings.level) for value in q]
        standings = events(one.counts, one.exposures, list(look.expected), significant)
        for index, standing in enumerate(standings):
            rows.append(
                Row(
                    one.name,
                    one.periods[index],
                    one.counts[index],
                    float(look.expected[index]),
                    float(look.p_value[index]),
                    float(q[index]),
                    standing.alert,
                    standing.event or 0,
                )
            )
    return rows


def read_series(lines: Iterable[str]) -> list[Series]:
    """The series of a CSV, in the order they first appear, each without gaps.

    A missing period inside a series is a count of zero on the exposure last known.

    Raises:
        InputError: a line cannot be read; says which and what was expected.
    """
    found: dict[str, dict[date, tuple[str, float, float]]] = {}
    for number, name, period, count, exposure in _rows(lines):
        periods = found.setdefault(name, {})
        day = _first_day(period, number)
        if day in periods:
            raise InputError(f"line {number}: series {name!r} has period {period} twice; expected one row a period")
        periods[day] = (period, count, exposure)
    step = _step({day for periods in found.values() for day in periods})
    return [_without_gaps(name, periods, step) for name, periods in found.items()]


def _periods(weeks: int, days: int, least: int) -> int:
    """How many periods make so many weeks, and never fewer than ``least``."""
    return max(least, round(weeks * 7 / (days or _MONTH_DAYS)))


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, str, str, float, float]]:
    reader = csv.DictReader(lines)
    names = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in ("series", "period", "count") if name not in names]
    if missing:
        raise InputError(f"line 1: no column {', '.join(missing)}; expected series,period,count[,exposure]")
    reader.fieldnames = names
    for row in reader:
        number = reader.line_num
        count = _number(row.get("count"), "count", number)
        exposure = row.get("exposure")
        known = "exposure" in names and exposure not in (None, "")
        yield (
            number,
            row["series"] or "",
            row["period"] or "",
            count,
            _number(exposure, "exposure", number) if known else 1.0,
        )


def _number(text: str | None, name: str, line: int) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise InputError(f"line {line}: {name} {text!r}; expected a number from 0 on")
    return value


_MONTH_DAYS = 365.25 / 12
_MONTH = re.compile(r"\d{4}-\d{2}")


def _first_day(period: str, line: int) -> date:
    text = period.strip()
    try:
        if "W" in text:
            return Week.parse(text).monday
        return date.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
    except (ValueError, UsageError) as error:
        expected = "an ISO date such as 2026-11-16 or an ISO week such as 2026-W47"
        raise InputError(f"line {line}: period {period!r}; expected {expected}") from error


def _step(days: set[date]) -> int:
    """Days from one period to the next; 0 stands for calendar months."""
    if len(days) > 1 and all(day.day == 1 for day in days):
        return 0
    first = min(days, default=date.min)
    return math.gcd(*((day - first).days for day in days)) or 7


def _without_gaps(name: str, periods: dict[date, tuple[str, float, float]], step: int) -> Series:
    first, last = min(periods), max(periods)
    weekly = "W" in periods[first][0]
    labels, counts, exposures = [], [], []
    exposure = 1.0
    day = first
    while day <= last:
        label, count, exposure = periods.get(day, (str(Week.of(day)) if weekly else day.isoformat(), 0.0, exposure))
        labels.append(label)
        counts.append(count)
        exposures.append(exposure)
        day = day + timedelta(days=step) if step else _next_month(day)
    ordinal = (first - date.min).days // step if step else first.year * 12 + first.month
    return Series(name, ordinal, labels, counts, exposures, step)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _adjusted_by_period(series: Sequence[Series], looks: Sequence[Assessment]) -> list[np.ndarray]:
    families: dict[int, list[tuple[int, int]]] = {}
    for place, one in enumerate(series):
        for index in range(len(one.counts)):
            families.setdefault(one.first + index, []).append((place, index))
    adjusted = [np.full(len(one.counts), np.nan) for one in series]
    for members in families.values():
        q = q_values([looks[place].p_value[index] for place, index in members])
        for (place, index), value in zip(members, q, strict=True):
            adjusted[place][index] = value
    return adjusted


def _figure(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.4g}"
