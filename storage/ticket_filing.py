"""Filing: making and moving many tickets at once, as routing does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from koe.ticket import NewTicket, Priority, Routing, Ticket, TicketState, ticket_id, ticket_number
from storage.models import TicketCopyRow, TicketRow
from storage.statements import IN_LIST, Counter, batched
from storage.ticket_history import TicketEvent, histories, tell
from storage.ticket_row import as_ticket
from storage.ticket_store import TICKETS

_table = TicketRow.table()
_copies = TicketCopyRow.table()
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

    def create_many(self, cases: Sequence[NewTicket], now: datetime) -> list[Ticket]:
        """Open a ticket for each feedback that has none to be done; returns the new ones."""
        if not cases:
            return []
        self._counter.hold()
        ongoing = self.ongoing_for({case.feedback for case in cases})
        new = [case for case in cases if case.feedback not in ongoing]
        if not new:
            return []
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
        told = []
        for number, case in enumerate(new, start=first):
            queue, reasons = case.routing.queue or "", "; ".join(case.routing.reasons)
            told.append((number, "created", TicketState.OPEN, queue, case.routing.priority, reasons))
        self._tell(told, now)
        return [_made(number, case, now) for number, case in enumerate(new, start=first)]

    def attach_copies(self, pairs: Sequence[tuple[Ticket, str]], now: datetime) -> int:
        """Attach feedback that repeats what a ticket is about; returns how many are new there."""
        known: set[tuple[int, str]] = set()
        for part in batched({key for _, key in pairs}, IN_LIST):
            query = select(_copies.c.ticket, _copies.c.feedback).where(_copies.c.feedback.in_(part))
            known.update((row.ticket, row.feedback) for row in self._connection.execute(query))
        new = {(ticket_number(ticket.id), key): ticket for ticket, key in pairs}
        new = {pair: ticket for pair, ticket in new.items() if pair not in known}
        if new:
            self._connection.execute(insert(_copies), [{"ticket": number, "feedback": key} for number, key in new])
            told = [(number, "copy", one.state, one.queue, one.priority, key) for (number, key), one in new.items()]
            self._tell(told, now)
        return len(new)

    def reroute(self, ticket: Ticket, routing: Routing, now: datetime, note: str) -> None:
        """Change why and where a ticket waits; its state, who has it and when it is due stay."""
        values = {
            "queue": routing.queue,
            "priority": routing.priority.value,
            "rank": routing.priority.rank,
            "needs_response": routing.needs_response,
            "rule": routing.rule,
            "reasons": list(routing.reasons),
        }
        number = ticket_number(ticket.id)
        self._connection.execute(update(_table).where(_table.c.number == number).values(**values))
        self._tell([(number, "routed", ticket.state, routing.queue or ticket.queue, routing.priority, note)], now)

    def set_due(self, due: Mapping[str, datetime | None]) -> None:
        """Say when tickets, by their number, are due; their history stays, for nothing happened to them."""
        rows = [{"ticket_number": ticket_number(ticket), "due": due_at} for ticket, due_at in due.items()]
        if rows:
            statement = update(_table).where(_table.c.number == bindparam("ticket_number"))
            self._connection.execute(statement.values(due_at=bindparam("due")), rows)

    def ongoing(self) -> Iterator[tuple[Ticket, Sequence[TicketEvent]]]:
        """Every ticket that is to be done, with its history; their copies are not filled in."""
        query = select(_table).where(_table.c.state.not_in(_ENDED)).order_by(_table.c.number)
        for rows in batched(self._connection.execute(query).all(), IN_LIST):
            told = histories(self._connection, [row.number for row in rows])
            for row in rows:
                yield as_ticket(row), told[row.number]

    def histories(self, tickets: Collection[Ticket]) -> dict[str, Sequence[TicketEvent]]:
        """What happened to tickets, by their number, in order."""
        told = histories(self._connection, [ticket_number(ticket.id) for ticket in tickets])
        return {ticket.id: told[ticket_number(ticket.id)] for ticket in tickets}

    def _tell(self, events: Sequence[tuple[int, str, TicketState, str, Priority, str]], at: datetime) -> None:
        told = [
            (number, TicketEvent(at, kind, "koe", state, note, queue, priority))
            for number, kind, state, queue, priority, note in events
        ]
        tell(self._connection, told)


def _made(number: int, case: NewTicket, now: datetime) -> Ticket:
    return Ticket(
        id=ticket_id(number),
        feedback=case.feedback,
        queue=case.routing.queue or "",
        priority=case.routing.priority,
        state=TicketState.OPEN,
        due_at=case.due_at,
        reasons=tuple(case.routing.reasons),
        created_at=now,
        rule=case.routing.rule,
        lang=case.lang,
    )
