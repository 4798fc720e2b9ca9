"""Feedback, one row for each version, and which of it are copies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID

_HAS_AUTHOR = text("author IS NOT NULL")
_HAS_CUSTOMER = text("customer_id IS NOT NULL")


class FeedbackRow(Base):
    """One version of one Feedback; never changed once written.

    ``seq`` numbers versions in the order of their commit. ``effective_at`` is when the version began to hold:
    for the first one its date, for an edit ``updated_at`` or else when it came in.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("source", "external_id", "version"),
        Index(None, "created_at"),
        Index(None, "product_id"),
        Index(None, "text_hash"),
        Index(None, "source", "author", sqlite_where=_HAS_AUTHOR, postgresql_where=_HAS_AUTHOR),
        Index(None, "customer_id", sqlite_where=_HAS_CUSTOMER, postgresql_where=_HAS_CUSTOMER),
    )

    seq: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    source: Mapped[str]
    external_id: Mapped[str]
    version: Mapped[int]
    channel: Mapped[str]
    product_id: Mapped[str | None]
    author: Mapped[str | None]
    customer_id: Mapped[str | None]
    title: Mapped[str | None]
    text: Mapped[str | None]
    rating: Mapped[float | None]
    score: Mapped[float | None]
    scale: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    lang: Mapped[str | None]
    reach: Mapped[int | None] = mapped_column(BIG_ID)
    disclosure: Mapped[str]
    attributes: Mapped[dict[str, Any]]
    parent_id: Mapped[str | None]
    content_hash: Mapped[str]
    text_hash: Mapped[str]
    first_seen_at: Mapped[datetime]
    ingested_at: Mapped[datetime]
    effective_at: Mapped[datetime]


class CopyRow(Base):
    """A Feedback that repeats another one; told once, kept for good."""

    __tablename__ = "feedback_copy"

    copy: Mapped[str] = mapped_column(primary_key=True)
    original: Mapped[str]
    seq: Mapped[int] = mapped_column(BIG_ID)
