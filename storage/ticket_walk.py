"""Walking through tickets page by page, without gap or double while others are added or change hands.

A page begins after the place of the last ticket of the page before, not at a count of tickets: what comes in between
moves nothing (keyset paging; Winand, "SQL Performance Explained", 2012, chapter 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from koe.ticket import Ticket, ticket_number
from storage.models import TicketRow

_table = TicketRow.table()


class Order(StrEnum):
    """The order of a walk: the oldest, the newest, or the most urgent first, then the one that is due first."""

    OLDEST = "oldest"
    NEWEST = "newest"
    URGENCY = "urgency"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket stands in every order."""

    number: int
    rank: int
    due_at: datetime | None

    @classmethod
    def of(cls, ticket: Ticket) -> Place:
        """The place of a ticket."""
        return cls(ticket_number(ticket.id), ticket.priority.rank, ticket.due_at)


def ordered_by(order: Order) -> tuple[Any, ...]:
    """The columns that an order goes by."""
    if order is Order.URGENCY:
        return (_table.c.rank, _table.c.due_at.is_(None), _table.c.due_at, _table.c.number)
    return (_table.c.number,) if order is Order.OLDEST else (_table.c.number.desc(),)


def comes_after(order: Order, place: Place) -> ColumnElement[bool]:
    """What comes after a place."""
    later = _table.c.number > place.number
    if order is Order.OLDEST:
        return later
    if order is Order.NEWEST:
        return _table.c.number < place.number
    if place.due_at is None:
        further = and_(_table.c.due_at.is_(None), later)
    else:
        due = _table.c.due_at
        further = or_(due.is_(None), due > place.due_at, and_(due == place.due_at, later))
    return or_(_table.c.rank > place.rank, and_(_table.c.rank == place.rank, further))
