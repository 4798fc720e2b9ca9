"""Commitments: promises with a date in what is written to a customer, found by a small grammar.

A promise is a day or a time and what we will do by then. Its words are exactly those of the text; the due moment is in
the calendar of the queue, from the moment of the reply. What customers said, in quotation marks, is left out.
No model reads here: :mod:`desk.commitment_english` and :mod:`desk.commitment_japanese` hold the patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from desk import commitment_english, commitment_japanese
from desk.clock import Calendar
from desk.commitment_days import due_moment, end_of_work
from desk.drafts.plain import plain
from koe.errors import UsageError


@dataclass(frozen=True, slots=True)
class Promise:
    """What a text promises: ``words`` is ``[start:end]`` of it, to be done by ``due_at`` (UTC)."""

    start: int
    end: int
    words: str
    due_at: datetime


def find_promises(text: str, at: datetime, calendar: Calendar, zone: ZoneInfo) -> list[Promise]:
    """The promises with a date in a reply that is written ``at`` a moment, in the order of the text.

    ``zone`` holds for days and times where the queue has no calendar of its own.
    """
    found = []
    read = plain(text)
    for begin, end in read.sentences():
        sentence = read.text[begin:end]
        for grammar in (commitment_english, commitment_japanese):
            for start, stop, until in grammar.promises(sentence):
                due_at = due_moment(until, at, calendar, zone)
                if due_at is not None:
                    first, last = read.original(begin + start, begin + stop)
                    found.append(Promise(first, last, text[first:last], due_at))
    return sorted(found, key=lambda one: (one.start, one.end))


def due_of(words: str, at: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """When something is due that a person dates: ``2026-11-27``, ``2026-11-27 15:00``, ``tomorrow``, 「金曜日」.

    A date alone is due when work ends that day; a time without an offset is in ``zone``.

    Raises:
        UsageError: the words name no day ahead.
    """
    due_at = None
    try:
        given = datetime.fromisoformat(words.strip())
    except ValueError:
        read = plain(words.strip()).text
        until = commitment_japanese.first_date(read) or commitment_english.first_date(read)
        due_at = due_moment(until, at, calendar, zone) if until else None
    else:
        moment = given if given.tzinfo else given.replace(tzinfo=zone)
        due_at = moment.astimezone(UTC)
        if len(words.strip()) <= len("2026-11-27") and due_at.astimezone(zone).date() >= at.astimezone(zone).date():
            due_at = end_of_work(given.date(), at, calendar, zone)
    if due_at is None or due_at < at:
        raise UsageError(
            f"{words!r} is no time ahead; expected a day or a time such as 2026-11-27, 2026-11-27T15:00, tomorrow, "
            "Friday or within 3 business days"
        )
    return due_at
