"""What people correct in koe's reading of a feedback: its mood, a phrase, that it needs an answer at all."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from koe.issue import Correction
from storage.models import CorrectionRow

_table = CorrectionRow.table()


class ReadingCorrections:
    """Corrections whose subject is the key of a feedback; only ever added to.

    Corrections of issues come with an event of the ledger: :class:`storage.issue_store.IssueStore` makes those.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, correction: Correction) -> None:
        """Keep a correction."""
        values = {
            "subject": correction.subject,
            "kind": correction.kind,
            "details": dict(correction.details),
            "by": correction.by,
            "effective_at": correction.effective_at,
            "ledger": None,
        }
        self._connection.execute(insert(_table).values(**values))

    def of(self, feedback: str) -> list[Correction]:
        """What people corrected about a feedback, in order."""
        query = select(_table).where(_table.c.subject == feedback, _table.c.ledger.is_(None)).order_by(_table.c.id)
        return [
            Correction(row.subject, row.kind, row.effective_at, row.by, row.details)
            for row in self._connection.execute(query)
        ]
