"""Week: an ISO 8601 week in a time zone, the period of the defect report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from koe.errors import UsageError

_PATTERN = re.compile(r"(\d{4})-?W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week such as ``2026-W47``; weeks order and add like numbers."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read ``2026-W47``.

        Raises:
            UsageError: when the text is no ISO week.
        """
        match = _PATTERN.fullmatch(text.strip())
        if match:
            week = cls(int(match[1]), int(match[2]))
            try:
                # Weeks next to the first and the last year that Python knows could not be added to.
                if 1 < week.year < 9999 and cls.of(week.monday) == week:
                    return week
            except ValueError:
                pass
        raise UsageError(f"{text!r} is not an ISO week; expected YYYY-Www with an existing week, such as 2026-W47")

    @classmethod
    def of(cls, day: date) -> Week:
        """The week a day falls in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def at(cls, moment: datetime, zone: ZoneInfo) -> Week:
        """The week of a moment (with an offset) in a time zone."""
        return cls.of(moment.astimezone(zone).date())

    @classmethod
    def last_complete(cls, now: datetime, zone: ZoneInfo) -> Week:
        """The last week that has ended at ``now`` in a time zone."""
        return cls.at(now, zone) - 1

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def start(self, zone: ZoneInfo) -> datetime:
        """Its first moment, in UTC."""
        return datetime.combine(self.monday, time.min, zone).astimezone(UTC)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first moment after it, in UTC."""
        return (self + 1).start(zone)

    def __add__(self, weeks: int) -> Week:
        return Week.of(self.monday + timedelta(weeks=weeks))

    def __sub__(self, weeks: int) -> Week:
        return self + -weeks

    def weeks_since(self, other: Week) -> int:
        """How many weeks it comes after another one (negative: before)."""
        return (self.monday - other.monday).days // 7
