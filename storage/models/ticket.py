"""Ticket: feedback that waits for an answer, its copies, history and replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID

_ONGOING = text("state NOT IN ('resolved', 'closed')")


class TicketRow(Base):
    """One case; ``rank`` is the priority as a number, 0 the most urgent; ``removed_at`` hides it from the desk."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("uq_ticket_ongoing", "feedback", unique=True, sqlite_where=_ONGOING, postgresql_where=_ONGOING),
        Index("ix_ticket_to_do", "rank", "due_at", "number", sqlite_where=_ONGOING, postgresql_where=_ONGOING),
        Index(None, "rank", "due_at", "number"),
        Index(None, "queue", "state", "rank", "due_at"),
        Index(None, "feedback"),
        Index(None, "assignee"),
    )

    number: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    feedback: Mapped[str]
    lang: Mapped[str | None]
    queue: Mapped[str]
    priority: Mapped[str]
    rank: Mapped[int]
    state: Mapped[str]
    needs_response: Mapped[bool]
    rule: Mapped[str]
    reasons: Mapped[list[Any]]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    assignee: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class TicketCopyRow(Base):
    """A copy of the feedback that the ticket is about."""

    __tablename__ = "ticket_copy"
    __table_args__ = (Index(None, "feedback"),)

    ticket: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket.number"), primary_key=True)
    feedback: Mapped[str] = mapped_column(primary_key=True)


class TicketEventRow(Base):
    """One thing that happened to a ticket, and how it left it."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index(None, "ticket"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    ticket: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket.number"))
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str]
    state: Mapped[str]
    queue: Mapped[str]
    priority: Mapped[str]
    note: Mapped[str]


class ReplyRow(Base):
    """What was answered."""

    __tablename__ = "reply"
    __table_args__ = (Index(None, "ticket"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    ticket: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket.number"))
    text: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
