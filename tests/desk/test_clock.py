"""Business time, against a wall clock that is read minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.clock import ELAPSED, Calendar, Hours, add_business, business_between, public_holidays
from koe.errors import UsageError

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFICE = (((9 * 60, 12 * 60), (13 * 60, 18 * 60)),) * 5 + ((), ())
NIGHT = (((22 * 60, 30 * 60),),) * 7
DAY_AND_NIGHT = (((0, 24 * 60),),) * 7

#: Days around which a zone's clocks change (and one on which they do not).
CHANGES = {
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Europe/London": [date(2026, 3, 29), date(2026, 10, 25)],
    "Asia/Tokyo": [date(2026, 12, 31)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],  # by half an hour
    "America/Sao_Paulo": [date(2018, 11, 4), date(2018, 2, 18)],  # at midnight
    "Africa/Cairo": [date(2026, 4, 24), date(2026, 10, 30)],  # at midnight, the day does not begin at 00:00
}


def calendar(zone: str, week: tuple[Hours, ...], special: Mapping[date, Hours] | None = None) -> Calendar:
    return Calendar("test", ZoneInfo(zone), week, special or {})


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Tokyo"))


class WallClock:
    """The reference: goes through the minutes of some days and asks of each whether a shift is on.

    The hands never go back: while an hour comes twice, the clock is taken to stand at the latest time it has shown.
    """

    def __init__(self, calendar: Calendar, start: date, days: int) -> None:
        self.calendar = calendar
        self.start = datetime(start.year, start.month, start.day, tzinfo=UTC)
        before = [self._shown(self.start - minutes * MINUTE) for minutes in range(180)]
        latest, worked = max(before), 0
        self.worked = [0]
        for minute in range(days * 1440):
            latest = max(latest, self._shown(self.start + minute * MINUTE))
            worked += self._works(latest)
            self.worked.append(worked)

    def at(self, minute: int) -> datetime:
        return self.start + minute * MINUTE

    def between(self, start: int, end: int) -> timedelta:
        return (self.worked[end] - self.worked[start]) * MINUTE

    def _shown(self, moment: datetime) -> datetime:
        return moment.astimezone(self.calendar.zone).replace(tzinfo=None)

    def _works(self, shown: datetime) -> bool:
        today, minute = shown.date(), shown.hour * 60 + shown.minute
        return any(opens <= minute < closes for opens, closes in self._hours(today)) or any(
            opens <= minute + 1440 < closes for opens, closes in self._hours(today - timedelta(days=1))
        )

    def _hours(self, day: date) -> Hours:
        return self.calendar.special.get(day, self.calendar.week[day.weekday()])


#: Often by night, when clocks change.
shift = st.tuples(st.integers(0, 200) | st.integers(0, 1439), st.integers(1, 90) | st.integers(1, 1440)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
hours = st.lists(shift, max_size=3).map(tuple)
weeks = st.tuples(*[hours] * 7).filter(any)


@dataclass(frozen=True)
class Case:
    clock: WallClock
    start: int
    middle: int
    end: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A random calendar around a change of clocks, and three minutes in order."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    first = draw(st.sampled_from(CHANGES[zone])) - timedelta(days=draw(st.integers(1, 3)))
    days = 5
    special = draw(st.dictionaries(st.integers(-1, days).map(lambda day: first + timedelta(days=day)), hours))
    week = draw(st.sampled_from([OFFICE, NIGHT, DAY_AND_NIGHT]) | weeks)
    start, middle, end = sorted(draw(st.tuples(*[st.integers(0, days * 1440)] * 3)))
    return Case(WallClock(calendar(zone, week, special), first, days), start, middle, end)


many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(cases())
def test_between_agrees_with_the_wall_clock(case: Case) -> None:
    clock = case.clock
    found = business_between(clock.calendar, clock.at(case.start), clock.at(case.end))
    assert found == clock.between(case.start, case.end)


@many
@given(cases())
def test_adding_agrees_with_the_wall_clock(case: Case) -> None:
    clock = case.clock
    wanted = clock.between(case.start, case.end)
    found = add_business(clock.calendar, clock.at(case.start), wanted)
    first = next(minute for minute in range(case.start, case.end + 1) if clock.between(case.start, minute) == wanted)
    assert found == clock.at(first)


@many
@given(cases())
def test_parts_add_up_and_more_is_never_less(case: Case) -> None:
    start, middle, end = (case.clock.at(minute) for minute in (case.start, case.middle, case.end))
    first = business_between(case.clock.calendar, start, middle)
    second = business_between(case.clock.calendar, middle, end)
    assert first + second == business_between(case.clock.calendar, start, end)
    assert timedelta(0) <= first <= middle - start
    assert business_between(case.clock.calendar, end, start) == -(first + second)


moments = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@many
@given(st.sampled_from(sorted(CHANGES)), weeks, moments, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_what_is_added_lies_between(zone: str, week: tuple[Hours, ...], start: datetime, span: timedelta) -> None:
    # Ten hours a week at least, lest the due time lies centuries ahead.
    own = calendar(zone, (((480, 1080),), *week[1:]))
    due = add_business(own, start, span)
    assert business_between(own, start, due) == span
    if span:
        assert business_between(own, start, due - timedelta(microseconds=1)) < span
        assert add_business(own, start, span / 2) <= due


@given(moments, st.timedeltas(timedelta(0), timedelta(days=4_000)))
def test_without_a_calendar_elapsed_time_counts(start: datetime, span: timedelta) -> None:
    assert add_business(ELAPSED, start, span) == start + span
    assert business_between(ELAPSED, start, start + span) == span


OFFICE_TABLE = [
    ("2026-11-24 10:00", 1 * HOUR, "2026-11-24 11:00", "within a shift"),
    ("2026-11-24 11:30", 1 * HOUR, "2026-11-24 13:30", "over lunch"),
    ("2026-11-24 12:10", 1 * HOUR, "2026-11-24 14:00", "written at lunch"),
    ("2026-11-24 17:30", 1 * HOUR, "2026-11-25 09:30", "over the evening"),
    ("2026-11-27 17:00", 1 * HOUR, "2026-11-27 18:00", "ends with the shift, not with the next one's begin"),
    ("2026-11-27 17:00", 2 * HOUR, "2026-11-30 10:00", "over the weekend"),
    ("2026-11-28 03:00", 8 * HOUR, "2026-11-30 18:00", "written on a Saturday"),
    ("2026-11-22 10:00", 1 * HOUR, "2026-11-24 10:00", "Monday is Labour Thanksgiving Day"),
    ("2026-12-28 17:00", 2 * HOUR, "2026-12-29 11:00", "a short day of its own: 10 to 15"),
    ("2026-12-29 14:00", 2 * HOUR, "2027-01-04 10:00", "closed over New Year"),
    ("2026-11-28 03:00", 0 * HOUR, "2026-11-28 03:00", "nothing to be added"),
]


@pytest.mark.parametrize(("start", "span", "due", "why"), OFFICE_TABLE, ids=[row[3] for row in OFFICE_TABLE])
def test_an_office_in_tokyo(start: str, span: timedelta, due: str, why: str) -> None:
    special: dict[date, Hours] = dict.fromkeys([date(2026, 12, 30), date(2026, 12, 31)], ())
    special |= {date(2026, 12, 29): ((600, 900),)}
    office = Calendar("office", ZoneInfo("Asia/Tokyo"), OFFICE, special, country="JP")
    assert add_business(office, tokyo(start), span) == tokyo(due)
    assert business_between(office, tokyo(start), tokyo(due)) == span


CLOCK_CHANGES = [
    ("America/New_York", "2026-03-07 22:00", "2026-03-08 06:00", 7, "the night in which an hour is missing"),
    ("America/New_York", "2026-10-31 22:00", "2026-11-01 06:00", 9, "the night in which an hour comes twice"),
    ("Europe/London", "2026-03-28 22:00", "2026-03-29 06:00", 7, "the same in London"),
    ("Australia/Lord_Howe", "2026-10-03 22:00", "2026-10-04 06:00", 7.5, "half an hour is missing"),
    ("Asia/Tokyo", "2026-03-28 22:00", "2026-03-29 06:00", 8, "no change"),
]


@pytest.mark.parametrize(("zone", "start", "end", "worked", "why"), CLOCK_CHANGES, ids=[r[4] for r in CLOCK_CHANGES])
def test_a_night_shift_counts_the_time_that_passes(zone: str, start: str, end: str, worked: float, why: str) -> None:
    night = calendar(zone, NIGHT)
    at = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (start, end))
    assert business_between(night, *at) == worked * HOUR


MISSING = [
    ((120, 180), 0, "all of it"),
    ((130, 170), 0, "within it"),
    ((150, 240), 60, "begins in it"),
    ((90, 150), 30, "ends in it"),
    ((60, 240), 120, "around it"),
]


@pytest.mark.parametrize(("shift", "minutes", "why"), MISSING, ids=[row[2] for row in MISSING])
def test_what_lies_in_the_hour_that_is_missing_is_not_there(shift: tuple[int, int], minutes: int, why: str) -> None:
    # In New York 02:00 to 03:00 is skipped.
    own = calendar("America/New_York", (*[()] * 6, (shift,)))
    day = datetime(2026, 3, 8, tzinfo=own.zone)
    assert business_between(own, day, day + timedelta(days=1)) == minutes * MINUTE


def test_a_shift_of_the_day_before_goes_on_into_a_holiday() -> None:
    night = Calendar("night", ZoneInfo("Asia/Tokyo"), NIGHT, country="JP")
    # Monday 2026-11-23 is a holiday: the night of Sunday ends in it, none begins.
    assert business_between(night, tokyo("2026-11-23 00:00"), tokyo("2026-11-24 12:00")) == 6 * HOUR


def test_a_night_goes_on_into_the_new_year() -> None:
    night = calendar("Asia/Tokyo", NIGHT)
    start = tokyo("2026-12-31 20:00")
    assert business_between(night, start, tokyo("2027-01-01 12:00")) == 8 * HOUR
    assert add_business(night, start, 3 * HOUR) == tokyo("2027-01-01 01:00")
    assert add_business(night, start, 9 * HOUR) == tokyo("2027-01-01 23:00")


def test_clocks_set_back_just_after_new_year() -> None:
    # On 1944-01-01 Phoenix went from 00:01 back to 23:01: the old year was shown again.
    always = calendar("America/Phoenix", DAY_AND_NIGHT)
    start, end = datetime(1943, 12, 31, 18, tzinfo=UTC), datetime(1944, 1, 1, 6, 30, tzinfo=UTC)
    assert end.astimezone(always.zone).year == 1943
    assert business_between(always, start, end) == end - start
    assert add_business(always, start, end - start) == end


def test_overlapping_shifts_of_two_days_count_once() -> None:
    week = (((22 * 60, 30 * 60),), ((5 * 60, 7 * 60),), (), (), (), (), ())
    assert business_between(calendar("UTC", week), tokyo("2026-11-23 09:00"), tokyo("2026-11-30 09:00")) == 9 * HOUR


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("JP", date(2026, 5, 6)),  # Sunday's Constitution Day, moved behind the holidays that follow it
        ("JP", date(2026, 9, 22)),  # between two holidays
        ("US", date(2027, 12, 31)),  # New Year's Day 2028 is a Saturday
        ("US", date(2026, 11, 26)),
    ],
)
def test_public_holidays_are_known_with_those_that_move(country: str, day: date) -> None:
    assert day in public_holidays(country, day.year)


MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: calendar("UTC", ((),) * 7), "has no hours at all"),
    (lambda: calendar("UTC", (((540, 540),), *[()] * 6)), "has no hours at all"),
    (lambda: business_between(ELAPSED, datetime(2026, 1, 1), tokyo("2026-01-01")), "has no time zone"),
    (lambda: add_business(ELAPSED, tokyo("2026-01-01"), -MINUTE), "zero or more"),
    (lambda: add_business(ELAPSED, tokyo("2026-01-01"), timedelta(days=40_000)), "more than 100 years away"),
    (lambda: add_business(ELAPSED, datetime(9999, 5, 1, tzinfo=UTC), MINUTE), "year 9999 is out of reach"),
    (lambda: public_holidays("XX", 2026), "give their dates as a list"),
]


@pytest.mark.parametrize(("act", "told"), MISTAKES, ids=[told for _, told in MISTAKES])
def test_a_mistake_is_told(act: Callable[[], object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        act()
