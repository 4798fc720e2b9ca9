"""Quarantine: refused rows, each once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from koe.errors import NotFoundError
from koe.feedback import RefusedRow
from storage.feedback_store import INGEST
from storage.models import QuarantineRow
from storage.statements import Counter, insert_new
from storage.text import storable

_table = QuarantineRow.table()


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """A refused row as the store knows it; the fields are those of RefusedRow, with a number and times."""

    id: int
    source: str
    position: str
    raw: str
    reason: str
    refused_at: datetime
    resolved_at: datetime | None


class QuarantineStore:
    """The rows that were refused, with where and why."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, rows: Sequence[RefusedRow], now: datetime) -> int:
        """Keep refused rows; returns how many are new. The same source, position, row and reason add nothing."""
        packed = {_fingerprint(row): row for row in rows}
        if not packed:
            return 0
        counter = Counter(self._connection, INGEST)
        counter.hold()
        known = set(
            self._connection.execute(select(_table.c.fingerprint).where(_table.c.fingerprint.in_(packed))).scalars()
        )
        new = {fingerprint: row for fingerprint, row in packed.items() if fingerprint not in known}
        if not new:
            return 0
        last = counter.draw(len(new))
        return insert_new(
            self._connection,
            _table,
            [
                {
                    "fingerprint": fingerprint,
                    "source": row.source,
                    "position": row.position,
                    "raw": row.raw,
                    "reason": row.reason,
                    "refused_at": now,
                    "seq": last - len(new) + number,
                }
                for number, (fingerprint, row) in enumerate(new.items(), start=1)
            ],
        )

    def list(self, source: str | None = None, limit: int = 100, *, resolved: bool = False) -> list[StoredRefusal]:
        """Refused rows in the order they came, without (or with) those that are resolved."""
        query = select(_table).order_by(_table.c.id).limit(limit)
        if source is not None:
            query = query.where(_table.c.source == source)
        if not resolved:
            query = query.where(_table.c.resolved_at.is_(None))
        return [_stored(row) for row in self._connection.execute(query)]

    def get(self, number: int) -> StoredRefusal:
        """One refused row.

        Raises:
            NotFoundError: when there is none of that number.
        """
        row = self._connection.execute(select(_table).where(_table.c.id == number)).first()
        if row is None:
            raise NotFoundError("quarantined row", str(number))
        return _stored(row)

    def resolve(self, number: int, now: datetime) -> None:
        """Mark a row as dealt with; it stays, and stays resolved."""
        self.get(number)
        seq = Counter(self._connection, INGEST).draw()
        self._connection.execute(
            update(_table)
            .where(_table.c.id == number, _table.c.resolved_at.is_(None))
            .values(resolved_at=now, resolved_seq=seq)
        )

    def count(self, as_of_ingest: int | None = None, until: datetime | None = None) -> int:
        """How many rows wait, now or as of an ingest number, refused before a moment."""
        query = select(func.count()).select_from(_table)
        if as_of_ingest is None:
            query = query.where(_table.c.resolved_at.is_(None))
        else:
            query = query.where(
                _table.c.seq <= as_of_ingest, or_(_table.c.resolved_seq.is_(None), _table.c.resolved_seq > as_of_ingest)
            )
        if until is not None:
            query = query.where(_table.c.refused_at < until)
        return int(self._connection.execute(query).scalar_one())


def _fingerprint(row: RefusedRow) -> str:
    parts = [storable(part) for part in (row.source, row.position, row.raw, row.reason)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _stored(row: Row[Any]) -> StoredRefusal:
    return StoredRefusal(row.id, row.source, row.position, row.raw, row.reason, row.refused_at, row.resolved_at)
