"""Why a complaint belongs to no issue, in words that a reader of the report can check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.space import Space
from nlp.discovery.words import NEGATIONS, spoken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

#: With one word that carries meaning and fewer letters than this (a Japanese one is two) nobody can tell the fault.
_TELLING = 12


class Reasons:
    """The reasons of a product's segments, told when its issues stand: ``centres`` are those of all its issues.

    ``told`` has what the founding said of a row: that too few say the same, or that its group is about nothing.
    """

    def __init__(self, space: Space, centres: Sequence[Matrix], assign: float, told: Sequence[str]) -> None:
        self._space = space
        self._told = told
        self._table = np.stack(centres) if len(centres) else None
        self._needed = 0.0
        if self._table is not None:
            middle, spread = space.unrelated(self._table)
            self._needed = middle + assign * spread

    def of(self, row: int) -> tuple[str, int | None]:
        """The reason of a row, and the number of the nearest issue where the reason speaks of it."""
        if self._says_nothing(row):
            return "stands alone: too short to tell what it is about", None
        if not self._space.segments[row].counted and not self._told[row]:
            return "not counted (a copy, an answer, or of an interested author) and near to no issue", None
        if self._told[row]:
            return self._told[row], None
        return self._by_nearest(row)

    def _by_nearest(self, row: int) -> tuple[str, int | None]:
        if self._table is None:
            return "stands alone: no other complaint of this product is like it", None
        near = self._table @ self._space.rows[row]
        number = int(near.argmax())
        similarity = f"similarity {near[number]:.2f}"
        if near[number] >= self._needed:
            return f"stands alone: it says none of the words by which its nearest issue is known, {similarity}", number
        return f"stands alone: nobody else says this; {similarity}, {self._needed:.2f} is needed", number

    def _says_nothing(self, row: int) -> bool:
        segment = self._space.segments[row]
        letters = sum(1 if char.isascii() else 2 for char in spoken(segment.text) if char.isalnum())
        return letters < _TELLING and len(self._space.sharing.words[row] - NEGATIONS) < 2
