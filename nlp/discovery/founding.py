"""Which of the groups in the rest may become issues: fragments put together, groups about nothing left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.sharing import common
from nlp.discovery.space import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

#: Two groups are pieces of one when their centres are so near, measured by how near their members are to them.
_PIECES = 0.3
#: The same for groups that have no language in common, so that their words cannot agree.
_ACROSS = 0.6


def merged(groups: Sequence[Rows], space: Space) -> list[Rows]:
    """The groups, pieces of one story put together: centres near, and a same word known (or no language in common)."""
    groups = list(groups)
    while len(groups) > 1:
        pairs = _pieces(groups, space)
        if not pairs:
            break
        _, one, other = min(pairs)
        groups[one] = np.sort(np.concatenate([groups[one], groups[other]]))
        del groups[other]
    return groups


def _pieces(groups: Sequence[Rows], space: Space) -> list[tuple[float, int, int]]:
    centres = np.stack([space.centre(rows) for rows in groups])
    within = [max(float((space.rows[rows] @ centre).mean()), 0.0) for rows, centre in zip(groups, centres, strict=True)]
    near = centres @ centres.T / np.maximum(np.sqrt(np.outer(within, within)), 1e-9)
    marks = [space.sharing.marks(rows.tolist()) for rows in groups]
    return [
        (-round(float(near[one, other]), 6), one, other)
        for other in range(len(groups))
        for one in range(other)
        if near[one, other] >= _PIECES
        and (
            common(marks[one], marks[other])
            or (near[one, other] >= _ACROSS and not set(marks[one]) & set(marks[other]))
        )
    ]
