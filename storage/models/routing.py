"""Routing: what the rules decided on a version of a Feedback, also when no ticket was made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class RoutingRow(Base):
    """The decision on one version; ``seq`` is the version's."""

    __tablename__ = "routing"

    seq: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("feedback.seq", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    queue: Mapped[str | None]
    priority: Mapped[str]
    needs_response: Mapped[bool]
    rule: Mapped[str]
    reasons: Mapped[list[Any]]
    routed_at: Mapped[datetime]
