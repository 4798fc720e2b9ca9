"""The issues of a product in one space, as groups that can be compared with each other and parted in two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.complaints import ComplaintSegment
from nlp.discovery.features import Background
from nlp.discovery.nearness import Group, Nearness, halves
from nlp.discovery.said import as_said
from nlp.discovery.sharing import Marks, Sharing
from nlp.discovery.space import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Rows = NDArray[np.int64]

#: Members of an issue that are looked at; more of them change little.
_LOOKED_AT = 300
#: How much nearer than the bar a pair may turn out than all cosines at once let expect.
_MARGIN = 4
#: How many words of each language say what a group is about.
_WORDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class IssueGroup:
    """An issue in the space of its product: the rows of all members, and of those that count and are looked at."""

    id: str
    everyone: Rows
    rows: Rows
    group: Group


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """An issue in two: the rows of the larger and of the smaller side, their feedback, and how near they lie."""

    large: Rows
    small: Rows
    sizes: tuple[int, int]
    nearness: Nearness


class IssueGroups:
    """The issues of a product that at least two people speak of; ``members`` by issue, ``alone`` those without one."""

    def __init__(
        self,
        members: Mapping[str, Sequence[ComplaintSegment]],
        alone: Sequence[ComplaintSegment],
        offsets: Mapping[str, Matrix],
    ) -> None:
        self._segments = [*alone, *(one for mine in members.values() for one in mine)]
        self._space = Space(self._segments, offsets)
        self._centred = Background(self._segments, offsets).centred(self._segments)
        self._cuts: dict[tuple[str, int], Cut | None] = {}
        self.issues: list[IssueGroup] = []
        start = len(alone)
        for id_, mine in members.items():
            everyone = np.arange(start, start + len(mine))
            start += len(mine)
            rows = _sample(self._space.counted(everyone))
            if self._space.people(rows) > 1:
                self.issues.append(IssueGroup(id_, everyone, rows, self._group(rows)))
        middles = np.array([self._space.centre(issue.rows) for issue in self.issues])
        self._unrelated = self._space.unrelated(middles)[0] if len(middles) else 0.0

    def nearness(self, one: IssueGroup, other: IssueGroup) -> Nearness:
        """How near two of the issues lie to each other."""
        return Nearness(one.group, other.group, self._unrelated)

    def rather_near(self, least: int, bar: float) -> Iterator[tuple[IssueGroup, IssueGroup]]:
        """The pairs of enough people whose nearness may reach the bar."""
        issues = [issue for issue in self.issues if issue.group.people >= least]
        if len(issues) < 2:
            return
        middles = np.array([self._space.centre(issue.rows) for issue in issues])
        near = np.array([(issue.group.rows @ middles.T).mean(axis=0) for issue in issues]) - self._unrelated
        own = np.maximum(near.diagonal(), 1e-9)
        # a member is part of the middle it is compared with here, so that its own one seems nearer than it is
        ratio = (near + near.T) / (own[:, None] + own[None, :])
        for first, second in np.argwhere(np.triu(ratio >= bar / _MARGIN, 1)).tolist():
            yield issues[first], issues[second]

    def cut(self, issue: IssueGroup, least: int) -> Cut | None:
        """An issue parted where it parts best; ``None`` where a side has fewer feedback than ``least``."""
        if (issue.id, least) not in self._cuts:
            self._cuts[issue.id, least] = self._parted(issue, least)
        return self._cuts[issue.id, least]

    def own_words(self, cut: Cut) -> tuple[tuple[str, ...], ...] | None:
        """A few words of each side that the other one hardly says; ``None`` unless a language tells both apart."""
        sides = (cut.large, cut.small)
        sharing = Sharing([self._segments[row] for rows in sides for row in rows.tolist()])
        numbers = (range(len(cut.large)), range(len(cut.large), len(cut.large) + len(cut.small)))
        marks = [sharing.marks(side) for side in numbers]
        if not any(marks[0][lang] and marks[1].get(lang) for lang in marks[0]):
            return None
        return tuple(self._as_said(rows, mark) for rows, mark in zip(sides, marks, strict=True))

    def shared_words(self, issue: IssueGroup, foreign: Marks) -> tuple[str, ...]:
        """A few of the words by which an issue is known and another one too."""
        return self._as_said(
            issue.rows,
            {
                lang: {word: 1.0 for word in words if word in foreign.get(lang, ())}
                for lang, words in self.marks(issue).items()
            },
        )

    def marks(self, issue: IssueGroup) -> Marks:
        """The words by which an issue is known among those of its product."""
        return self._space.sharing.marks(issue.rows.tolist())

    def with_the_smaller(self, issue: IssueGroup, cut: Cut) -> tuple[str, ...]:
        """The feedback, counted or not, whose segments lie nearer to the smaller side."""
        large, small = (self._space.centre(rows) for rows in (cut.large, cut.small))
        nearer: dict[str, float] = {}
        for row in issue.everyone.tolist():
            key = self._segments[row].span.feedback
            nearer[key] = nearer.get(key, 0.0) + float(self._space.rows[row] @ (small - large))
        return tuple(sorted(key for key, sum_ in nearer.items() if sum_ > 0))

    def newest(self, issue: IssueGroup) -> datetime:
        """The time of the newest feedback in an issue."""
        newest: datetime = max(self._segments[row].created_at for row in issue.everyone.tolist())
        return newest

    def across(self, issue: IssueGroup) -> Group:
        """An issue by its embeddings alone, from the middle of its product: comparable with other products."""
        return Group(self._centred[issue.rows], issue.group.feedback)

    def _parted(self, issue: IssueGroup, least: int) -> Cut | None:
        if issue.group.people < 2 * least:
            return None
        small = halves(issue.group.rows, [self._segments[row].lang for row in issue.rows.tolist()])
        sides = (issue.rows[~small], issue.rows[small])
        one, other = map(self._group, sides)
        if min(one.people, other.people) < least:
            return None
        return Cut(*sides, (one.people, other.people), Nearness(one, other, self._unrelated))

    def _group(self, rows: Rows) -> Group:
        return Group(self._space.rows[rows], [self._segments[row].span.feedback for row in rows.tolist()])

    def _as_said(self, rows: Rows, marks: Marks) -> tuple[str, ...]:
        return as_said(self._space.at(rows), {lang: list(words) for lang, words in marks.items()}, _WORDS)


def _sample(rows: Rows) -> Rows:
    return rows[:: -(-len(rows) // _LOOKED_AT)] if len(rows) else rows
