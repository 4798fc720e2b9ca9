"""Which of the groups in the rest may become issues: fragments put together, groups about nothing left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.sharing import Marks, common
from nlp.discovery.space import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Rows = NDArray[np.int64]

#: Two groups are pieces of one when their centres are so near, measured by how near their members are to them.
_PIECES = 0.3
#: The same for groups that have no language in common, so that their words cannot agree.
_ACROSS = 0.6


def merged(groups: Sequence[Rows], space: Space) -> list[Rows]:
    """The groups, pieces of one story put together: centres near, and a same word known (or no language in common)."""
    groups = list(groups)
    pieces = [_Piece.of(rows, space) for rows in groups]
    while len(groups) > 1:
        pairs = _pairs(pieces)
        if not pairs:
            break
        _, one, other = min(pairs)
        groups[one] = np.sort(np.concatenate([groups[one], groups[other]]))
        # only what was put together is described anew, so that the time does not grow with groups times members
        pieces[one] = _Piece.of(groups[one], space)
        del groups[other], pieces[other]
    return groups


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A group: its centre, how near its members are to it, and the words by which it is known."""

    centre: Matrix
    within: float
    marks: Marks

    @classmethod
    def of(cls, rows: Rows, space: Space) -> _Piece:
        centre = space.centre(rows)
        within = max(float((space.rows[rows] @ centre).mean()), 0.0)
        return cls(centre, within, space.sharing.marks(rows.tolist()))


def _pairs(pieces: Sequence[_Piece]) -> list[tuple[float, int, int]]:
    centres = np.stack([piece.centre for piece in pieces])
    within = [piece.within for piece in pieces]
    near = centres @ centres.T / np.maximum(np.sqrt(np.outer(within, within)), 1e-9)
    return [
        (-round(float(near[one, other]), 6), one, other)
        for one, other in np.argwhere(np.triu(near >= _PIECES, 1)).tolist()
        if common(pieces[one].marks, pieces[other].marks)
        or (near[one, other] >= _ACROSS and not set(pieces[one].marks) & set(pieces[other].marks))
    ]
