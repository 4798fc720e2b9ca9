"""The audit log: who did what, when; only ever added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from storage.models import AuditRow

_table = AuditRow.table()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act: ``subject`` is what it was done to, ``details`` what changed; no secrets and no customers' words."""

    id: int
    at: datetime
    who: str
    act: str
    subject: str
    details: Mapping[str, Any]


class AuditStore:
    """Adds to the log and reads it; the database refuses to change or delete what is in it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, who: str, act: str, subject: str, details: Mapping[str, Any] | None = None) -> None:
        """Note an act, in the same unit of work as the act itself."""
        values = {"at": at, "who": who, "act": act, "subject": subject, "details": dict(details or {})}
        self._connection.execute(insert(_table).values(**values))

    def list(
        self, who: str | None = None, subject: str | None = None, limit: int = 100, before: int | None = None
    ) -> Sequence[AuditEntry]:
        """The newest entries first, of one person or one subject or all; ``before`` an id gives the next page."""
        query = select(_table).order_by(_table.c.id.desc()).limit(limit)
        if who is not None:
            query = query.where(_table.c.who == who)
        if subject is not None:
            query = query.where(_table.c.subject == subject)
        if before is not None:
            query = query.where(_table.c.id < before)
        return [
            AuditEntry(row.id, row.at, row.who, row.act, row.subject, row.details)
            for row in self._connection.execute(query)
        ]
