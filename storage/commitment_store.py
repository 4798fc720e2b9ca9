"""Commitments: promises to customers, open until somebody keeps or drops them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from koe.commitment import Commitment
from koe.errors import ConflictError, NotFoundError
from koe.ticket import ticket_id, ticket_number
from storage.models import CommitmentRow, TicketRow

_table = CommitmentRow.table()
_tickets = TicketRow.table()
_OPEN = (_table.c.kept_at.is_(None), _table.c.dropped_at.is_(None))


class CommitmentStore:
    """What customers were promised; nothing is ever taken out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, ticket: str, words: str, due_at: datetime, by: str, now: datetime, reply: int | None = None
    ) -> Commitment:
        """Keep a promise in mind; ``reply`` is the id of the reply that says it."""
        values = {"ticket": ticket_number(ticket), "words": words, "due_at": due_at}
        statement = insert(_table).values(**values, by=by, made_at=now, reply=reply).returning(_table.c.id)
        return self.get(int(self._connection.execute(statement).scalar_one()))

    def get(self, number: int) -> Commitment:
        """A commitment by its number.

        Raises:
            NotFoundError: when there is none.
        """
        row = self._connection.execute(select(_table).where(_table.c.id == number)).first()
        if row is None:
            raise NotFoundError("promise", str(number))
        return _commitment(row)

    def of_ticket(self, ticket: str) -> Sequence[Commitment]:
        """Everything promised in a ticket, what is due first at the front."""
        query = select(_table).where(_table.c.ticket == ticket_number(ticket)).order_by(_table.c.due_at, _table.c.id)
        return [_commitment(row) for row in self._connection.execute(query)]

    def open(
        self, queues: Collection[str] | None = None, *, person: str | None = None, until: datetime | None = None
    ) -> Sequence[Commitment]:
        """What is still to be kept, what is due first at the front.

        Only in tickets of some ``queues`` (``None``: of all), of a ``person`` (who promised, or has the ticket), due
        ``until`` a moment.
        """
        query = select(_table).join(_tickets, _tickets.c.number == _table.c.ticket).where(*_OPEN)
        if queues is not None:
            query = query.where(_tickets.c.queue.in_(list(queues)))
        if person is not None:
            query = query.where(or_(_table.c.by == person, _tickets.c.assignee == person))
        if until is not None:
            query = query.where(_table.c.due_at <= until)
        return [_commitment(row) for row in self._connection.execute(query.order_by(_table.c.due_at, _table.c.id))]

    def change(self, number: int, words: str, due_at: datetime) -> Commitment:
        """Say otherwise what was promised, or until when.

        Raises:
            ConflictError: when it was kept or dropped already.
        """
        return self._end(number, {"words": words, "due_at": due_at})

    def keep(self, number: int, by: str, now: datetime) -> Commitment:
        """Mark a promise kept.

        Raises:
            ConflictError: when it was kept or dropped already.
        """
        return self._end(number, {"kept_at": now, "ended_by": by})

    def drop(self, number: int, by: str, now: datetime) -> Commitment:
        """Say that there is no such promise, or that it holds no more.

        Raises:
            ConflictError: when it was kept or dropped already.
        """
        return self._end(number, {"dropped_at": now, "ended_by": by})

    def keep_all(self, ticket: str, by: str, now: datetime) -> int:
        """Mark every open promise of a ticket kept; returns how many that are."""
        statement = update(_table).where(_table.c.ticket == ticket_number(ticket), *_OPEN)
        return self._connection.execute(statement.values(kept_at=now, ended_by=by)).rowcount

    def _end(self, number: int, values: dict[str, object]) -> Commitment:
        stored = self.get(number)
        if not self._connection.execute(update(_table).where(_table.c.id == number, *_OPEN).values(**values)).rowcount:
            raise ConflictError(f"promise {number} was {'kept' if stored.kept_at else 'dropped'} already")
        return self.get(number)


def _commitment(row: Row[Any]) -> Commitment:
    return Commitment(
        id=row.id,
        ticket=ticket_id(row.ticket),
        words=row.words,
        due_at=row.due_at,
        made_at=row.made_at,
        by=row.by,
        reply=row.reply,
        kept_at=row.kept_at,
        dropped_at=row.dropped_at,
        ended_by=row.ended_by,
    )
