"""What is written to customers after their case has ended: follow-ups, and notices of a fix."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from koe.ticket import Ticket, TicketState, ticket_number
from storage.models import FixNoticeRow, FollowUpRow, ReplyRow, TicketEventRow, TicketRow
from storage.statements import insert_new
from storage.ticket_history import TicketEvent, tell
from storage.ticket_row import as_ticket

_tickets = TicketRow.table()
_events = TicketEventRow.table()
_replies = ReplyRow.table()
_follow_ups = FollowUpRow.table()
_notices = FixNoticeRow.table()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resolved ticket, since when it is, and the number of that event."""

    ticket: Ticket
    at: datetime
    event: int


class FollowUpStore:
    """Letters that leave a ticket in its state, and who had one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def resolved(
        self, between: Mapping[str, tuple[datetime, datetime]], ticket: str | None = None
    ) -> Sequence[Resolved]:
        """Tickets that nobody followed up, by queue: those resolved in a stretch of time, the first resolved first.

        ``ticket`` leaves only this one.
        """
        last = (
            select(_events.c.ticket, func.max(_events.c.id).label("id"))
            .where(_events.c.kind == TicketState.RESOLVED.value)
            .group_by(_events.c.ticket)
            .subquery()
        )
        query = (
            select(_tickets, _events.c.id.label("event"), _events.c.at.label("resolved_at"))
            .join(last, last.c.ticket == _tickets.c.number)
            .join(_events, _events.c.id == last.c.id)
            .where(_tickets.c.state == TicketState.RESOLVED.value)
            .where(_events.c.id.not_in(select(_follow_ups.c.event)))
        )
        if ticket is not None:
            query = query.where(_tickets.c.number == ticket_number(ticket))
        found = []
        for queue, (first, latest) in between.items():
            own = query.where(_tickets.c.queue == queue, _events.c.at >= first, _events.c.at <= latest)
            found += [Resolved(as_ticket(row), row.resolved_at, row.event) for row in self._connection.execute(own)]
        return sorted(found, key=lambda one: (one.at, one.event))

    def end(self, one: Resolved, by: str, now: datetime, reply: int | None = None) -> bool:
        """Say that a follow-up was done (with its reply) or dropped; false when somebody was faster."""
        number = ticket_number(one.ticket.id)
        values = {"event": one.event, "ticket": number, "reply": reply, "by": by, "at": now}
        return bool(insert_new(self._connection, _follow_ups, [values]))

    def told(self, fix: int) -> Collection[str]:
        """The hashes of who was told of a fix, by the number of its event in the ledger."""
        query = select(_notices.c.person).where(_notices.c.fix == fix)
        return frozenset(self._connection.execute(query).scalars())

    def tell_once(self, fix: int, person: str, ticket: str, by: str, now: datetime) -> bool:
        """Note that a person is told of a fix; false when they were told before."""
        values = {"fix": fix, "person": person, "ticket": ticket_number(ticket), "by": by, "at": now}
        return bool(insert_new(self._connection, _notices, [values]))

    def write(self, ticket: Ticket, text: str, kind: str, by: str, now: datetime) -> int:
        """Keep a letter that leaves the ticket as it is; returns its id among the replies."""
        number = ticket_number(ticket.id)
        statement = insert(_replies).values(ticket=number, text=text, by=by, at=now).returning(_replies.c.id)
        reply = int(self._connection.execute(statement).scalar_one())
        event = TicketEvent(now, kind, by, ticket.state, "", ticket.queue, ticket.priority)
        tell(self._connection, [(number, event)])
        return reply
