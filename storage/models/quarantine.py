"""Quarantine: input rows that were refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class QuarantineRow(Base):
    """A refused row; ``fingerprint`` is the hash of source, position, raw row and reason."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("fingerprint"), Index(None, "source"))

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    fingerprint: Mapped[str]
    source: Mapped[str]
    position: Mapped[str]
    raw: Mapped[str]
    reason: Mapped[str]
    refused_at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(BIG_ID)
    resolved_at: Mapped[datetime | None]
    resolved_seq: Mapped[int | None] = mapped_column(BIG_ID)
