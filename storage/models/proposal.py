"""Proposal: what koe would change about issues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class ProposalRow(Base):
    """A merge of two issues, or a split of one, from the discovery run that proposed it until one that did not."""

    __tablename__ = "proposal"
    __table_args__ = (Index(None, "until_event"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str]
    issue: Mapped[int] = mapped_column(ForeignKey("issue.number"))
    into: Mapped[int | None] = mapped_column(ForeignKey("issue.number"))
    details: Mapped[dict[str, Any]]
    rests_on: Mapped[datetime]
    since_event: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))
    until_event: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))
