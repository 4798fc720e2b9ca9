"""Timelines: tickets with everything that happened to them, for figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from koe.ticket import Ticket, TicketState
from storage.models import FeedbackRow, TicketEventRow, TicketRow
from storage.statements import IN_LIST, batched
from storage.ticket_history import TicketEvent, histories
from storage.ticket_row import as_ticket, is_shown

_table = TicketRow.table()
_events = TicketEventRow.table()
_feedback = FeedbackRow.table()
_ENDED = (TicketState.RESOLVED.value, TicketState.CLOSED.value)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A ticket, the product it is about, and what happened to it in order."""

    ticket: Ticket
    product_id: str | None
    events: Sequence[TicketEvent]


class TicketTimelines:
    """Reads tickets with their events; changes nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def since(self, start: datetime, queues: Collection[str] | None = None) -> list[Timeline]:
        """Every ticket of some queues (``None``: of all) that waits, or to which something happened from then on.

        Those that were removed are left out.
        """
        touched = select(_events.c.ticket).where(_events.c.at >= start)
        query = select(_table).where(or_(_table.c.state.not_in(_ENDED), _table.c.number.in_(touched)))
        query = query.where(is_shown())
        if queues is not None:
            query = query.where(_table.c.queue.in_(list(queues)))
        rows = self._connection.execute(query.order_by(_table.c.number)).all()
        events = histories(self._connection, [row.number for row in rows])
        products = self._products([row.feedback for row in rows])
        return [Timeline(as_ticket(row), products.get(row.feedback), events[row.number]) for row in rows]

    def _products(self, keys: Sequence[str]) -> dict[str, str | None]:
        by_source: dict[str, set[str]] = {}
        for key in keys:
            source, _, external_id = key.partition(":")
            by_source.setdefault(source, set()).add(external_id)
        found: dict[str, str | None] = {}
        for source, ids in by_source.items():
            for part in batched(sorted(ids), IN_LIST):
                query = select(_feedback.c.external_id, _feedback.c.product_id).where(
                    _feedback.c.source == source, _feedback.c.external_id.in_(part)
                )
                for row in self._connection.execute(query.order_by(_feedback.c.version)):
                    found[f"{source}:{row.external_id}"] = row.product_id
        return found
