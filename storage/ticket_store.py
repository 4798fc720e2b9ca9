"""Tickets: made, claimed, answered, closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from koe.errors import ConflictError, NotFoundError
from koe.ticket import Routing, Ticket, TicketState, ticket_id, ticket_number
from storage.models import ReplyRow, TicketCopyRow, TicketRow
from storage.statements import IN_LIST, Counter, batched, insert_new
from storage.ticket_history import TicketEvent, histories, tell
from storage.ticket_row import as_ticket, in_language, is_free, is_held_by, is_shown

#: The counter that numbers tickets.
TICKETS = "ticket"

_table = TicketRow.table()
_copies = TicketCopyRow.table()
_replies = ReplyRow.table()
_ENDED = (TicketState.RESOLVED, TicketState.CLOSED)
_NEXT: Mapping[TicketState, frozenset[TicketState]] = {
    TicketState.OPEN: frozenset(TicketState) - {TicketState.OPEN},
    TicketState.CLAIMED: frozenset(TicketState),
    TicketState.WAITING: frozenset(TicketState) - {TicketState.WAITING},
    TicketState.REPLIED: frozenset(TicketState),
    TicketState.RESOLVED: frozenset({TicketState.OPEN, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset({TicketState.OPEN}),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered; ``id`` numbers the replies of all cases."""

    text: str
    by: str
    at: datetime
    id: int


class TicketStore:
    """The cases of all queues."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counter = Counter(connection, TICKETS)

    def create(
        self, feedback: str, routing: Routing, due_at: datetime | None, now: datetime, lang: str | None = None
    ) -> Ticket:
        """Open a case for a feedback.

        Raises:
            ConflictError: when the feedback has an open one, or the routing names no queue.
        """
        if routing.queue is None:
            raise ConflictError(f"{feedback} was routed to no queue, so there is no ticket to make")
        self._counter.hold()
        ongoing = self.open_for(feedback)
        if ongoing is not None:
            raise ConflictError(f"{feedback} has an open ticket already, {ongoing.id}")
        number = self._counter.draw()
        self._connection.execute(
            insert(_table).values(
                number=number,
                feedback=feedback,
                lang=lang,
                queue=routing.queue,
                priority=routing.priority.value,
                rank=routing.priority.rank,
                state=TicketState.OPEN.value,
                needs_response=routing.needs_response,
                rule=routing.rule,
                reasons=list(routing.reasons),
                due_at=due_at,
                created_at=now,
            )
        )
        ticket = self.get(ticket_id(number))
        self._tell(ticket, now, "created", "koe", " ".join(routing.reasons))
        return ticket

    def open_for(self, feedback: str) -> Ticket | None:
        """The open case of a feedback, also one that it is attached to as a copy."""
        copied = select(_copies.c.ticket).where(_copies.c.feedback == feedback)
        query = select(_table.c.number).where(
            or_(_table.c.feedback == feedback, _table.c.number.in_(copied)), _table.c.state.not_in(_ENDED)
        )
        number = self._connection.execute(query.order_by(_table.c.number).limit(1)).scalar()
        return None if number is None else self.get(ticket_id(number))

    def states(self, feedback: Collection[str] | None = None) -> dict[str, TicketState]:
        """The state of the newest case of each feedback that ever had one, copies included, by its key."""
        own = select(_table.c.feedback, _table.c.number, _table.c.state)
        copied = select(_copies.c.feedback, _table.c.number, _table.c.state).join(
            _table, _table.c.number == _copies.c.ticket
        )
        rows: list[Any] = []
        for column, query in ((_table.c.feedback, own), (_copies.c.feedback, copied)):
            if feedback is None:
                rows += self._connection.execute(query)
            else:
                for part in batched(feedback, IN_LIST):
                    rows += self._connection.execute(query.where(column.in_(part)))
        return {row.feedback: TicketState(row.state) for row in sorted(rows, key=lambda row: row.number)}

    def attach_copy(self, ticket: str, feedback: str, now: datetime | None = None) -> None:
        """Attach a copy of the feedback that the case is about; doing it again changes nothing."""
        stored = self.get(ticket)
        number = ticket_number(stored.id)
        if insert_new(self._connection, _copies, [{"ticket": number, "feedback": feedback}]):
            self._tell(stored, now or stored.created_at, "copy", "koe", feedback)

    def claim(
        self,
        queue: str | None,
        who: str,
        lease: timedelta,
        now: datetime,
        *,
        queues: Collection[str] | None = None,
        languages: Collection[str] | None = None,
    ) -> Ticket | None:
        """Take the most urgent free case of a queue (``None``: of all), or ``None``; no two people get the same one.

        Free is what is open, and what was claimed longer ago than its lease. Most urgent first, then the one that is
        due first. ``queues`` and ``languages`` leave only cases of theirs.
        """
        wanted = [is_free(now)]
        if queue is not None:
            wanted.append(_table.c.queue == queue)
        if queues is not None:
            wanted.append(_table.c.queue.in_(queues))
        if languages is not None:
            wanted.append(in_language(languages))
        free = (
            select(_table.c.number)
            .where(*wanted)
            .order_by(_table.c.rank, _table.c.due_at.nulls_last(), _table.c.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return self._take(_table.c.number == free.scalar_subquery(), who, lease, now)

    def claim_ticket(self, ticket: str, who: str, lease: timedelta, now: datetime) -> Ticket:
        """Take one case; the one who has it may take it again, for a longer lease.

        Raises:
            ConflictError: when somebody else has it, or it has ended.
        """
        stored = self.get(ticket)
        mine = and_(_table.c.assignee == who, _table.c.state.not_in(_ENDED))
        claimable = or_(is_free(now), mine, _table.c.state.in_((TicketState.WAITING, TicketState.REPLIED)))
        taken = self._take(and_(_table.c.number == ticket_number(stored.id), claimable), who, lease, now)
        if taken is None:
            stored = self.get(ticket)
            held = f"with {stored.assignee} until {stored.claimed_until:%Y-%m-%d %H:%M} UTC" if _held(stored) else ""
            raise ConflictError(f"{stored.id} cannot be claimed, it is {held or stored.state.value}")
        return taken

    def get(self, ticket: str) -> Ticket:
        """A case by its number.

        Raises:
            NotFoundError: when there is none.
        """
        row = self._connection.execute(select(_table).where(_table.c.number == ticket_number(ticket))).first()
        if row is None:
            raise NotFoundError("ticket", ticket)
        return self._tickets([row])[0]

    def list(
        self, queue: str | None = None, states: Iterable[TicketState] | None = None, limit: int | None = 100
    ) -> Sequence[Ticket]:
        """Cases of a queue or all, in states or all that have not ended, most urgent first; none that was removed."""
        query = select(_table).where(is_shown()).order_by(_table.c.rank, _table.c.due_at.nulls_last(), _table.c.number)
        if states is None:
            query = query.where(_table.c.state.not_in(_ENDED))
        else:
            query = query.where(_table.c.state.in_(list(states)))
        if queue is not None:
            query = query.where(_table.c.queue == queue)
        return self._tickets(self._connection.execute(query.limit(limit)).all())

    def counts(self) -> dict[str, dict[TicketState, int]]:
        """How many cases each queue has in each state; none that was removed."""
        query = select(_table.c.queue, _table.c.state, func.count().label("n")).where(is_shown())
        query = query.group_by(_table.c.queue, _table.c.state)
        counts: dict[str, dict[TicketState, int]] = {}
        for queue, state, number in self._connection.execute(query.order_by(_table.c.queue, _table.c.state)):
            counts.setdefault(queue, {})[TicketState(state)] = number
        return counts

    def count_held(self, who: str, now: datetime) -> int:
        """How many cases somebody has claimed, leases that ran out left aside."""
        query = select(func.count()).select_from(_table).where(is_held_by(who, now))
        return int(self._connection.execute(query).scalar_one())

    def transition(self, ticket: str, state: TicketState, by: str, now: datetime, note: str = "") -> Ticket:
        """Bring a case into another state.

        Raises:
            ConflictError: when the state does not lead there, or somebody else has the case.
        """
        return self._change(ticket, state, by, now, state.value, note)

    def reply(self, ticket: str, text: str, by: str, now: datetime) -> Ticket:
        """Keep an answer; the case is replied to from then on.

        Raises:
            ConflictError: when somebody else has the case, or it has ended.
        """
        changed = self._change(ticket, TicketState.REPLIED, by, now, "reply", "")
        number = ticket_number(changed.id)
        self._connection.execute(insert(_replies).values(ticket=number, text=text, by=by, at=now))
        return changed

    def replies(self, ticket: str) -> Sequence[Reply]:
        """What was answered, in order."""
        query = select(_replies).where(_replies.c.ticket == ticket_number(ticket)).order_by(_replies.c.id)
        return [Reply(row.text, row.by, row.at, row.id) for row in self._connection.execute(query)]

    def history(self, ticket: str) -> Sequence[TicketEvent]:
        """What happened to a case, in order."""
        number = ticket_number(ticket)
        return histories(self._connection, [number])[number]

    def _take(self, which: ColumnElement[bool], who: str, lease: timedelta, now: datetime) -> Ticket | None:
        number = self._connection.execute(
            update(_table)
            .where(which)
            .values(state=TicketState.CLAIMED.value, assignee=who, claimed_until=now + lease)
            .returning(_table.c.number)
        ).scalar()
        if number is None:
            return None
        ticket = self.get(ticket_id(number))
        self._tell(ticket, now, "claimed", who, "")
        return ticket

    def _change(self, ticket: str, state: TicketState, by: str, now: datetime, kind: str, note: str) -> Ticket:
        stored = self.get(ticket)
        if state not in _NEXT[stored.state]:
            known = ", ".join(sorted(_NEXT[stored.state]))
            raise ConflictError(f"{stored.id} is {stored.state.value}; from there it can become {known}")
        number = ticket_number(stored.id)
        free_or_mine = or_(
            _table.c.state != TicketState.CLAIMED, _table.c.assignee == by, _table.c.claimed_until <= now
        )
        values: dict[str, object] = {"state": state.value, "claimed_until": None}
        if state is TicketState.OPEN:
            values |= {"assignee": None, "removed_at": None}
        statement = update(_table).where(_table.c.number == number, _table.c.state == stored.state, free_or_mine)
        try:
            with self._connection.begin_nested():
                changed = self._connection.execute(statement.values(**values)).rowcount
        except IntegrityError as error:
            raise ConflictError(f"{stored.feedback} has another open ticket, so {stored.id} stays as it is") from error
        if not changed:
            raise ConflictError(f"{stored.id} is with {stored.assignee}, who has to give it back or finish it first")
        after = self.get(stored.id)
        self._tell(after, now, kind, by, note)
        return after

    def _tell(self, ticket: Ticket, at: datetime, kind: str, by: str, note: str) -> None:
        event = TicketEvent(at, kind, by, ticket.state, note, ticket.queue, ticket.priority)
        tell(self._connection, [(ticket_number(ticket.id), event)])

    def _tickets(self, rows: Sequence[Row[Any]]) -> Sequence[Ticket]:
        copies: dict[int, list[str]] = {}
        for part in batched([row.number for row in rows], IN_LIST):
            query = select(_copies).where(_copies.c.ticket.in_(part)).order_by(_copies.c.feedback)
            for ticket, feedback in self._connection.execute(query):
                copies.setdefault(ticket, []).append(feedback)
        return [as_ticket(row, copies.get(row.number, [])) for row in rows]


def _held(ticket: Ticket) -> bool:
    return ticket.state is TicketState.CLAIMED and ticket.claimed_until is not None
