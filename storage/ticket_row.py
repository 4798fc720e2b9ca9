"""The row of a ticket: in koe's words, and the conditions that several stores put to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_

from koe.ticket import Priority, Ticket, TicketState, ticket_id
from storage.models import TicketRow

_table = TicketRow.table()


def as_ticket(row: Row[Any], copies: Collection[str] = ()) -> Ticket:
    """A row of the ticket table in koe's words."""
    return Ticket(
        id=ticket_id(row.number),
        feedback=row.feedback,
        queue=row.queue,
        priority=Priority(row.priority),
        state=TicketState(row.state),
        due_at=row.due_at,
        reasons=tuple(row.reasons),
        created_at=row.created_at,
        rule=row.rule,
        assignee=row.assignee,
        claimed_until=row.claimed_until,
        copies=tuple(copies),
        lang=row.lang,
        removed_at=row.removed_at,
    )


def is_shown() -> ColumnElement[bool]:
    """What was not taken off the desk."""
    return _table.c.removed_at.is_(None)


def is_free(now: datetime) -> ColumnElement[bool]:
    """What is open, and what was claimed longer ago than its lease."""
    return or_(
        _table.c.state == TicketState.OPEN,
        and_(_table.c.state == TicketState.CLAIMED, _table.c.claimed_until <= now),
    )


def is_held_by(who: str, now: datetime) -> ColumnElement[bool]:
    """What somebody has claimed, with a lease that has not run out."""
    return and_(_table.c.assignee == who, _table.c.state == TicketState.CLAIMED, _table.c.claimed_until > now)


def in_language(languages: Collection[str]) -> ColumnElement[bool]:
    """What one of the languages can answer; a ticket whose language nobody could tell is for everybody."""
    return or_(_table.c.lang.is_(None), _table.c.lang.in_(languages))
