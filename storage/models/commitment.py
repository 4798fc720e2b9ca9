"""Commitments, follow-ups and the customers who were told of a fix."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class CommitmentRow(Base):
    """What a customer was promised; open until it is kept or dropped."""

    __tablename__ = "commitment"
    __table_args__ = (Index(None, "ticket"), Index(None, "due_at"))

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    ticket: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket.number"))
    reply: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("reply.id"))
    words: Mapped[str]
    due_at: Mapped[datetime]
    made_at: Mapped[datetime]
    by: Mapped[str]
    kept_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class FollowUpRow(Base):
    """A follow-up that was done (with its reply) or dropped; ``event`` is the resolving that it follows."""

    __tablename__ = "follow_up"

    event: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket_event.id"), primary_key=True, autoincrement=False)
    ticket: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket.number"))
    reply: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("reply.id"))
    by: Mapped[str]
    at: Mapped[datetime]


class FixNoticeRow(Base):
    """A customer who was told of a fix: ``fix`` is its event in the ledger, ``person`` a hash of who it is."""

    __tablename__ = "fix_notice"

    fix: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ledger.seq"), primary_key=True, autoincrement=False)
    person: Mapped[str] = mapped_column(primary_key=True)
    ticket: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket.number"))
    by: Mapped[str]
    at: Mapped[datetime]
