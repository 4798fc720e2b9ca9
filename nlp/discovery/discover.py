"""Known issues first, new ones from the rest: complaint segments in, members and new issues out.

The same input gives the same output, byte by byte: segments are taken by (created_at, key, place), every tie goes to
the earlier one, and similarities are rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from koe.issue import Span
from koe.settings import DiscoverySettings
from nlp.discovery.complaints import ComplaintSegment, Discovery, FoundIssue, KnownIssue, Unassigned
from nlp.discovery.features import Background, blended, language_offsets, unit
from nlp.discovery.grouping import group
from nlp.discovery.naming import name_issues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Labels = NDArray[np.int64]

#: A group whose centre is this near to a known issue's is that issue, said in new words.
_SAME = 0.8
_ROUNDS = 2
#: Below this many cosines their spread is a guess, so the usual one is taken.
_ENOUGH = 60
_USUAL_SPREAD = 0.14


def discover(
    segments: Sequence[ComplaintSegment],
    known: Sequence[KnownIssue],
    settings: DiscoverySettings,
    members: Mapping[str, Sequence[ComplaintSegment]] | None = None,
) -> Discovery:
    """Assign segments to known issues of their product and found new issues from the rest.

    Args:
        segments: those that belong to no issue yet; one that belongs to an issue already is not given again.
        known: the issues there are; a dismissed one is given too, so that it is not found anew.
        settings: see :class:`koe.settings.DiscoverySettings`.
        members: the present members of known issues by id. They sharpen the centres and what "unrelated" means for
            the product, and are not moved. Give them where they are at hand.

    Returns:
        New members, new centres, new issues and the unassigned with their reasons; each segment once.
    """
    found: list[FoundIssue] = []
    joined: dict[str, tuple[tuple[Span, float], ...]] = {}
    centres: dict[str, Matrix] = {}
    unassigned: list[tuple[ComplaintSegment, str]] = []
    by_product: dict[str | None, list[ComplaintSegment]] = {}
    for segment in sorted(segments, key=lambda one: one.order):
        by_product.setdefault(segment.product_id, []).append(segment)
    everyone = [*sorted(segments, key=lambda one: one.order)]
    for id_ in sorted(members or {}):
        everyone += (members or {})[id_]
    offsets = language_offsets(everyone)
    for product_id, mine in by_product.items():
        issues = sorted((issue for issue in known if issue.product_id == product_id), key=lambda issue: issue.id)
        product = _Product(mine, issues, settings, members or {}, offsets)
        product.assign_to_known()
        product.found_new()
        found += product.found
        joined |= product.joined()
        centres |= product.new_centres()
        unassigned += product.left_over()
    found.sort(key=lambda issue: (issue.first_seen, issue.members[0][0].feedback, issue.product_id or ""))
    unassigned.sort(key=lambda pair: pair[0].order)
    return Discovery(
        joined=dict(sorted(joined.items())),
        centres=dict(sorted(centres.items())),
        found=tuple(found),
        unassigned=tuple(Unassigned(segment.span, reason) for segment, reason in unassigned),
    )


@dataclass
class _Product:
    """The segments of one product on their way to issues. ``home`` is the number of a segment's issue, -1 for none."""

    segments: Sequence[ComplaintSegment]
    issues: Sequence[KnownIssue]
    settings: DiscoverySettings
    members: Mapping[str, Sequence[ComplaintSegment]]
    offsets: Mapping[str, Matrix]
    found: list[FoundIssue] = field(default_factory=list)

    def __post_init__(self) -> None:
        old = [segment for issue in self.issues for segment in self.members.get(issue.id, ())]
        alone = [issue for issue in self.issues if not self.members.get(issue.id)]
        self.background = Background([*self.segments, *old], self.offsets, alone)
        self.rows = self.background.centred(self.segments)
        self.everyone = np.vstack([self.rows, self.background.centred(old)])
        self.known_centres = np.stack([self._known_centre(issue) for issue in self.issues]) if self.issues else None
        self.home: Labels = np.full(len(self.segments), -1, dtype=np.int64)
        self.similarity = np.zeros(len(self.segments))
        self.reasons = [""] * len(self.segments)

    def _known_centre(self, issue: KnownIssue) -> Matrix:
        members = self.members.get(issue.id, ())
        if not members:
            return self.background.centred_centre(issue)
        return unit(self.background.centred(members).mean(axis=0))

    def assign_to_known(self) -> None:
        if self.known_centres is not None:
            everyone = np.arange(len(self.segments))
            self._settle(everyone, self.known_centres, np.arange(len(self.issues)))

    def found_new(self) -> None:
        """Group what is left, keep groups of enough people, let everyone left join the nearest of them."""
        rest = np.flatnonzero(self.home < 0)
        counted = np.array([index for index in rest.tolist() if self.segments[index].counted], dtype=np.int64)
        if not len(counted):
            return
        labels = group(blended(self._at(counted), self.rows[counted]), self.settings.found)
        groups = [counted[labels == label] for label in range(int(labels.max()) + 1)]
        self._tell_small(groups)
        groups = [rows for rows in groups if self._people(rows) >= self.settings.min_members]
        for _ in range(_ROUNDS):
            if not groups:
                return
            found_centres = np.stack([unit(self.rows[rows].mean(axis=0)) for rows in groups])
            self.home[rest] = -1
            self._settle(rest, found_centres, len(self.issues) + np.arange(len(groups)))
            groups = [rest[self.home[rest] == len(self.issues) + number] for number in range(len(groups))]
            for rows in groups:
                if self._people(rows) < self.settings.min_members:
                    self.home[rows] = -1
                    self._tell_small([rows])
            groups = [rows for rows in groups if self._people(rows) >= self.settings.min_members]
        self._keep(groups)

    def _keep(self, groups: Sequence[Labels]) -> None:
        new: list[Labels] = []
        for rows in groups:
            centre = unit(self.rows[rows].mean(axis=0))
            if self.known_centres is not None:
                near = self.known_centres @ centre
                if near.max() >= _SAME:
                    self.home[rows] = int(near.argmax())
                    self.similarity[rows] = self.rows[rows] @ self.known_centres[int(near.argmax())]
                    continue
            self.home[rows] = len(self.issues) + len(new)
            self.similarity[rows] = self.rows[rows] @ centre
            new.append(rows)
        labels = name_issues([self._at(rows) for rows in new], [self.rows[rows] for rows in new], self.segments)
        for rows, label in zip(new, labels, strict=True):
            first = self.segments[int(rows[0])]
            self.found.append(
                FoundIssue(
                    product_id=first.product_id,
                    label=label,
                    first_seen=first.created_at,
                    members=self._members(rows),
                    centre=_mean(self._at(rows)),
                )
            )

    def _settle(self, candidates: Labels, centres: Matrix, numbers: Labels) -> None:
        """Give each candidate the nearest centre when that is nearer than unrelated complaints ever are."""
        similar = self.rows[candidates] @ centres.T
        best = similar.argmax(axis=1)
        nearest = similar[np.arange(len(candidates)), best]
        self.needed = _needed(self.everyone @ centres.T, self.settings.assign)
        inside = nearest >= self.needed
        self.home[candidates[inside]] = numbers[best[inside]]
        self.similarity[candidates] = nearest

    def _at(self, rows: Labels) -> list[ComplaintSegment]:
        return [self.segments[index] for index in rows.tolist()]

    def _people(self, rows: Labels) -> int:
        return len({segment.span.feedback for segment in self._at(rows) if segment.counted})

    def _tell_small(self, groups: Sequence[Labels]) -> None:
        least = self.settings.min_members
        for rows in groups:
            people = self._people(rows)
            if 1 < people < least:
                for index in rows.tolist():
                    self.reasons[index] = f"too few: {people} of {least} different feedback say this"

    def _members(self, rows: Labels) -> tuple[tuple[Span, float], ...]:
        return tuple((self.segments[index].span, round(float(self.similarity[index]), 4)) for index in rows.tolist())

    def joined(self) -> dict[str, tuple[tuple[Span, float], ...]]:
        by_issue = {issue.id: np.flatnonzero(self.home == number) for number, issue in enumerate(self.issues)}
        return {id_: self._members(rows) for id_, rows in by_issue.items() if len(rows)}

    def new_centres(self) -> dict[str, Matrix]:
        """The mean of old and new members, for the issues that something joined."""
        centres = {}
        for number, issue in enumerate(self.issues):
            new = self._at(np.flatnonzero(self.home == number))
            if new:
                old = self.members.get(issue.id, ())
                before = _mean(old) if old else np.asarray(issue.centre, dtype=np.float32)
                size = len(old) or issue.size
                total = size * before.astype(np.float64) + len(new) * _mean(new).astype(np.float64)
                centres[issue.id] = np.asarray(total / (size + len(new)), dtype=np.float32)
        return centres

    def left_over(self) -> list[tuple[ComplaintSegment, str]]:
        return [(self.segments[index], self._reason(index)) for index in np.flatnonzero(self.home < 0).tolist()]

    def _reason(self, index: int) -> str:
        if self.reasons[index]:
            return self.reasons[index]
        if not self.segments[index].counted:
            return "not counted (a copy, an answer, or of an interested author) and near to no issue"
        if self.similarity[index]:
            return f"stands alone: nearest issue at {self.similarity[index]:.2f}, {self.needed:.2f} is needed"
        return "stands alone: no other complaint of this product is like it"


def _needed(similar: Matrix, deviations: float) -> float:
    """The cosine that lies so many standard deviations above those of unrelated complaints and centres.

    Half of the cosines and more are between the unrelated, so that the median and the spread below it (84 % of a
    normal distribution lies above one standard deviation below its mean) describe them, whatever the encoder.
    """
    middle = float(np.median(similar))
    spread = middle - float(np.quantile(similar, 0.1587)) if similar.size >= _ENOUGH else _USUAL_SPREAD
    return round(middle + deviations * min(max(spread, 0.05), 0.3), 6)


def _mean(segments: Sequence[ComplaintSegment]) -> Matrix:
    return np.asarray(np.mean([segment.embedding for segment in segments], axis=0, dtype=np.float64), dtype=np.float32)
