"""Searching tickets: pages of a filtered list, how many wait where, and cases that were answered before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from koe.ticket import Priority, Ticket, TicketState, ticket_number
from storage.feedback_store import superseded
from storage.models import FeedbackRow, MemberRow, ReplyRow, TicketRow
from storage.statements import IN_LIST, batched
from storage.ticket_row import as_ticket, is_shown
from storage.ticket_walk import Order, Place, comes_after, ordered_by

_table = TicketRow.table()
_feedback = FeedbackRow.table()
_replies = ReplyRow.table()
_members = MemberRow.table()
_key = _feedback.c.source + ":" + _feedback.c.external_id
_MOST_URGENT_FIRST = (_table.c.rank, _table.c.due_at.nulls_last(), _table.c.number)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are wanted; what is ``None`` leaves out nothing, an empty collection leaves out all.

    ``text`` is looked for in title, text, author and key of the feedback, whatever its capitals. ``issue`` is the
    number of an issue that segments of the feedback are in; ``since`` and ``until`` (not included) say when the ticket
    was made.
    """

    queues: Collection[str] | None = None
    states: Collection[TicketState] | None = None
    priority: Priority | None = None
    assignee: str | None = None
    product: str | None = None
    text: str | None = None
    lang: str | None = None
    issue: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tickets of a queue are in a state at a priority, and how many of them are past their due time."""

    queue: str
    state: TicketState
    priority: Priority
    count: int
    overdue: int


class TicketSearch:
    """Reads tickets, but those that were removed; changes nothing. Copies are not filled in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def numbers(self, wanted: TicketFilter, most: int) -> list[int]:
        """The numbers of tickets that are wanted, at most so many, the most urgent first, then the one due first."""
        query = select(_table.c.number).where(*_conditions(wanted)).order_by(*_MOST_URGENT_FIRST).limit(most)
        return list(self._connection.execute(query).scalars())

    def load(self, numbers: Collection[int]) -> list[Ticket]:
        """Tickets by their numbers, in the order of these; unknown ones are left out."""
        found = {}
        for part in batched(numbers, IN_LIST):
            query = select(_table).where(_table.c.number.in_(part), is_shown())
            found.update({row.number: as_ticket(row) for row in self._connection.execute(query)})
        return [found[number] for number in numbers if number in found]

    def walk(self, wanted: TicketFilter, order: Order, limit: int, after: Place | None = None) -> list[Ticket]:
        """Some of the tickets that are wanted, from a place on (default: from the beginning)."""
        query = select(_table).where(*_conditions(wanted)).order_by(*ordered_by(order)).limit(limit)
        if after is not None:
            query = query.where(comes_after(order, after))
        return [as_ticket(row) for row in self._connection.execute(query)]

    def tallies(self, queues: Collection[str] | None, states: Collection[TicketState], now: datetime) -> list[Tally]:
        """How many tickets wait where, by queue, state and priority."""
        overdue = func.sum(case((_table.c.due_at <= now, 1), else_=0))
        query = select(_table.c.queue, _table.c.state, _table.c.priority, func.count().label("n"), overdue.label("o"))
        query = query.where(*_conditions(TicketFilter(queues=queues, states=states)))
        query = query.group_by(_table.c.queue, _table.c.state, _table.c.priority)
        return [
            Tally(row.queue, TicketState(row.state), Priority(row.priority), int(row.n), int(row.o))
            for row in self._connection.execute(query)
        ]

    def products(self, queues: Collection[str] | None) -> list[str]:
        """The products that tickets of some queues are about, in order."""
        # From one name to the next through the index: reading what 100,000 tickets are about would take its time.
        names = select(func.min(_feedback.c.product_id).label("name")).cte("names", recursive=True)
        following = select(func.min(_feedback.c.product_id)).where(_feedback.c.product_id > names.c.name)
        names = names.union_all(select(following.scalar_subquery()).where(names.c.name.is_not(None)))
        # As a value and not by EXISTS, which PostgreSQL would answer for all names by reading both tables whole.
        about = (_feedback.c.product_id == names.c.name, _table.c.feedback == _key)
        ticket = select(_table.c.number).where(*about, *_conditions(TicketFilter(queues=queues))).limit(1)
        query = select(names.c.name).where(names.c.name.is_not(None), ticket.scalar_subquery().is_not(None))
        return list(self._connection.execute(query.order_by(names.c.name)).scalars())

    def answered(
        self,
        queues: Collection[str] | None,
        limit: int,
        *,
        about: Collection[str] | None = None,
        product: str | None = None,
        but: Collection[str] = (),
    ) -> list[Ticket]:
        """Tickets that have a reply, the last answered first.

        ``about`` are keys of feedback, ``product`` is what they are or once were about, ``but`` are the tickets to
        leave out.
        """
        last, later = _replies.alias("last"), _replies.alias("later")
        query = select(_table).join(last, last.c.ticket == _table.c.number)
        query = query.where(~exists().where(later.c.ticket == last.c.ticket, later.c.id > last.c.id))
        query = query.where(*_conditions(TicketFilter(queues=queues)))
        if product is not None:
            # In any of its versions: to tell the last one, PostgreSQL would read all feedback.
            query = query.where(_table.c.feedback.in_(select(_key).where(_feedback.c.product_id == product)))
        if but:
            query = query.where(_table.c.number.not_in([ticket_number(ticket) for ticket in but]))
        query = query.order_by(last.c.id.desc()).limit(limit)
        if about is None:
            return [as_ticket(row) for row in self._connection.execute(query)]
        found: list[Ticket] = []
        for part in batched(about, IN_LIST):
            found += [as_ticket(row) for row in self._connection.execute(query.where(_table.c.feedback.in_(part)))]
        return found[:limit]


def _conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [is_shown()]
    if wanted.queues is not None:
        found.append(_table.c.queue.in_(list(wanted.queues)))
    if wanted.states is not None:
        found.append(_table.c.state.in_([state.value for state in wanted.states]))
    if wanted.priority is not None:
        found.append(_table.c.priority == wanted.priority.value)
    if wanted.assignee is not None:
        found.append(_table.c.assignee == wanted.assignee)
    if wanted.product is not None:
        found.append(_table.c.feedback.in_(_keys(_feedback.c.product_id == wanted.product)))
    if wanted.lang is not None:
        found.append(_table.c.lang == wanted.lang)
    if wanted.issue is not None:
        members = select(_members.c.feedback).where(_members.c.issue == wanted.issue, _members.c.until_event.is_(None))
        found.append(_table.c.feedback.in_(members))
    if wanted.since is not None:
        found.append(_table.c.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(_table.c.created_at < wanted.until)
    if wanted.text is not None:
        fields = (_feedback.c.title, _feedback.c.text, _feedback.c.author, _key)
        found.append(
            _table.c.feedback.in_(_keys(or_(*(field.icontains(wanted.text, autoescape=True) for field in fields))))
        )
    return found


def _keys(condition: ColumnElement[bool]) -> Select[Any]:
    return select(_key).where(and_(condition, ~superseded()))
