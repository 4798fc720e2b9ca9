"""Moderation: what spam and posts against the rules become, once somebody looked at them.

A post that was no spam goes on to the queue that the rules give it without the queue of moderation. One that is removed
leaves the lists, the queues and the figures of the desk; the store keeps it, and opening its ticket again brings it
back. Both are kept as Corrections.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from desk import queues
from desk.default_table import LOW_STARS_QUEUE
from desk.due import keep_due, service_levels
from desk.preview import explain_feedback
from desk.roles import Act
from desk.routing import all_queues
from desk.workers import require_queue, worker
from koe.errors import ConflictError, UsageError
from koe.issue import Correction
from koe.settings import Settings
from koe.ticket import Routing, Ticket

if TYPE_CHECKING:
    from storage.work import Work

#: The queue that spam and posts against the rules land in.
MODERATION = "moderation"


def send_on(work: Work, settings: Settings, ticket_id: str, model: str, who: str, now: datetime) -> Ticket:
    """Say that a post is no spam: it goes, free for everybody, where the other rules send it. The caller commits.

    Where those make no ticket it goes to the queue of low stars, for a person was wrongly called a spammer.

    Raises:
        NotFoundError: no such ticket.
        UsageError: it is not in the queue of moderation.
        ForbiddenError: the account may not claim, or gets no tickets of this queue.
        ConflictError: somebody else holds it, or it is done.
    """
    ticket, who = _to_moderate(work, settings, ticket_id, Act.CLAIM, who, now)
    routing = _elsewhere(work, settings, ticket, model, now)
    queue = routing.queue or ticket.queue
    details = {"rule": ticket.rule, "from": ticket.queue, "to": queue, "model": model}
    work.ticket_moves.move(ticket, queue, who, now)
    work.filing.reroute(work.tickets.get(ticket.id), routing, now, "not spam")
    keep_due(work, service_levels(settings), ticket.id, now)
    work.reading_corrections.add(Correction(ticket.feedback, "not-spam", now, who, details))
    work.audit.add(now, who, "not-spam", ticket.id, {"from": ticket.queue, "to": queue})
    return work.tickets.get(ticket.id)


def remove(work: Work, settings: Settings, ticket_id: str, who: str, now: datetime) -> Ticket:
    """Take a post off the desk: its ticket is closed, and in no list, queue or figure any more. The caller commits.

    Raises:
        NotFoundError: no such ticket.
        UsageError: it is not in the queue of moderation.
        ForbiddenError: the account may not close, or gets no tickets of this queue.
        ConflictError: somebody else holds it, or it is done.
    """
    ticket, who = _to_moderate(work, settings, ticket_id, Act.CLOSE, who, now)
    work.ticket_moves.remove(ticket, who, now)
    details = {"rule": ticket.rule, "queue": ticket.queue}
    work.reading_corrections.add(Correction(ticket.feedback, "remove", now, who, details))
    work.audit.add(now, who, "remove", ticket.id, {"feedback": ticket.feedback})
    return work.tickets.get(ticket.id)


def _to_moderate(
    work: Work, settings: Settings, ticket_id: str, act: Act, who: str, now: datetime
) -> tuple[Ticket, str]:
    """The ticket, and the name of who moderates it."""
    one = worker(work, who, act)
    ticket = work.tickets.get(ticket_id)
    if ticket.queue != MODERATION:
        raise UsageError(f"{ticket.id} is in the queue {ticket.queue}; expected one of the queue {MODERATION}")
    require_queue(one, settings, ticket.queue)
    if ticket.state not in queues.ONGOING:
        raise ConflictError(f"{ticket.id} is {ticket.state.value} already")
    if queues.is_held(ticket, now) and ticket.assignee != one.name:
        raise ConflictError(f"{ticket.id} is with {ticket.assignee}")
    return ticket, one.name


def _elsewhere(work: Work, settings: Settings, ticket: Ticket, model: str, now: datetime) -> Routing:
    """What the rules say without those that lead to the queue of moderation; always with a queue."""
    _, explained = explain_feedback(work, settings, model, ticket.feedback, now, without=MODERATION)
    routing = explained.routing
    if routing.queue not in (None, MODERATION):
        return routing
    known = all_queues(settings)
    queue = LOW_STARS_QUEUE if LOW_STARS_QUEUE in known else next(name for name in known if name != MODERATION)
    return replace(routing, queue=queue)
