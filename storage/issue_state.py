"""An issue as the ledger leaves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from koe.issue import Issue, Label, LedgerEvent, LedgerKind, issue_id

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


def replay(row: Row[Any], events: Iterable[LedgerEvent]) -> StoredIssue:
    """An issue as it was born, changed by its events in order."""
    issue = Issue(
        id=issue_id(row.number),
        product_id=row.product_id,
        label=Label(row.label_ja, row.label_en),
        first_seen=row.first_seen,
        owner=row.owner,
    )
    for event in events:
        issue = _after(issue, event)
    return StoredIssue(issue, row.number, row.born, unpack_centre(row.centre))


def pack_centre(centre: NDArray[np.float32]) -> bytes:
    """A vector as the store keeps it."""
    return centre.astype("<f4").tobytes()


def unpack_centre(packed: bytes) -> NDArray[np.float32]:
    """A vector from the store."""
    import numpy as np

    return np.frombuffer(packed, dtype="<f4").astype(np.float32)


def _after(issue: Issue, event: LedgerEvent) -> Issue:
    match event.kind:
        case LedgerKind.RENAMED:
            label = event.details.get("label")
            return replace(issue, label=Label(**label)) if isinstance(label, dict) else issue
        case LedgerKind.MERGED:
            return replace(issue, merged_into=str(event.details["into"]))
        case LedgerKind.DISMISSED:
            return replace(issue, dismissed=True)
        case LedgerKind.FIXED:
            return replace(issue, fixed_from=event.effective_at)
        case LedgerKind.REOPENED:
            return replace(issue, dismissed=False, fixed_from=None)
        case _:
            return issue
