"""The history of tickets: every act adds an event, nothing is ever changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from koe.ticket import Priority, TicketState
from storage.models import TicketEventRow
from storage.statements import IN_LIST, batched

_events = TicketEventRow.table()


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One thing that happened to a ticket; ``state``, ``queue`` and ``priority`` are those it left it in."""

    at: datetime
    kind: str
    by: str
    state: TicketState
    note: str
    queue: str
    priority: Priority


def tell(connection: Connection, events: Sequence[tuple[int, TicketEvent]]) -> None:
    """Add events to the tickets of these numbers."""
    rows = [
        {
            "ticket": number,
            "at": event.at,
            "kind": event.kind,
            "by": event.by,
            "state": event.state.value,
            "queue": event.queue,
            "priority": event.priority.value,
            "note": event.note,
        }
        for number, event in events
    ]
    connection.execute(insert(_events), rows)


def histories(connection: Connection, numbers: Collection[int]) -> dict[int, list[TicketEvent]]:
    """What happened to tickets, by their number, in order."""
    found: dict[int, list[TicketEvent]] = {number: [] for number in numbers}
    for part in batched(numbers, IN_LIST):
        query = select(_events).where(_events.c.ticket.in_(part)).order_by(_events.c.id)
        for row in connection.execute(query):
            found[row.ticket].append(
                TicketEvent(
                    row.at, row.kind, row.by, TicketState(row.state), row.note, row.queue, Priority(row.priority)
                )
            )
    return found
