"""Failed deliveries: replies that were given up, until somebody lets them be tried again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from koe.errors import ConflictError, NotFoundError
from koe.outbox import DeliveryState
from koe.ticket import ticket_id
from storage.models import DeliveryRow, OutboxRow, ReplyRow, TicketRow

_table = OutboxRow.table()
_deliveries = DeliveryRow.table()
_replies = ReplyRow.table()
_tickets = TicketRow.table()


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """A reply (by its id) that was given up: of which ticket, to which target, after how many tries, and why.

    ``failed_at`` is when the last try ended.
    """

    reply: int
    ticket: str
    queue: str
    target: str
    attempts: int
    error: str
    by: str
    replied_at: datetime
    failed_at: datetime | None


class FailedDeliveries:
    """Replies that were given up."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, queues: Collection[str] | None = None, limit: int = 100) -> Sequence[FailedDelivery]:
        """Those of some queues (``None``: of all), the oldest reply first."""
        query = _wanted().where(_table.c.state == DeliveryState.FAILED).order_by(_table.c.reply).limit(limit)
        if queues is not None:
            query = query.where(_tickets.c.queue.in_(list(queues)))
        return [_failed(row) for row in self._connection.execute(query)]

    def count(self, queues: Collection[str] | None = None) -> int:
        """How many there are in some queues (``None``: in all)."""
        query = select(func.count()).select_from(_table.join(_tickets, _tickets.c.number == _table.c.ticket))
        query = query.where(_table.c.state == DeliveryState.FAILED, _table.c.reply.is_not(None))
        if queues is not None:
            query = query.where(_tickets.c.queue.in_(list(queues)))
        return int(self._connection.execute(query).scalar_one())

    def get(self, reply: int) -> FailedDelivery:
        """One by the id of its reply.

        Raises:
            NotFoundError: no such reply is in the outbox.
            ConflictError: it is there, and was not given up.
        """
        row = self._connection.execute(_wanted().where(_table.c.reply == reply)).first()
        if row is None:
            raise NotFoundError("reply", str(reply), [str(one.reply) for one in self.list(limit=12)])
        if row.state != DeliveryState.FAILED:
            raise ConflictError(f"the reply {reply} was not given up: it is {row.state}")
        return _failed(row)

    def retry(self, reply: int, now: datetime) -> bool:
        """Let one be tried again with the key it has, its failures counted anew; whether it was given up until now."""
        statement = update(_table).where(_table.c.reply == reply, _table.c.state == DeliveryState.FAILED)
        values = {"state": DeliveryState.PENDING.value, "failures": 0, "next_try_at": now}
        return self._connection.execute(statement.values(**values)).rowcount > 0


def _wanted() -> Select[Any]:
    last = (
        select(_deliveries.c.outbox, func.max(_deliveries.c.at).label("failed_at"))
        .group_by(_deliveries.c.outbox)
        .subquery()
    )
    return (
        select(_table, _tickets.c.queue, _replies.c.by, _replies.c.at, last.c.failed_at)
        .join(_tickets, _tickets.c.number == _table.c.ticket)
        .join(_replies, _replies.c.id == _table.c.reply)
        .outerjoin(last, last.c.outbox == _table.c.key)
    )


def _failed(row: Row[Any]) -> FailedDelivery:
    return FailedDelivery(
        reply=row.reply,
        ticket=ticket_id(row.ticket),
        queue=row.queue,
        target=row.target,
        attempts=row.attempts,
        error=row.last_error or "",
        by=row.by,
        replied_at=row.at,
        failed_at=row.failed_at,
    )
