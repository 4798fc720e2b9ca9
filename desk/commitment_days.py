"""Days of promises: which moment "by Friday" or 「3営業日以内」 means, in the calendar of a queue.

A promise for a day is due when work ends on it; when nobody works that day, at the end of the last working day before.
Where no work is left until then, and in queues without a calendar, it is due at the end of the day itself. Business
days are those on which the calendar has hours; the day of the reply does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.clock import Calendar

_DAY = timedelta(days=1)
#: The last minute of a day.
_LAST = 24 * 60 - 1
#: A date without a year that lies further ahead was meant of the past.
_FARTHEST = timedelta(days=300)
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Until:
    """Until when something is promised; one of the first six says the day, ``minute`` a time on it.

    Attributes:
        days: Days from the reply on.
        business_days: The same in business days.
        hours: Hours from the reply on; a moment and no day.
        weekday: 0 is Monday; the next such day, or of the week that is so many ``weeks`` ahead.
        weeks: The end of the week that is so many weeks ahead.
        months: The end of the month that is so many months ahead.
        date: Year, month and day; year and month may be left out (0).
        minute: Minutes after midnight.
    """

    days: int | None = None
    business_days: int | None = None
    hours: int | None = None
    weekday: int | None = None
    weeks: int | None = None
    months: int | None = None
    date: tuple[int, int, int] | None = None
    minute: int | None = None

    def at(self, minute: int | None) -> Until:
        """The same with a time of day, where one is given."""
        return self if minute is None else replace(self, minute=minute)


def due_moment(until: Until, at: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime | None:
    """The moment (UTC) that a promise made ``at`` a moment is due; ``None`` where there is no such day ahead.

    ``zone`` holds for queues without a calendar.
    """
    if until.hours is not None:
        return (at + timedelta(hours=until.hours)).astimezone(UTC)
    zone = calendar.zone if calendar.name else zone
    now = at.astimezone(zone)
    day = _day(until, now.date(), calendar)
    if day is None or day < now.date():
        return None
    if until.minute is not None:
        return _moment(day, until.minute, zone)
    return end_of_work(day, at, calendar, zone)


def end_of_work(day: date, at: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """When work ends on a day, or on the last working day before it that is not over at a moment."""
    zone = calendar.zone if calendar.name else zone
    working = day
    while working >= at.astimezone(zone).date():
        hours = calendar.hours(working)
        closes = _moment(working, min(max(close for _, close in hours), _LAST), zone) if hours else None
        if closes is not None and closes > at:
            return closes
        working -= _DAY
    return _moment(day, _LAST, zone)


def _day(until: Until, today: date, calendar: Calendar) -> date | None:
    monday = today - today.weekday() * _DAY
    match until:
        case Until(days=int(days)):
            return today + days * _DAY
        case Until(business_days=int(days)):
            return _business_day(today, days, calendar)
        case Until(weekday=int(weekday), weeks=None):
            return today + ((weekday - today.weekday() - 1) % 7 + 1) * _DAY
        case Until(weeks=int(weeks), weekday=weekday):
            return monday + (7 * weeks + (6 if weekday is None else weekday)) * _DAY
        case Until(months=int(months)):
            return _first_of_month(today, months + 1) - _DAY
    return _of_calendar(until.date, today) if until.date is not None else today


def _business_day(today: date, count: int, calendar: Calendar) -> date | None:
    day = today
    for _ in range(_MOST_DAYS):
        if not count:
            return day
        day += _DAY
        count -= bool(calendar.hours(day))
    return None


def _of_calendar(given: tuple[int, int, int], today: date) -> date | None:
    """The first such day from today on; years and months that are not given are this one or the next."""
    year, month, day = given
    first = today.replace(day=1)
    tries: list[tuple[int, int]]
    if month:
        tries = [(year, month)] if year else [(today.year, month), (today.year + 1, month)]
    else:
        following = _first_of_month(first, 1)
        tries = [(first.year, first.month), (following.year, following.month)]
    for one in tries:
        try:
            found = date(*one, day)
        except ValueError:
            continue
        if found >= today:
            return found if year or found - today <= _FARTHEST else None
    return None


def _first_of_month(day: date, ahead: int) -> date:
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def count_of(text: str, words: Mapping[str, int]) -> int:
    """A number in digits or in words."""
    return int(text) if text.isdecimal() else words[text]
