"""Business time: how much working time lies between two moments, and when so much of it has passed.

A calendar says when people work: shifts on the days of the week in a time zone, without holidays. A shift belongs to
the day it begins on, also when it goes on after midnight. All is counted in real elapsed time: a shift opens and closes
when the wall clock *first* reaches its hours. So an hour that a change of clocks skips is not there, one that comes
twice counts twice in the shift that ends with it, and shifts that follow each other never overlap or leave a hole.

Time is counted in whole microseconds, a year at once: the year's open times are laid out when it is first asked for,
each with what has been worked until its end, so that any span is two searches and a sum over the years between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from koe.errors import UsageError

#: From opening to closing, in minutes after the midnight that a day begins with; beyond 1440 is the next day.
Hours = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When people work.

    Attributes:
        name: What koe.yaml calls it; the calendar that is always open has none.
        zone: The time zone that the hours are meant in.
        week: The hours of the seven weekdays, Monday first.
        special: Dates with hours of their own (none: closed); they win over the week and over holidays.
        country: Whose public holidays are free, ``JP`` or ``US``.

    Raises:
        UsageError: when it has no hours at all.
    """

    name: str
    zone: ZoneInfo
    week: Sequence[Hours]
    special: Mapping[date, Hours] = field(default_factory=dict)
    country: str | None = None
    _years: dict[int, _Year] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(closes > opens for day in self.week for opens, closes in day):
            raise UsageError(
                f"the calendar {self.name!r} has no hours at all, so nothing would ever be due; "
                "give hours for a day of the week, such as mon: 09:00-18:00"
            )

    def hours(self, day: date) -> Hours:
        """The shifts that begin on a day."""
        if day in self.special:
            return self.special[day]
        if self.country is not None and day in public_holidays(self.country, day.year):
            return ()
        return self.week[day.weekday()]

    def year(self, number: int) -> _Year:
        """The open times of a year, laid out when first asked for.

        Raises:
            UsageError: when it is none of the years 2 to 9998.
        """
        if number not in self._years:
            if not _FIRST_YEAR <= number <= _LAST_YEAR:
                raise UsageError(
                    f"the year {number} is out of reach; expected a time in the years {_FIRST_YEAR} to {_LAST_YEAR}"
                )
            self._years[number] = _laid_out(self, number)
        return self._years[number]


#: Elapsed time, for queues without a calendar: always open.
ELAPSED = Calendar("", ZoneInfo("UTC"), [[(0, 24 * 60)]] * 7)


def business_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time from ``start`` to ``end``; negative when ``end`` is the earlier one.

    Raises:
        UsageError: when a time has no time zone or is out of reach.
    """
    since, until = _stamp(start), _stamp(end)
    first, last = _year_at(calendar, start), _year_at(calendar, end)
    worked = calendar.year(last).worked(until) - calendar.year(first).worked(since)
    between = sum(calendar.year(number).total for number in range(min(first, last), max(first, last)))
    return timedelta(microseconds=worked + (between if first <= last else -between))


def add_business(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """The first moment (UTC) at which so much working time has passed since ``start``; ``start`` itself for none.

    What ends with a shift is due when that shift closes, and not when the next one opens.

    Raises:
        UsageError: when the duration is negative, a time has no time zone, or the moment lies too far ahead.
    """
    if duration < timedelta(0):
        raise UsageError(f"{duration} cannot be added: expected a duration of zero or more")
    since, number = _stamp(start), _year_at(calendar, start)
    if not duration:
        return start.astimezone(UTC)
    wanted = duration // _RESOLUTION + calendar.year(number).worked(since)
    farthest = number + _FARTHEST
    while wanted > calendar.year(number).total:
        wanted -= calendar.year(number).total
        number += 1
        if number > farthest:
            raise UsageError(
                f"{duration} of business time from {start:%Y-%m-%d} on is more than {_FARTHEST} years away; "
                f"give the calendar {calendar.name!r} more hours, or the target fewer"
            )
    return _EPOCH + calendar.year(number).reached(wanted) * _RESOLUTION


@cache
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country in a year, with those that are moved to another day; none where none are known.

    Raises:
        UsageError: when the country is not known.
    """
    import holidays

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError as error:
        raise UsageError(f"the holidays of {country!r} are not known; give their dates as a list") from error


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RESOLUTION = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
#: Python's years, without the outermost, which have no neighbour.
_FIRST_YEAR, _LAST_YEAR = 2, 9998
#: A target that takes longer is a mistake in the calendar; looking further would only take time.
_FARTHEST = 100


@dataclass(frozen=True, slots=True)
class _Year:
    """Open times from New Year (``begins``) to the next (``ends``), in microseconds since 1970, in order and apart.

    ``upto`` is how much has been worked in the year when each closes.
    """

    begins: int
    ends: int
    opens: Sequence[int]
    closes: Sequence[int]
    upto: Sequence[int]

    @property
    def total(self) -> int:
        """What is worked in the whole year."""
        return self.upto[-1] if self.upto else 0

    def worked(self, stamp: int) -> int:
        """What has been worked in the year at a moment."""
        index = bisect_right(self.opens, stamp) - 1
        return 0 if index < 0 else self.upto[index] - max(0, self.closes[index] - stamp)

    def reached(self, worked: int) -> int:
        """The first moment at which so much has been worked; more than nothing, at most the total."""
        index = bisect_left(self.upto, worked)
        return self.closes[index] - (self.upto[index] - worked)


def _stamp(moment: datetime) -> int:
    if moment.utcoffset() is None:
        raise UsageError(f"{moment.isoformat()} has no time zone; expected a time such as 2026-11-24T10:15+09:00")
    return (moment - _EPOCH) // _RESOLUTION


def _year_at(calendar: Calendar, moment: datetime) -> int:
    """The year, by the calendar's wall clock, that a moment lies in."""
    number = moment.astimezone(calendar.zone).year
    # A clock set back over New Year's midnight shows the old year again, but the new one has begun.
    return number + 1 if _stamp(moment) >= calendar.year(number).ends else number


def _laid_out(calendar: Calendar, number: int) -> _Year:
    begins = _first_at(calendar.zone, date(number, 1, 1), 0)
    ends = _first_at(calendar.zone, date(number + 1, 1, 1), 0)
    opens: list[int] = []
    closes: list[int] = []
    for opening, closing in sorted(_open_times(calendar, number)):
        start, end = max(opening, begins), min(closing, ends)
        if closes and start <= closes[-1]:
            closes[-1] = max(closes[-1], end)
        elif start < end:
            opens.append(start)
            closes.append(end)
    worked, upto = 0, []
    for start, end in zip(opens, closes, strict=True):
        worked += end - start
        upto.append(worked)
    return _Year(begins, ends, opens, closes, upto)


def _open_times(calendar: Calendar, number: int) -> Iterator[tuple[int, int]]:
    # The shift of New Year's Eve may go on into the year.
    day, last = date(number - 1, 12, 31), date(number, 12, 31)
    today, tomorrow = _midnight_offset(calendar.zone, day), _midnight_offset(calendar.zone, day + _DAY)
    while day <= last:
        after = _midnight_offset(calendar.zone, day + 2 * _DAY)
        if today == tomorrow == after:
            # No change of clocks while a shift of this day can last: its hours are plain sums.
            midnight = (day.toordinal() - _EPOCH.toordinal()) * _DAY // _RESOLUTION - today
            for opens, closes in calendar.hours(day):
                yield midnight + opens * _MINUTE, midnight + closes * _MINUTE
        else:
            for opens, closes in calendar.hours(day):
                yield _first_at(calendar.zone, day, opens), _first_at(calendar.zone, day, closes)
        day, today, tomorrow = day + _DAY, tomorrow, after


def _midnight_offset(zone: ZoneInfo, day: date) -> int:
    return _offset(zone, datetime(day.year, day.month, day.day))


def _first_at(zone: ZoneInfo, day: date, minutes: int) -> int:
    """When the wall clock first shows a time or, where the change of clocks skips it, a later one."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
    before, after = (_offset(zone, wall.replace(fold=fold)) for fold in (0, 1))
    naive = (wall - _EPOCH.replace(tzinfo=None)) // _RESOLUTION
    if before >= after:
        return naive - before
    # In a gap (PEP 495) the change lies between the two readings; it happens on a whole second.
    low, high = (naive - after) // _SECOND, (naive - before) // _SECOND
    while low < high:
        middle = (low + high) // 2
        if _offset(zone, (_EPOCH + timedelta(seconds=middle)).astimezone(zone)) == before:
            low = middle + 1
        else:
            high = middle
    return low * _SECOND


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.replace(tzinfo=zone).utcoffset()
    return 0 if offset is None else offset // _RESOLUTION
