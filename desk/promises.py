"""Promises to customers: noted with the reply that makes them, and reminded of until somebody keeps or drops them.

A reply marks what was promised before in its ticket as kept; what it promises itself, with a date, is noted anew.
Nothing is decided in silence: people see what was found, can say it otherwise, drop it, or add what was promised by
phone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk.commitments import due_of, find_promises
from desk.due import service_levels
from desk.roles import Act
from desk.workers import require_queue, worker
from koe.commitment import Commitment
from koe.errors import ConflictError, UsageError
from koe.settings import Settings
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.work import Work

#: How long before it is due people are reminded of a promise.
AHEAD = timedelta(days=1)


class OpenPromiseError(ConflictError):
    """A ticket is to end while ``promises`` in it are open."""

    def __init__(self, ticket: str, promises: Sequence[Commitment]) -> None:
        self.promises = promises
        words = "; ".join(f"“{one.words}” by {one.due_at:%Y-%m-%d %H:%M} UTC" for one in promises)
        super().__init__(f"{ticket} has open promises: {words}; mark them kept or drop them first")


def note_promises(
    work: Work, settings: Settings, ticket: Ticket, text: str, reply: int, who: str, now: datetime
) -> Sequence[Commitment]:
    """Take what was promised before as kept by a reply, and note what the reply promises; returns the new ones."""
    work.commitments.keep_all(ticket.id, who, now)
    calendar = service_levels(settings).terms(ticket.queue, ticket.priority).calendar
    found = find_promises(text, now, calendar, settings.zone)
    return [work.commitments.add(ticket.id, one.words, one.due_at, who, now, reply) for one in found]


def promise(
    work: Work, settings: Settings, ticket_id: str, words: str, due: str, who: str, now: datetime
) -> Commitment:
    """Note by hand what a customer was promised; ``due`` is a day or a time as people write it.

    Raises:
        NotFoundError: no such ticket.
        UsageError: the words are empty, or ``due`` is no time ahead.
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
    """
    ticket, name = _ours(work, settings, ticket_id, who)
    return work.commitments.add(ticket.id, _said(words), _due(settings, ticket, due, now), name, now)


def change(work: Work, settings: Settings, number: int, words: str, due: str, who: str, now: datetime) -> Commitment:
    """Say otherwise what was promised, or until when.

    Raises:
        NotFoundError: no such promise.
        UsageError: the words are empty, or ``due`` is no time ahead.
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
        ConflictError: it was kept or dropped already.
    """
    ticket, _ = _ours(work, settings, work.commitments.get(number).ticket, who)
    return work.commitments.change(number, _said(words), _due(settings, ticket, due, now))


def keep(work: Work, settings: Settings, number: int, who: str, now: datetime) -> Commitment:
    """Mark a promise kept.

    Raises:
        NotFoundError: no such promise.
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
        ConflictError: it was kept or dropped already.
    """
    _, name = _ours(work, settings, work.commitments.get(number).ticket, who)
    return work.commitments.keep(number, name, now)


def drop(work: Work, settings: Settings, number: int, who: str, now: datetime) -> Commitment:
    """Say that there is no such promise, or that it holds no more.

    Raises:
        NotFoundError: no such promise.
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
        ConflictError: it was kept or dropped already.
    """
    _, name = _ours(work, settings, work.commitments.get(number).ticket, who)
    return work.commitments.drop(number, name, now)


def open_in(work: Work, ticket_id: str) -> list[Commitment]:
    """The open promises of a ticket, what is due first at the front."""
    return [one for one in work.commitments.of_ticket(ticket_id) if one.open]


def require_kept(work: Work, ticket_id: str) -> None:
    """Make sure that nothing promised in a ticket is open.

    Raises:
        OpenPromiseError: otherwise.
    """
    still = open_in(work, ticket_id)
    if still:
        raise OpenPromiseError(ticket_id, still)


def reminders(
    work: Work, now: datetime, queues: Collection[str] | None = None, person: str | None = None
) -> Sequence[Commitment]:
    """The promises that are overdue, or due within a day, of some queues (``None``: of all) or of a person."""
    return work.commitments.open(queues, person=person, until=now + AHEAD)


def _ours(work: Work, settings: Settings, ticket_id: str, who: str) -> tuple[Ticket, str]:
    one = worker(work, who, Act.REPLY)
    ticket = work.tickets.get(ticket_id)
    require_queue(one, settings, ticket.queue)
    return ticket, one.name


def _said(words: str) -> str:
    said = " ".join(words.split())[:500]
    if not said:
        raise UsageError("say what was promised; the words are empty")
    return said


def _due(settings: Settings, ticket: Ticket, due: str, now: datetime) -> datetime:
    calendar = service_levels(settings).terms(ticket.queue, ticket.priority).calendar
    return due_of(due, now, calendar, settings.zone)
