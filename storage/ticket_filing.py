"""Filing: making and moving many tickets at once, as routing does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from koe.ticket import NewTicket, Routing, Ticket, TicketState, ticket_number
from storage.models import TicketCopyRow, TicketEventRow, TicketRow
from storage.statements import IN_LIST, Counter, batched
from storage.ticket_row import as_ticket
from storage.ticket_store import TICKETS

_table = TicketRow.table()
_copies = TicketCopyRow.table()
_events = TicketEventRow.table()
_ENDED = (TicketState.RESOLVED, TicketState.CLOSED)


class TicketFiling:
    """Tickets by the thousand; what people do with one ticket is in :class:`storage.ticket_store.TicketStore`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counter = Counter(connection, TICKETS)

    def ongoing_for(self, feedback: Collection[str]) -> dict[str, Ticket]:
        """The ticket that is to be done for each feedback, by its key; their copies are not filled in."""
        return {key: ticket for key, ticket in self.latest_for(feedback).items() if ticket.state not in _ENDED}

    def latest_for(self, feedback: Collection[str]) -> dict[str, Ticket]:
        """The newest ticket of each feedback in any state, by its key; their copies are not filled in."""
        found = {}
        for part in batched(feedback, IN_LIST):
            query = select(_table).where(_table.c.feedback.in_(part)).order_by(_table.c.number)
            found.update({row.feedback: as_ticket(row) for row in self._connection.execute(query)})
        return found

    def create_many(self, cases: Sequence[NewTicket], now: datetime) -> int:
        """Open a ticket for each feedback that has none to be done; returns how many."""
        if not cases:
            return 0
        self._counter.hold()
        ongoing = self.ongoing_for({case.feedback for case in cases})
        new = [case for case in cases if case.feedback not in ongoing]
        if not new:
            return 0
        first = self._counter.draw(len(new)) - len(new) + 1
        tickets = [
            {
                "number": number,
                "feedback": case.feedback,
                "lang": case.lang,
                "queue": case.routing.queue,
                "priority": case.routing.priority.value,
                "rank": case.routing.priority.rank,
                "state": TicketState.OPEN.value,
                "needs_response": case.routing.needs_response,
                "rule": case.routing.rule,
                "reasons": list(case.routing.reasons),
                "due_at": case.due_at,
                "created_at": now,
            }
            for number, case in enumerate(new, start=first)
        ]
        self._connection.execute(insert(_table), tickets)
        self._tell(
            [
                (number, "created", TicketState.OPEN, "; ".join(case.routing.reasons))
                for number, case in enumerate(new, start=first)
            ],
            now,
        )
        return len(new)

    def attach_copies(self, pairs: Sequence[tuple[Ticket, str]], now: datetime) -> int:
        """Attach feedback that repeats what a ticket is about; returns how many are new there."""
        known: set[tuple[int, str]] = set()
        for part in batched({key for _, key in pairs}, IN_LIST):
            query = select(_copies.c.ticket, _copies.c.feedback).where(_copies.c.feedback.in_(part))
            known.update((row.ticket, row.feedback) for row in self._connection.execute(query))
        new = {(ticket_number(ticket.id), key): ticket.state for ticket, key in pairs}
        new = {pair: state for pair, state in new.items() if pair not in known}
        if new:
            self._connection.execute(insert(_copies), [{"ticket": number, "feedback": key} for number, key in new])
            self._tell([(number, "copy", state, key) for (number, key), state in new.items()], now)
        return len(new)

    def reroute(self, ticket: Ticket, routing: Routing, due_at: datetime | None, now: datetime, note: str) -> None:
        """Change why and where a ticket waits; its state, and who has it, stay."""
        values = {
            "queue": routing.queue,
            "priority": routing.priority.value,
            "rank": routing.priority.rank,
            "needs_response": routing.needs_response,
            "rule": routing.rule,
            "reasons": list(routing.reasons),
            "due_at": due_at,
        }
        number = ticket_number(ticket.id)
        self._connection.execute(update(_table).where(_table.c.number == number).values(**values))
        self._tell([(number, "routed", ticket.state, note)], now)

    def _tell(self, events: Sequence[tuple[int, str, TicketState, str]], at: datetime) -> None:
        rows = [
            {"ticket": number, "at": at, "kind": kind, "by": "koe", "state": state.value, "note": note}
            for number, kind, state, note in events
        ]
        self._connection.execute(insert(_events), rows)
