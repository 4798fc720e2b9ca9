"""The outbox: replies on their way to the customer, and notices of new tickets on their way to programs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class OutboxRow(Base):
    """A reply that goes out once; ``key`` is the idempotency key that every try carries.

    Without a ``reply`` it is the notice of a new ticket.

    ``attempts`` counts tries begun, and tells the one that holds the lease from earlier ones; ``failures`` counts those
    that ended with an error since the reply was last put on its way.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "next_try_at"), Index(None, "ticket"))

    key: Mapped[str] = mapped_column(primary_key=True)
    reply: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("reply.id"), unique=True)
    ticket: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ticket.number"))
    target: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]
    failures: Mapped[int]
    next_try_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]


class DeliveryRow(Base):
    """How one try ended: the receiver's ``receipt``, or the ``error``."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "outbox"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    outbox: Mapped[str] = mapped_column(ForeignKey("outbox.key"))
    attempt: Mapped[int]
    at: Mapped[datetime]
    receipt: Mapped[str | None]
    error: Mapped[str | None]
