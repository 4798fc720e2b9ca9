"""The ledger: what happened to issues, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select

from koe.issue import LedgerEvent, LedgerKind, issue_id, issue_number
from storage.models import CorrectionRow, LedgerRow
from storage.statements import Counter

#: What a person does to an issue (or koe: when it comes back after a fix, or all are grouped anew). It holds from its
#: effective date on; everything else holds at once.
CORRECTIONS = (
    LedgerKind.RENAMED,
    LedgerKind.MERGED,
    LedgerKind.SPLIT,
    LedgerKind.MOVED,
    LedgerKind.REGROUPED,
    LedgerKind.DISMISSED,
    LedgerKind.FIXED,
    LedgerKind.REOPENED,
    LedgerKind.WORKAROUND,
)
_table = LedgerRow.table()
_corrections = CorrectionRow.table()


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its number in the ledger."""

    seq: int
    event: LedgerEvent


class Ledger:
    """Append-only; numbered in the order of commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counter = Counter(connection, "ledger")

    def hold(self) -> None:
        """Wait until no other unit of work writes to the ledger, so that what is read now still holds when written."""
        self._counter.hold()

    def record(self, event: LedgerEvent, *, by_person: bool = True) -> int:
        """Write an event, with a Correction where a person made it; returns its number."""
        seq = self._counter.draw()
        values = {
            "kind": event.kind.value,
            "effective_at": event.effective_at,
            "details": dict(event.details),
            "by": event.by,
        }
        number = None if event.issue is None else issue_number(event.issue)
        self._connection.execute(insert(_table).values(seq=seq, issue=number, **values))
        if by_person and event.kind in CORRECTIONS:
            self._connection.execute(insert(_corrections).values(subject=event.issue or "", ledger=seq, **values))
        return seq

    def events(
        self, issue: str | None = None, as_of_ledger: int | None = None, until: datetime | None = None
    ) -> list[StoredEvent]:
        """Events in order, of one issue or all, as of a number, without corrections effective at or after a moment."""
        query = select(_table).order_by(_table.c.seq)
        if issue is not None:
            query = query.where(_table.c.issue == issue_number(issue))
        if as_of_ledger is not None:
            query = query.where(_table.c.seq <= as_of_ledger)
        if until is not None:
            query = query.where(~is_later_correction(until))
        return [_stored(row) for row in self._connection.execute(query)]

    def last_seq(self) -> int:
        """The number of the last event: the ``ledger`` of a report's ``as_of``."""
        return self._counter.last()


def is_later_correction(until: datetime) -> ColumnElement[bool]:
    """Whether an event of the ledger is a correction that does not hold yet at a moment."""
    return and_(_table.c.kind.in_([kind.value for kind in CORRECTIONS]), _table.c.effective_at >= until)


def _stored(row: Row[Any]) -> StoredEvent:
    issue = None if row.issue is None else issue_id(row.issue)
    return StoredEvent(row.seq, LedgerEvent(issue, LedgerKind(row.kind), row.effective_at, row.details, row.by))
