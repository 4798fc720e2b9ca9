"""Promises with a date: which sentences hold one, until when, and which only look like it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from desk.clock import ELAPSED, Calendar
from desk.commitments import due_of, find_promises
from koe.errors import UsageError

TOKYO = ZoneInfo("Asia/Tokyo")
#: A Wednesday morning; the Monday after it is a public holiday.
WEDNESDAY = datetime(2026, 11, 18, 10, tzinfo=TOKYO)
OFFICE = Calendar("office", TOKYO, [[(9 * 60, 12 * 60), (13 * 60, 18 * 60)]] * 5 + [[], []], country="JP")
TABLES = Path(__file__).parent


def sentences(lang: str) -> list[tuple[str, ...]]:
    lines = (TABLES / f"promises_{lang}.tsv").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]


def local(moment: datetime) -> str:
    return f"{moment.astimezone(TOKYO):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize("row", [*sentences("ja"), *sentences("en")], ids=lambda row: row[1])
def test_sentences(row: tuple[str, ...]) -> None:
    due, text, *words = row
    found = find_promises(text, WEDNESDAY, OFFICE, TOKYO)
    assert "|".join(local(one.due_at) for one in found) == due.strip("-")
    assert [one.words for one in found] == (words[0].split("|") if words else [])
    assert all(text[one.start : one.end] == one.words for one in found)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_half_of_the_sentences_only_look_like_a_promise(lang: str) -> None:
    near = [row for row in sentences(lang) if row[0] == "-"]
    assert len(sentences(lang)) >= 50
    assert len(near) >= len(sentences(lang)) // 2


def test_a_letter_with_two_promises() -> None:
    letter = (
        "Hello Sarah,\n\nWe are sorry for the trouble. We have asked the workshop. We will write again by Friday, and "
        "the part will be\nsent next week.\n\nお手数ですが、写真をお送りください。明日までにご案内いたします。\n"
    )
    found = find_promises(letter, WEDNESDAY, OFFICE, TOKYO)
    assert [one.words for one in found] == [
        "We will write again by Friday",
        "the part will be\nsent next week",
        "明日までにご案内いたします",
    ]
    assert [local(one.due_at) for one in found] == ["2026-11-20T18:00", "2026-11-27T18:00", "2026-11-19T18:00"]


@pytest.mark.parametrize(
    ("at", "text", "due"),
    [
        # Friday evening: "tomorrow" is a day off with no work left before it.
        (datetime(2026, 11, 20, 19, tzinfo=TOKYO), "We will call you tomorrow.", "2026-11-21T23:59"),
        # The Monday is a holiday, the last work before it ends on Friday.
        (WEDNESDAY, "We will call you on Monday.", "2026-11-20T18:00"),
        (datetime(2026, 11, 20, 10, tzinfo=TOKYO), "We will call you on Friday.", "2026-11-27T18:00"),
        (datetime(2026, 12, 30, 10, tzinfo=TOKYO), "We will write by January 8.", "2027-01-08T18:00"),
        (datetime(2026, 12, 28, 10, tzinfo=TOKYO), "We will write by the 5th.", "2027-01-05T18:00"),
        (WEDNESDAY, "We will write by February 30.", ""),
        # In November, a day in October is behind us.
        (WEDNESDAY, "We will write by October 3.", ""),
    ],
)
def test_days_in_the_calendar_of_the_queue(at: datetime, text: str, due: str) -> None:
    assert "".join(local(one.due_at) for one in find_promises(text, at, OFFICE, TOKYO)) == due


def test_without_a_calendar_every_day_counts() -> None:
    def due(text: str) -> list[str]:
        return [local(one.due_at) for one in find_promises(text, WEDNESDAY, ELAPSED, TOKYO)]

    assert due("We will call you on Sunday.") == ["2026-11-22T23:59"]
    assert due("5営業日以内にご連絡いたします。") == ["2026-11-23T23:59"]


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("2026-11-27", "2026-11-27T18:00"),
        ("2026-11-23", "2026-11-20T18:00"),
        ("2026-11-27 15:30", "2026-11-27T15:30"),
        ("2026-11-27T06:30+00:00", "2026-11-27T15:30"),
        ("Friday", "2026-11-20T18:00"),
        ("tomorrow", "2026-11-19T18:00"),
        ("within 3 business days", "2026-11-24T18:00"),
        ("金曜日", "2026-11-20T18:00"),
        ("３営業日以内", "2026-11-24T18:00"),
    ],
)
def test_a_person_says_until_when(words: str, due: str) -> None:
    assert local(due_of(words, WEDNESDAY, OFFICE, TOKYO)) == due


@pytest.mark.parametrize("words", ["", "soon", "2026-11-01", "2026-13-01", "yesterday", "2026-11-18 09:59"])
def test_what_is_no_time_ahead_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="is no time ahead"):
        due_of(words, WEDNESDAY, OFFICE, TOKYO)


def test_long_texts_are_read_at_once() -> None:
    text = "We will write again " + "and again " * 20_000 + "by Friday. " + "明日" * 20_000
    before = datetime.now(UTC)
    find_promises(text, WEDNESDAY, OFFICE, TOKYO)
    assert datetime.now(UTC) - before < timedelta(seconds=20)
    assert OFFICE.hours(date(2026, 11, 23)) == ()
