"""Proposal: what koe would change about issues and leaves to a person: two that are one, one that is two."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProposalKind(StrEnum):
    """What would be done."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A merge of ``issue`` with ``into``, or a split of ``issue``, with what speaks for it.

    ``nearness`` is how near the two groups lie to each other against how near their members lie to their own (1: they
    are one, 0: they have nothing to do with each other), ``bar`` the nearness they were tested against, ``p_value``
    the chance of what is seen if they did not reach it. ``sizes`` are the different feedback of the two groups.
    ``words`` are those that both share (one tuple, of a merge) or that each has to itself (two tuples, of a split);
    ``feedback`` is what a split would take out. ``part`` is a part that two products have in common.
    ``rests_on`` is the time of the newest feedback in it.
    """

    kind: ProposalKind
    issue: str
    into: str | None
    nearness: float
    bar: float
    p_value: float
    sizes: tuple[int, int]
    words: tuple[tuple[str, ...], ...]
    rests_on: datetime
    feedback: tuple[str, ...] = ()
    part: str | None = None

    @property
    def score(self) -> float:
        """How sure koe is, 0 to 1: what the p-value leaves."""
        return round(1.0 - self.p_value, 4)

    @property
    def command(self) -> str:
        """The command that does it."""
        words = [self.issue, self.into] if self.into is not None else [self.issue, *self.feedback]
        return shlex.join(["koe", "issues", str(self.kind), *words])
