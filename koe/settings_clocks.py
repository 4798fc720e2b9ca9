"""Settings of clocks: when people work, and how soon a ticket must be answered and solved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from koe.settings_part import Part
from koe.settings_times import Duration, ZoneName

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Country = Literal["JP", "US"]

#: The days of a week as koe.yaml writes them, in the order of ``date.weekday()``.
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY = 24 * 60
_SHIFT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_COUNTRIES = ("JP", "US")


class Shift(Part):
    """Hours in which people work, in minutes after the day's midnight: ``09:00-12:00``.

    ``22:00-06:00`` goes over midnight, so ``closes`` may lie beyond 1440; it belongs to the day it begins on.
    """

    opens: int = Field(ge=0, lt=_DAY)
    closes: int = Field(gt=0, le=2 * _DAY)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, dict | Shift):
            return value
        match = _SHIFT.fullmatch(value.strip()) if isinstance(value, str) else None
        hours = [int(part) for part in match.groups()] if match else []
        if not hours or hours[0] > 23 or hours[2] > 24 or hours[1] > 59 or hours[3] > 59 or hours[2:] > [24, 0]:
            raise ValueError(f"{value!r} is no shift; expected hours such as 09:00-12:00, or 22:00-06:00 over midnight")
        opens, closes = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if opens == closes:
            raise ValueError(f"{value!r} begins when it ends; a whole day is 00:00-24:00")
        return {"opens": opens, "closes": closes if closes > opens else closes + _DAY}


def _as_shifts(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _apart(shifts: list[Shift]) -> list[Shift]:
    ordered = sorted(shifts, key=lambda shift: shift.opens)
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes:
            raise ValueError("two shifts of the same day overlap; expected shifts that follow each other")
    return ordered


def _a_date(value: object) -> object:
    # A bare number would be read as seconds since 1970, a time of day would be lost.
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    if not isinstance(value, date) or (isinstance(value, datetime) and value.time() != time()):
        raise ValueError(f"{value!r} is no date; expected one such as 2026-12-29")
    return value


Day = Annotated[date, BeforeValidator(_a_date)]
Shifts = Annotated[list[Shift], BeforeValidator(_as_shifts), AfterValidator(_apart)]


class CalendarSettings(Part):
    """When people work: shifts by weekday, in a time zone (default: the one of koe.yaml).

    ``hours`` takes single days and stretches of days (``mon-fri``); a day that is not named is free. ``holidays`` are
    the public holidays of Japan or the United States, or a list of dates; ``closed`` are further days off. ``open``
    gives a date hours of its own and wins over all the others.
    """

    timezone: ZoneName | None = None
    hours: dict[Weekday, Shifts]
    holidays: Country | list[Day] | None = None
    closed: list[Day] = Field(default_factory=list)
    open: dict[Day, Shifts] = Field(default_factory=dict)

    @field_validator("hours", mode="before")
    @classmethod
    def _every_day(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        days: dict[str, Any] = {}
        for key, shifts in value.items():
            for day in _days(str(key)):
                if day in days:
                    raise ValueError(f"{day} is given twice; expected every day once")
                days[day] = shifts
        return days

    @field_validator("holidays", mode="before")
    @classmethod
    def _known_country(cls, value: object) -> object:
        if value is not None and not isinstance(value, list) and value not in _COUNTRIES:
            raise ValueError(f"koe knows the holidays of {' and '.join(_COUNTRIES)}; of others, give a list of dates")
        return value

    @model_validator(mode="after")
    def _works_at_all(self) -> CalendarSettings:
        if not any(self.hours.values()):
            raise ValueError(
                "a calendar without any hours never gets anything done; give hours: {mon-fri: 09:00-18:00}"
            )
        for day in self.closed:
            if day in self.open:
                raise ValueError(f"{day} is both closed and open; leave it in one of them")
        return self


class Targets(Part):
    """How soon a ticket must be answered first, and solved; in the business time of the queue's calendar."""

    first_response: Duration | None = None
    resolution: Duration | None = None


def in_days(queue: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The durations of a queue, as written, that are in days: their key and what it says."""
    due, targets = queue.get("due"), queue.get("targets")
    written = [(f"due.{priority}", value) for priority, value in (due if isinstance(due, dict) else {}).items()]
    for priority, both in (targets if isinstance(targets, dict) else {}).items():
        written += [(f"targets.{priority}.{name}", v) for name, v in (both if isinstance(both, dict) else {}).items()]
    return ((name, value) for name, value in written if isinstance(value, str) and value.strip().endswith("d"))


def _days(key: str) -> tuple[str, ...]:
    first, dash, last = (part.strip() for part in key.partition("-"))
    if first in WEEKDAYS and (not dash or last in WEEKDAYS):
        start = WEEKDAYS.index(first)
        # sat-mon goes on over Sunday.
        length = (WEEKDAYS.index(last) - start) % len(WEEKDAYS) + 1 if dash else 1
        return tuple((WEEKDAYS * 2)[start : start + length])
    raise ValueError(f"unknown day {key!r}; expected {', '.join(WEEKDAYS)}, or a stretch such as mon-fri")
