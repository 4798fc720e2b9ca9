"""The outbox: replies, and notices of new tickets, that wait, are being sent, were delivered or were given up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, insert, or_, select, update

from koe.outbox import DeliveryState, LeasedReply, OutboxEntry
from koe.ticket import ticket_id, ticket_number
from storage.models import DeliveryRow, OutboxRow, ReplyRow, TicketRow
from storage.statements import IN_LIST, batched

_table = OutboxRow.table()
_deliveries = DeliveryRow.table()
_replies = ReplyRow.table()
_tickets = TicketRow.table()
_WAITING = (DeliveryState.PENDING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one try ended: with the receiver's receipt, or with an error."""

    at: datetime
    attempt: int
    receipt: str | None
    error: str | None


class OutboxStore:
    """Replies and notices on their way; each is with one process at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: str, reply: int, ticket: str, target: str, now: datetime) -> None:
        """Put a stored reply into the outbox."""
        self._connection.execute(
            insert(_table).values(
                key=key,
                reply=reply,
                ticket=ticket_number(ticket),
                target=target,
                state=DeliveryState.PENDING.value,
                attempts=0,
                failures=0,
                next_try_at=now,
                created_at=now,
            )
        )

    def add_notices(self, notices: Sequence[tuple[str, str, str]], now: datetime) -> None:
        """Put notices of new tickets into the outbox, each with its key, its ticket and its target."""
        rows = [
            {
                "key": key,
                "ticket": ticket_number(ticket),
                "target": target,
                "state": DeliveryState.PENDING.value,
                "attempts": 0,
                "failures": 0,
                "next_try_at": now,
                "created_at": now,
            }
            for key, ticket, target in notices
        ]
        if rows:
            self._connection.execute(insert(_table), rows)

    def reply_of(self, key: str, ticket: str) -> int | None:
        """The id of the reply that a key stands for; ``None`` when it stands for none.

        Others who ask for the same ticket wait until this unit of work ends, so that a key is used once.
        """
        number = ticket_number(ticket)
        self._connection.execute(select(_tickets.c.number).where(_tickets.c.number == number).with_for_update())
        return self._connection.execute(select(_table.c.reply).where(_table.c.key == key)).scalar()

    def lease(self, now: datetime, lease: timedelta) -> LeasedReply | None:
        """Take the reply or notice that is due first, for as long as the lease; ``None`` when none is due.

        A reply waits until the earlier ones of its ticket are delivered or given up, so that a customer reads them in
        order.
        """
        due = (
            select(_table.c.key)
            .where(_is_due(now), ~_has_earlier())
            .order_by(_table.c.next_try_at, _table.c.reply, _table.c.ticket)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        taken = self._connection.execute(
            update(_table)
            .where(_table.c.key == due.scalar_subquery())
            .values(state=DeliveryState.SENDING.value, attempts=_table.c.attempts + 1, leased_until=now + lease)
            .returning(_table.c.key)
        ).scalar()
        if taken is None:
            return None
        query = (
            select(_table, _replies.c.text, _replies.c.at, _tickets.c.feedback, _tickets.c.lang)
            .outerjoin(_replies, _replies.c.id == _table.c.reply)
            .join(_tickets, _tickets.c.number == _table.c.ticket)
            .where(_table.c.key == taken)
        )
        row = self._connection.execute(query).one()
        return LeasedReply(
            key=row.key,
            ticket=ticket_id(row.ticket),
            feedback=row.feedback,
            target=row.target,
            lang=row.lang,
            text=row.text,
            replied_at=row.at,
            attempt=row.attempts,
            failures=row.failures,
        )

    def delivered(self, key: str, attempt: int, receipt: str, now: datetime) -> None:
        """Note that a reply arrived; true also of a try whose lease had run out."""
        self._note(key, attempt, now, receipt=receipt)
        self._connection.execute(
            update(_table)
            .where(_table.c.key == key)
            .values(state=DeliveryState.DELIVERED.value, leased_until=None, last_error=None)
        )

    def failed(self, key: str, attempt: int, error: str, now: datetime, next_try_at: datetime | None) -> None:
        """Note that a try failed, and when the next one may begin; ``None`` gives the reply up.

        A try whose lease had run out is noted, and leaves the reply to the process that has it now.
        """
        self._note(key, attempt, now, error=error)
        state = DeliveryState.FAILED if next_try_at is None else DeliveryState.PENDING
        values: dict[str, object] = {"state": state.value, "leased_until": None, "last_error": error}
        values["failures"] = _table.c.failures + 1
        if next_try_at is not None:
            values["next_try_at"] = next_try_at
        mine = and_(_table.c.state == DeliveryState.SENDING, _table.c.attempts == attempt)
        self._connection.execute(update(_table).where(_table.c.key == key, mine).values(**values))

    def retry_failed(self, now: datetime) -> int:
        """Let everything that was given up be tried again, its failures counted anew; returns how much that is."""
        statement = update(_table).where(_table.c.state == DeliveryState.FAILED)
        return self._connection.execute(
            statement.values(state=DeliveryState.PENDING.value, failures=0, next_try_at=now)
        ).rowcount

    def list(self, states: Collection[DeliveryState] = _WAITING, limit: int = 100) -> Sequence[OutboxEntry]:
        """Replies in some states, the oldest first."""
        query = select(_table).where(_table.c.state.in_(list(states)), _table.c.reply.is_not(None))
        query = query.order_by(_table.c.reply).limit(limit)
        return [_entry(row) for row in self._connection.execute(query)]

    def of_tickets(self, tickets: Collection[str]) -> Mapping[str, Sequence[OutboxEntry]]:
        """What went out, or is to go out, for each ticket that has a reply; in the order of the replies."""
        found: dict[str, list[OutboxEntry]] = {}
        for part in batched(map(ticket_number, tickets), IN_LIST):
            query = select(_table).where(_table.c.ticket.in_(part), _table.c.reply.is_not(None))
            query = query.order_by(_table.c.reply)
            for row in self._connection.execute(query):
                found.setdefault(ticket_id(row.ticket), []).append(_entry(row))
        return found

    def deliveries(self, key: str) -> Sequence[Delivery]:
        """How the tries of a reply ended, in order."""
        query = select(_deliveries).where(_deliveries.c.outbox == key).order_by(_deliveries.c.id)
        return [Delivery(row.at, row.attempt, row.receipt, row.error) for row in self._connection.execute(query)]

    def counts(self, *, notices: bool = False) -> dict[DeliveryState, int]:
        """How many replies (or notices) are in each state; states with none are left out."""
        which = _table.c.reply.is_(None) if notices else _table.c.reply.is_not(None)
        query = select(_table.c.state, func.count().label("n")).where(which).group_by(_table.c.state)
        return {DeliveryState(row.state): row.n for row in self._connection.execute(query)}

    def _note(
        self, key: str, attempt: int, now: datetime, receipt: str | None = None, error: str | None = None
    ) -> None:
        values = {"outbox": key, "attempt": attempt, "at": now, "receipt": receipt, "error": error}
        self._connection.execute(insert(_deliveries).values(**values))


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(_table.c.state == DeliveryState.PENDING, _table.c.next_try_at <= now),
        # Whoever had it did not come back in time: killed, or cut off.
        and_(_table.c.state == DeliveryState.SENDING, _table.c.leased_until <= now),
    )


def _has_earlier() -> ColumnElement[bool]:
    other = _table.alias("earlier")
    same = and_(other.c.ticket == _table.c.ticket, other.c.reply < _table.c.reply, other.c.state.in_(_WAITING))
    return exists(select(other.c.key).where(same))


def _entry(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(
        key=row.key,
        reply=row.reply,
        ticket=ticket_id(row.ticket),
        target=row.target,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        failures=row.failures,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        created_at=row.created_at,
    )
