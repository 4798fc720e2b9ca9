"""Due times: the terms of koe.yaml over the defaults, and the clock of a stored history in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desk.clock import ELAPSED
from desk.due import ServiceLevels, service_levels
from desk.due_words import due_in_words, target_in_words
from koe.errors import SettingsError
from koe.settings import QueueSettings, Settings
from koe.settings_file import load_settings
from koe.ticket import Priority, TicketState
from storage.ticket_history import TicketEvent

HOUR = timedelta(hours=1)
TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = """\
timezone: Asia/Tokyo
calendars:
  office: {hours: {mon-fri: [09:00-12:00, 13:00-18:00]}, holidays: JP, open: {2026-11-28: 10:00-12:00}}
queues:
  support:
    calendar: office
    targets: {urgent: {first_response: 1h, resolution: 8h}}
    due: {normal: 6h}
  safety: {calendar: office}
  social: {calendar: office}
"""


@pytest.fixture
def levels(tmp_path: Path) -> Callable[[str], ServiceLevels]:
    def read(text: str) -> ServiceLevels:
        file = tmp_path / "koe.yaml"
        file.write_text(text, "utf-8")
        return service_levels(load_settings(file))

    return read


def local(text: str) -> datetime:
    """A time in November 2026 in Tokyo; the 24th is a Tuesday."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2026-11-{day} {clock}").replace(tzinfo=TOKYO)


def history(*told: tuple[str, str, TicketState], priority: Priority = Priority.URGENT) -> list[TicketEvent]:
    return [TicketEvent(local(at), kind, "aki", state, "", "support", priority) for at, kind, state in told]


CREATED = ("24 16:40", "created", TicketState.OPEN)
Read = Callable[[str], ServiceLevels]


def test_first_responses_come_from_the_queue_then_the_defaults() -> None:
    settings = Settings(queues={"safety": QueueSettings(due={Priority.HIGH: 3 * HOUR}), "new": QueueSettings()})
    found = service_levels(settings)
    assert found.queues["safety"].title.en == "Safety"
    assert found.terms("safety", Priority.HIGH).first_response == 3 * HOUR
    assert found.terms("safety", Priority.URGENT).first_response == 2 * HOUR
    assert found.terms("new", Priority.NORMAL).first_response == 48 * HOUR
    gone = found.terms("not in koe.yaml any more", Priority.LOW)
    assert (gone.calendar, gone.first_response, gone.resolution) == (ELAPSED, 168 * HOUR, None)


def test_the_defaults_of_a_queue_with_a_calendar_are_in_hours_of_work(levels: Read) -> None:
    found = levels(OFFICE)
    usual = [found.terms("safety", priority).first_response for priority in Priority]
    assert usual == [2 * HOUR, 8 * HOUR, 16 * HOUR, 40 * HOUR]
    assert [found.terms("social", priority).first_response for priority in Priority][:2] == [HOUR, 8 * HOUR]
    support = found.terms("support", Priority.NORMAL)
    assert (support.first_response, support.resolution, support.calendar.name) == (6 * HOUR, None, "office")


def test_more_urgent_is_never_due_later(levels: Read) -> None:
    calendars = "calendars: {office: {hours: {mon-fri: 09:00-18:00}}}\n"
    names = list(levels("").queues)
    queues = "queues: {" + ", ".join(f"{name}: {{calendar: office}}" for name in names) + "}\n"
    for found in (levels(""), levels(calendars + queues)):
        for name in names:
            due = [found.due_at(name, priority, local("24 10:00")) for priority in Priority]
            assert due == sorted(at for at in due if at is not None)
            assert len(due) == 4


def test_a_new_ticket_is_due_in_business_time(levels: Read) -> None:
    found = levels(OFFICE)
    assert found.due_at("support", Priority.URGENT, local("24 17:30")) == local("25 09:30")
    assert found.due_at("support", Priority.NORMAL, local("27 17:00")) == local("30 12:00")
    assert found.due_at("escalations", Priority.URGENT, local("24 17:30")) == local("24 21:30")


OPEN, WAITING, REPLIED = TicketState.OPEN, TicketState.WAITING, TicketState.REPLIED
WORDS = [
    ("24 16:50", [], "due in 50 min of business time, Tue 17:40"),
    ("24 18:30", [], "late by 20 min of business time, was due Tue 17:40"),
    ("24 17:40", [], "due in 0 min of business time, Tue 17:40"),
    ("24 17:00", [("24 17:00", "reply", REPLIED)], "due in 7 h 40 min of business time, Wed 16:40"),
    ("27 10:00", [("24 17:00", "waiting", WAITING)], "waits for the customer, 40 min of business time left"),
    ("27 10:00", [("24 17:55", "waiting", WAITING)], "late by 15 min of business time; waits for the customer"),
    ("27 10:00", [("24 17:55", "closed", TicketState.CLOSED)], "-"),
    (
        "25 10:00",
        [("24 17:00", "reply", REPLIED), ("24 17:00", "waiting", WAITING), ("25 10:00", "open", OPEN)],
        "due in 7 h 40 min of business time, Thu 09:40",
    ),
]


@pytest.mark.parametrize(("now", "then", "words"), WORDS, ids=[row[2] for row in WORDS])
def test_what_is_due_in_words(levels: Read, now: str, then: list[tuple[str, str, TicketState]], words: str) -> None:
    clock = levels(OFFICE).clock(history(CREATED, *then), local(now))
    assert due_in_words(clock, TOKYO, local(now)) == words


def test_both_targets_in_words(levels: Read) -> None:
    told = history(CREATED, ("24 17:50", "reply", TicketState.REPLIED), ("26 11:00", "resolved", TicketState.RESOLVED))
    now = local("26 12:00")
    clock = levels(OFFICE).clock(told, now)
    assert clock.first_response is not None
    assert clock.resolution is not None
    late = "met Tue 17:50 after 1 h 10 min of business time, late: 1 h were allowed"
    assert target_in_words(clock.first_response, clock, TOKYO, now) == late
    late = "met Thu 11:00 after 11 h 20 min of business time, late: 8 h were allowed"
    assert target_in_words(clock.resolution, clock, TOKYO, now) == late
    unanswered = levels(OFFICE).clock(history(CREATED, ("24 17:00", "closed", TicketState.CLOSED)), now)
    assert unanswered.first_response is not None
    words = target_in_words(unanswered.first_response, unanswered, TOKYO, now)
    assert words == "ended without it, 40 min of business time left"


def test_what_is_due_at_the_end_of_a_shift_is_late_after_it(levels: Read) -> None:
    clock = levels(OFFICE).clock(history(("24 17:00", "created", TicketState.OPEN)), local("24 19:00"))
    assert due_in_words(clock, TOKYO, local("24 19:00")) == "late, was due Tue 18:00"


def test_elapsed_time_and_far_days_are_said(levels: Read) -> None:
    told = history(CREATED, priority=Priority.LOW)

    def words(now: datetime, zone: tzinfo) -> str:
        return due_in_words(levels("").clock(told, now), zone, now)

    assert words(local("24 16:40"), TOKYO) == "due in 7 d, Tue 2026-12-01 16:40"
    assert words(local("25 12:35"), UTC) == "due in 6 d 4 h, Tue 07:40"
    assert words(local("30 20:10"), TOKYO) == "due in 20 h 30 min, Tue 16:40"


def test_an_unknown_calendar_is_told_with_its_line(levels: Read) -> None:
    with pytest.raises(SettingsError, match="names the unknown calendar 'offcie'") as caught:
        levels(OFFICE.replace("safety: {calendar: office}", "safety: {calendar: offcie}"))
    assert caught.value.where.endswith("koe.yaml:9")
    assert "office" in str(caught.value)
