"""An issue as the ledger leaves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from koe.coverage import Coverage
from koe.issue import Fix, Issue, Label, LedgerEvent, LedgerKind, NameFrom, issue_id
from storage.ledger import StoredEvent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class StoredIssue:
    """An Issue with its number, the ledger number of its birth, and its centre (unit vector, float32)."""

    issue: Issue
    number: int
    born: int
    centre: NDArray[np.float32]

    @property
    def id(self) -> str:
        """The permanent id."""
        return self.issue.id

    @property
    def alive(self) -> bool:
        """Whether it still takes members: neither merged into another one nor dismissed."""
        return self.issue.merged_into is None and not self.issue.dismissed


def replay(row: Row[Any], events: Iterable[StoredEvent]) -> StoredIssue:
    """An issue as it was born, changed by its events in order."""
    issue = Issue(
        id=issue_id(row.number),
        product_id=row.product_id,
        label=_label_at_birth(row),
        first_seen=row.first_seen,
        owner=row.owner,
    )
    for stored in events:
        issue = _after(issue, stored)
    return StoredIssue(issue, row.number, row.born, unpack_centre(row.centre))


def _label_at_birth(row: Row[Any]) -> Label:
    made = {"ja_from": None, "en_from": None} | ({f"{row.glossary}_from": NameFrom.GLOSSARY} if row.glossary else {})
    return Label(row.label_ja, row.label_en, **made)


def pack_centre(centre: NDArray[np.float32]) -> bytes:
    """A vector as the store keeps it."""
    return centre.astype("<f4").tobytes()


def unpack_centre(packed: bytes) -> NDArray[np.float32]:
    """A vector from the store."""
    import numpy as np

    return np.frombuffer(packed, dtype="<f4").astype(np.float32)


def _after(issue: Issue, stored: StoredEvent) -> Issue:
    event = stored.event
    match event.kind:
        case LedgerKind.RENAMED:
            label = event.details.get("label")
            return replace(issue, label=Label(**label)) if isinstance(label, dict) else issue
        case LedgerKind.MERGED:
            return replace(issue, merged_into=str(event.details["into"]))
        case LedgerKind.DISMISSED:
            return replace(issue, dismissed=True)
        case LedgerKind.FIXED:
            covers = event.details.get("for")
            fix = Fix(event.effective_at, Coverage.parse(str(covers)) if covers else None, stored.seq)
            return replace(issue, fix=fix, reopened_at=None)
        case LedgerKind.REOPENED:
            return _reopened(issue, event)
        case _:
            return issue


def _reopened(issue: Issue, event: LedgerEvent) -> Issue:
    if "fix" not in event.details:
        return replace(issue, dismissed=False, reopened_at=event.effective_at)
    # It came back after one fix; another one that was said since then goes on.
    if issue.fix is None or issue.fix.event != event.details["fix"]:
        return issue
    # Weeks can be replayed in any order; it is open from the first of them on.
    return replace(issue, reopened_at=min(issue.reopened_at or event.effective_at, event.effective_at))
