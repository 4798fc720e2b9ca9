"""Moving tickets between queues and people and off the desk, as leads and agents do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from koe.ticket import Ticket, TicketState, ticket_number
from storage.models import TicketRow
from storage.ticket_history import TicketEvent, tell

_table = TicketRow.table()


class TicketMoves:
    """Puts a ticket into another queue or other hands; the caller has made sure that this is allowed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def move(self, ticket: Ticket, queue: str, by: str, now: datetime, note: str = "") -> None:
        """Put a ticket into another queue, where it is free for everybody; its due time is for the caller to mend."""
        values = {"queue": queue, "state": TicketState.OPEN.value, "assignee": None, "claimed_until": None}
        self._change(ticket, values)
        said = f"{ticket.queue} → {queue}" + (f": {note}" if note else "")
        self._tell(ticket, TicketEvent(now, "moved", by, TicketState.OPEN, said, queue, ticket.priority))

    def hand_over(self, ticket: Ticket, to: str, lease: timedelta, by: str, now: datetime, note: str = "") -> None:
        """Give a ticket to somebody, who holds it from now on."""
        values = {"state": TicketState.CLAIMED.value, "assignee": to, "claimed_until": now + lease}
        self._change(ticket, values)
        said = f"→ {to}" + (f": {note}" if note else "")
        event = TicketEvent(now, "handed over", by, TicketState.CLAIMED, said, ticket.queue, ticket.priority)
        self._tell(ticket, event)

    def remove(self, ticket: Ticket, by: str, now: datetime) -> None:
        """Close a ticket and take it off the desk; opening it again brings it back."""
        values = {"state": TicketState.CLOSED.value, "claimed_until": None, "removed_at": now}
        self._change(ticket, values)
        event = TicketEvent(now, "closed", by, TicketState.CLOSED, "removed", ticket.queue, ticket.priority)
        self._tell(ticket, event)

    def _change(self, ticket: Ticket, values: Mapping[str, object]) -> None:
        self._connection.execute(update(_table).where(_table.c.number == ticket_number(ticket.id)).values(**values))

    def _tell(self, ticket: Ticket, event: TicketEvent) -> None:
        tell(self._connection, [(ticket_number(ticket.id), event)])
