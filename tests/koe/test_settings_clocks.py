"""Calendars and targets of koe.yaml, and mistakes in them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from koe.errors import SettingsError
from koe.settings import Settings
from koe.settings_file import load_settings
from koe.ticket import Priority

OFFICE = """\
calendars:
  office:
    timezone: Asia/Tokyo
    hours:
      mon-thu: [09:00-12:00, 13:00-18:00]
      fri: 09:00-17:00
      sat: ["22:00-06:00"]
    holidays: JP
    closed: [2026-12-30, 2026-12-31]
    open: {2026-12-29: 10:00-15:00}
queues:
  support:
    calendar: office
    targets: {urgent: {first_response: 1h, resolution: 8h}}
    due: {high: 90m}
"""


@pytest.fixture
def koe_yaml(tmp_path: Path) -> Path:
    return tmp_path / "koe.yaml"


def read(path: Path, text: str) -> Settings:
    path.write_text(text, "utf-8")
    return load_settings(path)


def test_a_calendar_is_read(koe_yaml: Path) -> None:
    office = read(koe_yaml, OFFICE).calendars["office"]
    hours = {day: [(shift.opens, shift.closes) for shift in shifts] for day, shifts in office.hours.items()}
    assert hours == {
        **{day: [(540, 720), (780, 1080)] for day in ("mon", "tue", "wed", "thu")},
        "fri": [(540, 1020)],
        "sat": [(1320, 1800)],
    }
    assert office.holidays == "JP"
    assert office.closed == [date(2026, 12, 30), date(2026, 12, 31)]
    assert [(shift.opens, shift.closes) for shift in office.open[date(2026, 12, 29)]] == [(600, 900)]


def test_a_stretch_of_days_goes_on_over_sunday_and_a_day_ends_at_24(koe_yaml: Path) -> None:
    shop = read(koe_yaml, "calendars: {shop: {hours: {sat-mon: 00:00-24:00}, holidays: ['2026-11-23']}}\n")
    assert list(shop.calendars["shop"].hours) == ["sat", "sun", "mon"]
    assert shop.calendars["shop"].hours["sun"][0].closes == 1440
    assert shop.calendars["shop"].holidays == [date(2026, 11, 23)]


def test_due_is_short_for_the_first_response(koe_yaml: Path) -> None:
    support = read(koe_yaml, OFFICE).queues["support"]
    assert support.first_response(Priority.URGENT) == timedelta(hours=1)
    assert support.first_response(Priority.HIGH) == timedelta(minutes=90)
    assert support.first_response(Priority.LOW) is None
    assert support.resolution(Priority.URGENT) == timedelta(hours=8)
    assert support.resolution(Priority.HIGH) is None


def test_a_calendar_can_come_from_a_variable(koe_yaml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOE_CALENDARS", "{night: {hours: {fri: 22:00-06:00}}}")
    assert read(koe_yaml, "").calendars["night"].hours["fri"][0].closes == 1800


MISTAKES = [
    ("mon-thu: [09:00-12:00, 13:00-18:00]", "mon-thu: [9-12]", 4, "'9-12' is no shift"),
    ("fri: 09:00-17:00", "fri: 09:00-24:30", 6, "'09:00-24:30' is no shift"),
    ("fri: 09:00-17:00", "fri: 09:00-09:00", 6, "a whole day is 00:00-24:00"),
    ("fri: 09:00-17:00", "fri: [09:00-17:00, 16:00-18:00]", 6, "two shifts of the same day overlap"),
    ("fri: 09:00-17:00", "friday: 09:00-17:00", 4, "unknown day 'friday'"),
    ("fri: 09:00-17:00", "thu-fri: 09:00-17:00", 4, "thu is given twice"),
    ("holidays: JP", "holidays: UK", 8, "the holidays of JP and US"),
    ("2026-12-30, 2026-12-31", "20261230", 9, "20261230 is no date"),
    ("2026-12-30, 2026-12-31", "2026-12-29", 2, "2026-12-29 is both closed and open"),
    ("2026-12-29: 10:00-15:00", "New Year: 10:00-15:00", 10, "'New Year' is no date"),
    ("timezone: Asia/Tokyo", "timezone: Tokyo", 3, "IANA time zone"),
    ("due: {high: 90m}", "due: {high: 1d}", 12, "due.high says 1d; with a calendar expected hours"),
    ("resolution: 8h", "resolution: 2d", 12, "targets.urgent.resolution says 2d"),
    ("due: {high: 90m}", "due: {urgent: 2h}", 12, "due.urgent and targets.urgent.first_response are the same"),
    ("due: {high: 90m}", "due: {high: 90}", 15, "90 is no duration"),
    ("resolution: 8h", "resolve: 8h", 14, "one of first_response, resolution"),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), MISTAKES, ids=[row[3] for row in MISTAKES])
def test_a_mistake_is_told_with_its_line(koe_yaml: Path, old: str, new: str, line: int, told: str) -> None:
    assert OFFICE.count(old) == 1
    with pytest.raises(SettingsError) as caught:
        read(koe_yaml, OFFICE.replace(old, new))
    assert told in str(caught.value)
    assert caught.value.where == f"{koe_yaml}:{line}"


def test_a_calendar_without_any_hours_is_told(koe_yaml: Path) -> None:
    with pytest.raises(SettingsError, match="never gets anything done"):
        read(koe_yaml, "calendars: {office: {hours: {mon: []}}}\n")


def test_days_are_fine_without_a_calendar(koe_yaml: Path) -> None:
    queue = read(koe_yaml, "queues: {support: {targets: {low: {resolution: 14d}}}}\n").queues["support"]
    assert queue.resolution(Priority.LOW) == timedelta(days=14)
