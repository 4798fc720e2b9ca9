"""Follow-ups: some days after a ticket was resolved, a person asks the customer whether it holds.

``queues: NAME: follow_up: 7d`` in koe.yaml says after how long. What nobody followed up within a month after that is
left alone. A follow-up is a draft that a person sends or drops; it never goes out by itself, and the ticket stays
resolved. There is none for spam, after a legal threat, and where the customer wishes no answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk.contact import why_no_contact
from desk.drafts.case import draft_case
from desk.drafts.draft import Draft, require_sendable, write
from desk.drafts.subject import FOLLOW_UP
from desk.outbox import enqueue
from desk.roles import Act
from desk.routing import all_queues
from desk.workers import require_queue, worker
from koe.errors import ConflictError, UsageError
from koe.settings import Settings
from koe.ticket import Ticket

if TYPE_CHECKING:
    from desk.ticket_page import TicketPage
    from storage.follow_up_store import Resolved
    from storage.work import Work

#: How long a follow-up that is due waits for somebody.
PATIENCE = timedelta(days=30)


def due_follow_ups(
    work: Work, settings: Settings, model: str, now: datetime, queues: Collection[str] | None = None
) -> Sequence[Resolved]:
    """The resolved tickets of some queues (``None``: of all) that wait for a follow-up, the longest waiting first."""
    return _wanted(work, work.follow_ups.resolved(_times(settings, now, queues)), model)


def follow_up_of(work: Work, settings: Settings, ticket: Ticket, model: str, now: datetime) -> Resolved | None:
    """The follow-up that a ticket waits for; ``None`` where it waits for none."""
    found = work.follow_ups.resolved(_times(settings, now, {ticket.queue}), ticket.id)
    return next(iter(_wanted(work, found, model)), None)


def follow_up_draft(work: Work, settings: Settings, page: TicketPage) -> Draft:
    """A draft that asks whether it holds.

    Raises:
        SettingsError: a template of one's own cannot be used; says which and why.
    """
    return write(replace(draft_case(work, settings, page), subject=FOLLOW_UP, apology=False), settings)


def send(work: Work, settings: Settings, ticket_id: str, text: str, model: str, who: str, now: datetime) -> Ticket:
    """Write to the customer of a resolved ticket, which stays resolved; the letter goes into the outbox.

    Raises:
        NotFoundError: no such ticket.
        UsageError: the text is empty.
        StoppedError: the guard found something in it that may not go out.
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
        ConflictError: the ticket waits for no follow-up, or somebody was faster.
    """
    if not text.strip():
        raise UsageError("the follow-up is empty; nothing was stored")
    found, name = _waiting(work, settings, ticket_id, model, who, now)
    require_sendable(work, settings, found.ticket, text)
    reply = work.follow_ups.write(found.ticket, text, "followed up", name, now)
    if not work.follow_ups.end(found, name, now, reply):
        raise ConflictError(f"{ticket_id} was followed up already")
    enqueue(work, settings, found.ticket.id, found.ticket.feedback, reply, now)
    return found.ticket


def drop(work: Work, settings: Settings, ticket_id: str, model: str, who: str, now: datetime) -> Ticket:
    """Say that a ticket needs no follow-up.

    Raises:
        NotFoundError: no such ticket.
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
        ConflictError: the ticket waits for no follow-up, or somebody was faster.
    """
    found, name = _waiting(work, settings, ticket_id, model, who, now)
    if not work.follow_ups.end(found, name, now):
        raise ConflictError(f"{ticket_id} was followed up already")
    return found.ticket


def _times(settings: Settings, now: datetime, queues: Collection[str] | None) -> dict[str, tuple[datetime, datetime]]:
    """For each queue that follows up, when its tickets must have been resolved."""
    return {
        name: (now - one.follow_up - PATIENCE, now - one.follow_up)
        for name, one in all_queues(settings).items()
        if one.follow_up is not None and (queues is None or name in queues)
    }


def _waiting(
    work: Work, settings: Settings, ticket_id: str, model: str, who: str, now: datetime
) -> tuple[Resolved, str]:
    one = worker(work, who, Act.REPLY)
    ticket = work.tickets.get(ticket_id)
    require_queue(one, settings, ticket.queue)
    found = follow_up_of(work, settings, ticket, model, now)
    if found is None:
        raise ConflictError(f"{ticket_id} waits for no follow-up")
    return found, one.name


def _wanted(work: Work, found: Sequence[Resolved], model: str) -> list[Resolved]:
    no_contact = why_no_contact(work, [one.ticket for one in found], model)
    return [one for one in found if one.ticket.id not in no_contact]
