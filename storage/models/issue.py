"""Issue: recurring complaints, their members, and the ledger of what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class IssueRow(Base):
    """An issue as it was born; what happened since is in the ledger. ``centre`` is little-endian float32.

    ``glossary`` is the language whose name comes from the glossary, where one does.
    """

    __tablename__ = "issue"
    __table_args__ = (Index(None, "product_id"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[str | None]
    label_ja: Mapped[str | None]
    label_en: Mapped[str | None]
    glossary: Mapped[str | None]
    first_seen: Mapped[datetime]
    owner: Mapped[str | None]
    centre: Mapped[bytes] = mapped_column(LargeBinary)
    born: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))


class LedgerRow(Base):
    """One thing that happened; never changed, never deleted. A refit concerns no single issue."""

    __tablename__ = "ledger"
    __table_args__ = (Index(None, "issue"),)

    seq: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    issue: Mapped[int | None]
    kind: Mapped[str]
    effective_at: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    by: Mapped[str]


class MemberRow(Base):
    """A segment in an issue, from one ledger event until another one."""

    __tablename__ = "issue_member"
    __table_args__ = (
        Index(
            "uq_issue_member_now",
            "feedback",
            "version",
            "field",
            "start",
            "end",
            unique=True,
            sqlite_where=text("until_event IS NULL"),
            postgresql_where=text("until_event IS NULL"),
        ),
        Index(None, "issue"),
        Index(None, "feedback"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    issue: Mapped[int] = mapped_column(ForeignKey("issue.number"))
    feedback: Mapped[str]
    version: Mapped[int]
    field: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    similarity: Mapped[float]
    since_event: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))
    until_event: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))


class UnassignedRow(Base):
    """A complaint segment that belongs to no issue, and why."""

    __tablename__ = "unassigned"
    __table_args__ = (Index(None, "feedback"), Index(None, "until_event"))

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    feedback: Mapped[str]
    version: Mapped[int]
    field: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    reason: Mapped[str]
    since_event: Mapped[int] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))
    until_event: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))


class CorrectionRow(Base):
    """What a person changed; ``ledger`` is the event that it made, where it concerns an issue."""

    __tablename__ = "correction"
    __table_args__ = (Index(None, "subject"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    subject: Mapped[str]
    kind: Mapped[str]
    details: Mapped[dict[str, Any]]
    by: Mapped[str]
    effective_at: Mapped[datetime]
    ledger: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("ledger.seq"))
