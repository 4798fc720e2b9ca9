"""Segments left alone although an issue tells their story: a lower bar where a second sign agrees.

The signs are that the same feedback is in the issue already, above all with the statement beside it, and that the
segment says a word by which its nearest issue is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from koe.issue import Span
from nlp.discovery.space import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Rows = NDArray[np.int64]

#: How many standard deviations less are needed for each sign.
_SAME_WORDS, _SAME_WRITER, _BESIDE = 1.0, 1.0, 1.5
#: Characters between two statements that follow each other.
_GAP = 3


def second_look(
    left: Rows, members: Sequence[Rows], centres: Sequence[Matrix], space: Space, assign: float
) -> Iterator[tuple[int, int, float]]:
    """The rows that belong to an issue after all, with its number and their similarity.

    ``members`` and ``centres`` are those of each issue; ``assign`` is the usual bar in standard deviations.
    """
    marks = [space.sharing.marks(rows.tolist()) for rows in members]
    told = _told(members, space)
    table = np.stack(centres)
    middle, spread = space.unrelated(table)
    for row in left.tolist():
        span = space.segments[row].span
        similar = table @ space.rows[row]
        nearest = int(similar.argmax())
        less = dict.fromkeys([nearest], _SAME_WORDS) if space.sharing.marked(row, marks[nearest]) else {}
        for number, spans in told.get(span.feedback, {}).items():
            less[number] = less.get(number, 0.0) + (
                _BESIDE if any(_beside(span, other) for other in spans) else _SAME_WRITER
            )
        fit = [
            (-float(similar[number]), number)
            for number, deviations in less.items()
            if similar[number] >= middle + (assign - deviations) * spread
        ]
        if fit:
            similarity, number = min(fit)
            yield row, number, -similarity


def _told(members: Sequence[Rows], space: Space) -> dict[str, dict[int, list[Span]]]:
    """Where each feedback speaks of each issue."""
    told: dict[str, dict[int, list[Span]]] = {}
    for number, rows in enumerate(members):
        for segment in space.at(rows):
            told.setdefault(segment.span.feedback, {}).setdefault(number, []).append(segment.span)
    return told


def _beside(one: Span, other: Span) -> bool:
    gap = max(one.start, other.start) - min(one.end, other.end)
    return (one.version, one.field) == (other.version, other.field) and gap <= _GAP
