"""Queues: what support people do with tickets, from the list to closing.

=========  ================================  ===========================================
act        from                              to
=========  ================================  ===========================================
next       open, or a lease that ran out     claimed
claim      any but resolved and closed       claimed; waits when somebody else holds it
reply      any but resolved and closed       replied
wait       any but resolved and closed       waiting: for the customer; its clocks stand
answered   waiting                           open: its clocks go on
resolve    any but resolved and closed       resolved
close      any but closed                    closed
reopen     resolved, closed                  open: the clock of the resolution goes on
=========  ================================  ===========================================

Nobody acts on a ticket that somebody else holds before that lease has run out. A name that has an account is held to
its role, queues, languages, skills and limit; a reply goes into the outbox with the unit of work that stores it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk.drafts.draft import require_sendable
from desk.due import keep_due, service_levels
from desk.outbox import enqueue
from desk.promises import note_promises
from desk.roles import Act
from desk.routing import all_queues
from desk.workers import require_queue, require_room, worker
from koe.errors import ConflictError, NotFoundError, UsageError
from koe.outbox import DeliveryState
from koe.settings import QueueSettings, Settings
from koe.ticket import Priority, Ticket, TicketState

if TYPE_CHECKING:
    from storage.work import Work

#: States in which somebody still has to do something.
ONGOING = (TicketState.OPEN, TicketState.CLAIMED, TicketState.WAITING, TicketState.REPLIED)
_DONE = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """How a queue stands: tickets to be done by priority, how many are free and how many are late."""

    queue: str
    title: str
    waiting: int
    free: int
    late: int
    urgent: int


def list_tickets(
    work: Work,
    settings: Settings,
    queue: str | None = None,
    states: Collection[TicketState] = ONGOING,
    limit: int = 50,
) -> Sequence[Ticket]:
    """Tickets by urgency, then due time.

    Raises:
        NotFoundError: no such queue.
    """
    _settings_of(settings, queue)
    return work.tickets.list(queue=queue, states=states, limit=limit)


def undelivered(work: Work, settings: Settings, queue: str | None = None, limit: int = 50) -> Sequence[Ticket]:
    """Tickets with a reply that was given up, in any state; the oldest reply first.

    Raises:
        NotFoundError: no such queue.
    """
    _settings_of(settings, queue)
    failed = work.outbox.list([DeliveryState.FAILED], limit=1_000)
    tickets = [work.tickets.get(case) for case in dict.fromkeys(entry.ticket for entry in failed)]
    return [ticket for ticket in tickets if queue in (None, ticket.queue)][:limit]


def next_ticket(work: Work, settings: Settings, queue: str | None, who: str, now: datetime) -> Ticket | None:
    """Claim the most urgent free ticket of a queue (default: of all); ``None`` when there is none.

    Raises:
        NotFoundError: no such queue.
        ForbiddenError: the account may not claim, or gets no tickets of this queue.
        FullError: the account holds as many tickets as it may.
    """
    lease = _settings_of(settings, queue).lease
    one = worker(work, who, Act.CLAIM)
    if queue is not None:
        require_queue(one, settings, queue)
    require_room(work, one, now)
    return work.tickets.claim(queue, one.name, lease, now, queues=one.queues(settings), languages=one.languages())


def claim(work: Work, settings: Settings, ticket_id: str, who: str, now: datetime) -> Ticket:
    """Claim a certain ticket; who holds it already gets a new lease.

    Raises:
        NotFoundError: no such ticket.
        ForbiddenError: the account may not claim, or gets no tickets of this queue.
        ConflictError: somebody else holds it, or it is done.
        FullError: the account holds as many tickets as it may.
    """
    one = worker(work, who, Act.CLAIM)
    ticket = _free_for(work, ticket_id, one.name, now, "claim")
    require_queue(one, settings, ticket.queue)
    if not is_held(ticket, now):
        require_room(work, one, now)
    work.tickets.claim_ticket(ticket.id, one.name, _lease(settings, ticket), now)
    return _with_due(work, settings, ticket.id, now)


def reply(
    work: Work, settings: Settings, ticket_id: str, text: str, who: str, now: datetime, key: str | None = None
) -> Ticket:
    """Store a reply and put it into the outbox; the ticket becomes ``replied`` and stays with who replied.

    What was promised before is kept by it, and what it promises with a date is noted (:mod:`desk.promises`).
    ``key`` is the idempotency key that it goes out with, by default a new one.

    Raises:
        NotFoundError: no such ticket.
        UsageError: the reply is empty.
        StoppedError: the guard found something in it that may not go out (see :mod:`desk.drafts.guard`).
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
        ConflictError: somebody else holds the ticket, or it is done.
    """
    if not text.strip():
        raise UsageError("the reply is empty; nothing was stored")
    one = worker(work, who, Act.REPLY)
    ticket = _free_for(work, ticket_id, one.name, now, "reply to")
    require_queue(one, settings, ticket.queue)
    require_sendable(work, settings, ticket, text)
    if ticket.assignee != one.name or ticket.state is TicketState.OPEN:
        work.tickets.claim_ticket(ticket.id, one.name, _lease(settings, ticket), now)
    work.tickets.reply(ticket.id, text, one.name, now)
    stored = work.tickets.replies(ticket.id)[-1]
    note_promises(work, settings, ticket, text, stored.id, one.name, now)
    enqueue(work, settings, ticket.id, ticket.feedback, stored.id, now, key)
    return _with_due(work, settings, ticket.id, now)


def wait(work: Work, settings: Settings, ticket_id: str, who: str, now: datetime, note: str = "") -> Ticket:
    """Wait for the customer: the ticket's clocks stand until the answer comes.

    Raises:
        NotFoundError: no such ticket.
        ConflictError: somebody else holds it, it waits already, or it is done.
    """
    name = worker(work, who, Act.CLAIM).name
    ticket = _free_for(work, ticket_id, name, now, "wait with", done=(*_DONE, TicketState.WAITING))
    work.tickets.transition(ticket.id, TicketState.WAITING, name, now, note)
    return _with_due(work, settings, ticket.id, now)


def answered(work: Work, settings: Settings, ticket_id: str, who: str, now: datetime, note: str = "") -> Ticket:
    """Say that the customer answered: the ticket is open again, and its clocks go on.

    Raises:
        NotFoundError: no such ticket.
        ConflictError: it does not wait for the customer.
    """
    return _open_again(work, settings, ticket_id, who, now, note, (TicketState.WAITING,))


def reopen(work: Work, settings: Settings, ticket_id: str, who: str, now: datetime, note: str = "") -> Ticket:
    """Open a ticket that was done: the clock of the resolution goes on from where it stood.

    Raises:
        NotFoundError: no such ticket.
        ConflictError: it is not done, or its feedback has another open ticket.
    """
    return _open_again(work, settings, ticket_id, who, now, note, _DONE)


def resolve(work: Work, ticket_id: str, who: str, now: datetime, note: str = "") -> Ticket:
    """Say that the customer's problem is solved.

    Raises:
        NotFoundError: no such ticket.
        ConflictError: somebody else holds it, or it is done.
    """
    name = worker(work, who, Act.RESOLVE).name
    ticket = _free_for(work, ticket_id, name, now, "resolve")
    return work.tickets.transition(ticket.id, TicketState.RESOLVED, name, now, note)


def close(work: Work, ticket_id: str, who: str, now: datetime, note: str = "") -> Ticket:
    """Put a ticket away, solved or not.

    Raises:
        NotFoundError: no such ticket.
        ConflictError: somebody else holds it, or it is closed.
    """
    name = worker(work, who, Act.CLOSE).name
    ticket = _free_for(work, ticket_id, name, now, "close", done=(TicketState.CLOSED,))
    return work.tickets.transition(ticket.id, TicketState.CLOSED, name, now, note)


def is_late(ticket: Ticket, now: datetime) -> bool:
    """Whether it is past its due time: nobody answered yet, or it was to be solved by then."""
    return ticket.due_at is not None and ticket.due_at < now and ticket.state in ONGOING


def is_held(ticket: Ticket, now: datetime) -> bool:
    """Whether somebody holds it: claimed, with a lease that has not run out."""
    return ticket.state is TicketState.CLAIMED and ticket.claimed_until is not None and now < ticket.claimed_until


def overview(work: Work, settings: Settings, now: datetime, lang: str = "en") -> list[QueueLine]:
    """Every queue with what waits in it; queues that koe.yaml dropped but that still hold tickets come last."""
    every: Sequence[Ticket] = work.tickets.list(states=ONGOING, limit=1_000_000)
    queues = all_queues(settings)
    lines = []
    for name in [*queues, *sorted({ticket.queue for ticket in every} - queues.keys())]:
        own = [ticket for ticket in every if ticket.queue == name]
        titles = queues[name].title if name in queues else None
        title = (titles.ja if lang == "ja" else titles.en) if titles else None
        lines.append(
            QueueLine(
                queue=name,
                title=title or name,
                waiting=len(own),
                free=sum(ticket.state is TicketState.OPEN for ticket in own),
                late=sum(is_late(ticket, now) for ticket in own),
                urgent=sum(ticket.priority is Priority.URGENT for ticket in own),
            )
        )
    return lines


def _free_for(
    work: Work, ticket_id: str, who: str, now: datetime, act: str, done: Collection[TicketState] = _DONE
) -> Ticket:
    ticket = work.tickets.get(ticket_id)
    if ticket.state in done:
        raise ConflictError(f"cannot {act} {ticket.id}: it is {ticket.state.value} already")
    if is_held(ticket, now) and ticket.assignee != who:
        raise ConflictError(
            f"cannot {act} {ticket.id}: {ticket.assignee} holds it until {ticket.claimed_until:%Y-%m-%d %H:%M} UTC; "
            "take another one with `koe queue next`"
        )
    return ticket


def _open_again(
    work: Work, settings: Settings, ticket_id: str, who: str, now: datetime, note: str, states: Collection[TicketState]
) -> Ticket:
    ticket = work.tickets.get(ticket_id)
    if ticket.state not in states:
        raise ConflictError(f"{ticket.id} is {ticket.state.value}; expected one that is {' or '.join(states)}")
    work.tickets.transition(ticket.id, TicketState.OPEN, worker(work, who, Act.CLAIM).name, now, note)
    return _with_due(work, settings, ticket.id, now)


def _with_due(work: Work, settings: Settings, ticket_id: str, now: datetime) -> Ticket:
    """The ticket after an act, due when its clock says so by now."""
    keep_due(work, service_levels(settings), ticket_id, now)
    return work.tickets.get(ticket_id)


def _settings_of(settings: Settings, queue: str | None) -> QueueSettings:
    queues = all_queues(settings)
    if queue is None:
        return QueueSettings()
    if queue not in queues:
        raise NotFoundError("queue", queue, queues)
    return queues[queue]


def _lease(settings: Settings, ticket: Ticket) -> timedelta:
    return all_queues(settings).get(ticket.queue, QueueSettings()).lease
