"""What discovery reads and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from koe.analysis import Analysis, Document
from koe.issue import Label, Span
from koe.taxonomy import COMPLAINT_TYPES, Polarity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ComplaintSegment:
    """One statement that complains, as discovery reads it.

    ``text`` is the stored stretch, ``phrases`` are the trigger phrases inside it and ``trigger_types`` their types.
    ``embedding`` is the unit vector that the model gave the segment, shape ``(width,)``. ``counted`` is false for
    copies, staff, incentivised and syndicated feedback and for answers: such a segment may join an issue and never
    founds one. ``complaint`` is the model's probability (0 to 1) that it complains.
    """

    span: Span
    product_id: str | None
    text: str
    lang: str
    created_at: datetime
    embedding: Vector
    trigger_types: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    counted: bool = True
    safety: bool = False
    complaint: float = 1.0

    @property
    def order(self) -> tuple[datetime, str, int, str, int, int]:
        """Where it stands among all segments: by time, then key, then place."""
        span = self.span
        return self.created_at, span.feedback, span.version, span.field, span.start, span.end


@dataclass(frozen=True, slots=True, eq=False)
class KnownIssue:
    """An issue that exists already.

    ``centre`` is the mean of its members' embeddings (of any length, shape ``(width,)``), ``size`` how many
    members that mean stands for. ``also`` are other products whose issues were merged into it.
    """

    id: str
    product_id: str | None
    centre: Vector
    label: Label
    size: int
    also: frozenset[str | None] = frozenset()

    def is_of(self, product_id: str | None) -> bool:
        """Whether complaints about a product may belong to it."""
        return product_id == self.product_id or product_id in self.also


@dataclass(frozen=True, slots=True, eq=False)
class FoundIssue:
    """A new issue: its number is the caller's; ``members`` are in the order of the segments."""

    product_id: str | None
    label: Label
    first_seen: datetime
    members: tuple[tuple[Span, float], ...]
    centre: Vector


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A segment that belongs to no issue, and why in words.

    ``nearest`` is the issue that it is nearest to, where the reason speaks of one: the id of a known issue, or a new
    one, which has no id yet.
    """

    span: Span
    reason: str
    nearest: str | FoundIssue | None = None

    def told(self, ids: Mapping[FoundIssue, str]) -> str:
        """The reason with the id of the nearest issue; ``ids`` are those that the new issues were given."""
        if self.nearest is None:
            return self.reason
        return f"{self.reason} (nearest: {ids[self.nearest] if isinstance(self.nearest, FoundIssue) else self.nearest})"


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """What a run found.

    ``joined`` gives the new members of known issues, ``centres`` the new centres of those issues, ``found`` the new
    issues by earliest feedback then key. Similarities are cosines to the issue's centre, to four digits.
    """

    joined: Mapping[str, tuple[tuple[Span, float], ...]]
    centres: Mapping[str, Vector]
    found: tuple[FoundIssue, ...]
    unassigned: tuple[Unassigned, ...]


def complaint_segments(
    key: str,
    version: int,
    document: Document,
    analysis: Analysis,
    *,
    product_id: str | None,
    created_at: datetime,
    threshold: float,
    counted: bool = True,
) -> list[ComplaintSegment]:
    """The segments of one analysed Feedback whose probability of complaining reaches the threshold."""
    stored = {"title": document.title, "text": document.text}
    complaints = []
    for segment in analysis.segments:
        if segment.complaint < threshold:
            continue
        inside = [
            trigger
            for trigger in analysis.triggers
            if trigger.field == segment.field
            and trigger.polarity is Polarity.NEGATIVE
            and trigger.type in COMPLAINT_TYPES
            and segment.start <= trigger.start
            and trigger.end <= segment.end
        ]
        inside.sort(key=lambda trigger: (-trigger.score, trigger.start, trigger.end, trigger.type))
        types = frozenset(trigger.type for trigger in inside)
        complaints.append(
            ComplaintSegment(
                span=Span(key, version, segment.field, segment.start, segment.end),
                product_id=product_id,
                text=stored[segment.field][segment.start : segment.end],
                lang=analysis.lang,
                created_at=created_at,
                embedding=segment.embedding,
                trigger_types=types,
                phrases=tuple(dict.fromkeys(trigger.text for trigger in inside)),
                counted=counted,
                safety="safety" in types,
                complaint=segment.complaint,
            )
        )
    return complaints
