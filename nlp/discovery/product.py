"""The complaints of one product on their way to issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from koe.issue import Span
from koe.settings import DiscoverySettings
from nlp.discovery.complaints import ComplaintSegment, FoundIssue, KnownIssue, Unassigned
from nlp.discovery.founding import merged
from nlp.discovery.grouping import group
from nlp.discovery.naming import name_issues
from nlp.discovery.reasons import Reasons
from nlp.discovery.second_look import second_look
from nlp.discovery.space import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Rows = NDArray[np.int64]

#: A group whose centre is this near to a known issue's is that issue, said in new words.
_SAME = 0.8
_ROUNDS = 2
#: How many standard deviations more a member needs that says none of the words of the others.
_WORDLESS = 1.5
_NOTHING_SHARED = "stands alone: the complaints nearest to it share no words that tell what they are about"


class Product:
    """New segments first, then the present members of known issues; ``home`` is a new one's issue, -1 for none.

    Issues are numbered here: the known ones in their order, then the new ones.
    """

    def __init__(
        self,
        segments: Sequence[ComplaintSegment],
        issues: Sequence[KnownIssue],
        settings: DiscoverySettings,
        members: Mapping[str, Sequence[ComplaintSegment]],
        offsets: Mapping[str, Matrix],
    ) -> None:
        self.segments = segments
        self.issues = issues
        self.settings = settings
        self.members = members
        old: list[ComplaintSegment] = []
        self.old_rows: list[Rows] = []
        for issue in issues:
            start = len(segments) + len(old)
            old += members.get(issue.id, ())
            self.old_rows.append(np.arange(start, len(segments) + len(old)))
        self.space = Space([*segments, *old], offsets, [issue for issue in issues if not members.get(issue.id)])
        self.centres: list[Matrix] = [
            self.space.centre(rows) if len(rows) else self.space.stored_centre(issue)
            for issue, rows in zip(issues, self.old_rows, strict=True)
        ]
        self.home: Rows = np.full(len(segments), -1, dtype=np.int64)
        self.similarity = np.zeros(len(segments))
        self.reasons = [""] * len(segments)

    def assign_to_known(self) -> None:
        """Known issues take their own first."""
        if self.centres:
            self._settle(np.arange(len(self.segments)), self.centres, 0)

    def found_new(self) -> None:
        """Group what is left, let everyone left join the nearest group, keep those of enough people and one thing."""
        rest = np.flatnonzero(self.home < 0)
        counted = self.space.counted(rest)
        if not len(counted):
            return
        labels = group(self.space.in_context(counted), self.settings.found)
        groups = [counted[labels == label] for label in range(int(labels.max()) + 1)]
        groups = merged([rows for rows in groups if self.space.people(rows) > 1], self.space)
        self._tell_small(groups)
        groups = self._of_enough(groups)
        for _ in range(_ROUNDS):
            if not groups:
                break
            self.home[rest] = -1
            self._settle(rest, [self.space.centre(rows) for rows in groups], len(self.issues))
            groups = [rest[self.home[rest] == len(self.issues) + number] for number in range(len(groups))]
            self._tell_small(groups)
            groups = self._of_enough(groups)
        self.home[rest] = -1
        self._keep(groups)

    def _keep(self, groups: Sequence[Rows]) -> None:
        known = len(self.issues)
        for rows in groups:
            counted = self.space.counted(rows)
            if not (self.space.sharing.is_one_thing(counted.tolist()) or self._dangerous(counted)):
                self._tell(rows, _NOTHING_SHARED)
                continue
            centre, number = self.space.centre(rows), len(self.centres)
            near = np.array([float(other @ centre) for other in self.centres[:known]])
            if known and near.max() >= _SAME:
                number = int(near.argmax())
            else:
                self.centres.append(centre)
            self.similarity[rows] = self.space.rows[rows] @ self.centres[number]
            sure = self._sure(rows)
            self.home[sure if self.space.people(sure) >= self.settings.min_members else rows] = number

    def _dangerous(self, rows: Rows) -> bool:
        """Whether half of a group tells of danger: smoke and burns have many names, and must not wait for one."""
        return sum(segment.safety for segment in self.space.at(rows)) >= len(rows) / 2

    def _sure(self, rows: Rows) -> Rows:
        """The rows without those that are only just near enough and say none of the words of the others."""
        marks = self.space.sharing.marks(rows.tolist())
        bar = self.needed + _WORDLESS * self.spread
        sure = [
            row
            for row in rows.tolist()
            if self.similarity[row] >= bar
            or not marks.get(self.segments[row].lang)
            or self.space.sharing.marked(row, marks)
        ]
        return np.array(sure, dtype=np.int64)

    def look_again(self) -> None:
        """Offer what is left to the issues once more; see :mod:`nlp.discovery.second_look`."""
        if self.centres:
            members = [np.flatnonzero(self.home == number) for number in range(len(self.centres))]
            for number, rows in enumerate(self.old_rows):
                members[number] = np.concatenate([members[number], rows])
            left = np.flatnonzero(self.home < 0)
            for row, number, similarity in second_look(left, members, self.centres, self.space, self.settings.assign):
                self.home[row], self.similarity[row] = number, similarity

    @cached_property
    def found(self) -> list[FoundIssue]:
        """The new issues with their names."""
        new = [np.flatnonzero(self.home == number) for number in range(len(self.issues), len(self.centres))]
        labels = name_issues(
            [self.space.at(rows) for rows in new],
            [self.space.rows[rows] for rows in new],
            [self.space.sharing.weights(rows.tolist()) for rows in new],
        )
        return [
            FoundIssue(
                product_id=self.segments[int(rows[0])].product_id,
                label=label,
                first_seen=self.segments[int(rows[0])].created_at,
                members=self._members(rows),
                centre=_mean(self.space.at(rows)),
            )
            for rows, label in zip(new, labels, strict=True)
        ]

    def joined(self) -> dict[str, tuple[tuple[Span, float], ...]]:
        """The new members of known issues."""
        by_issue = {issue.id: np.flatnonzero(self.home == number) for number, issue in enumerate(self.issues)}
        return {id_: self._members(rows) for id_, rows in by_issue.items() if len(rows)}

    def left_over(self) -> list[tuple[ComplaintSegment, Unassigned]]:
        """The segments without an issue, and why."""
        rows = np.flatnonzero(self.home < 0)
        reasons = Reasons(self.space, self.centres, self.settings.assign, self.reasons)
        told: list[tuple[ComplaintSegment, Unassigned]] = []
        for row in rows.tolist():
            reason, number = reasons.of(row)
            segment, known = self.segments[row], len(self.issues)
            near = None if number is None else self.issues[number].id if number < known else self.found[number - known]
            told.append((segment, Unassigned(segment.span, reason, near)))
        return told

    def _settle(self, candidates: Rows, centres: Sequence[Matrix], first: int) -> None:
        """Give each candidate the nearest centre when that is nearer than unrelated complaints ever are."""
        table = np.stack(centres)
        best, nearest = self.space.nearest(candidates, table)
        middle, self.spread = self.space.unrelated(table)
        self.needed = round(middle + self.settings.assign * self.spread, 6)
        inside = nearest >= self.needed
        self.home[candidates[inside]] = first + best[inside]
        self.similarity[candidates] = nearest

    def _of_enough(self, groups: Sequence[Rows]) -> list[Rows]:
        return [rows for rows in groups if self.space.people(rows) >= self.settings.min_members]

    def _tell_small(self, groups: Sequence[Rows]) -> None:
        least = self.settings.min_members
        for rows in groups:
            people = self.space.people(rows)
            if 1 < people < least:
                self._tell(rows, f"too few: {people} of {least} different feedback say this")

    def _tell(self, rows: Rows, reason: str) -> None:
        for row in rows.tolist():
            self.reasons[row] = reason

    def _members(self, rows: Rows) -> tuple[tuple[Span, float], ...]:
        return tuple((self.segments[row].span, round(float(self.similarity[row]), 4)) for row in rows.tolist())


def centre_with(issue: KnownIssue, old: Sequence[ComplaintSegment], new: Sequence[ComplaintSegment]) -> Matrix:
    """The mean of an issue's old and new members; where the old ones are not at hand, its centre stands for them."""
    before = _mean(old) if old else np.asarray(issue.centre, dtype=np.float32)
    size = len(old) or issue.size
    total = size * before.astype(np.float64) + len(new) * _mean(new).astype(np.float64)
    return np.asarray(total / (size + len(new)), dtype=np.float32)


def _mean(segments: Sequence[ComplaintSegment]) -> Matrix:
    return np.asarray(np.mean([segment.embedding for segment in segments], axis=0, dtype=np.float64), dtype=np.float32)
