"""All complaints of a product in one space: their vectors, their words, and what lies between unrelated ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.complaints import ComplaintSegment, KnownIssue
from nlp.discovery.features import Background, described, in_context, unit
from nlp.discovery.sharing import Sharing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Rows = NDArray[np.int64]

#: Below this many cosines their spread is a guess, so the usual one is taken.
_ENOUGH = 60
_USUAL_SPREAD = 0.14
#: Above so many cosines an even sample of the rows tells what is usual.
_COSINES = 8_000_000
#: Rows that are compared with all centres at once.
_BLOCK = 16_384


class Space:
    """Segments by row number. ``alone`` are issues without segments at hand: only their centres are known."""

    def __init__(
        self,
        segments: Sequence[ComplaintSegment],
        offsets: Mapping[str, Matrix],
        alone: Sequence[KnownIssue] = (),
    ) -> None:
        self.segments = segments
        self._background = Background(segments, offsets, alone)
        self.rows = described(segments, self._background.centred(segments))
        counted = [row for row, segment in enumerate(segments) if segment.counted]
        self._usual = np.array(counted or range(len(segments)), dtype=np.int64)

    @cached_property
    def sharing(self) -> Sharing:
        """The words of the segments."""
        return Sharing(self.segments)

    def at(self, rows: Rows) -> list[ComplaintSegment]:
        """The segments of the rows."""
        return [self.segments[row] for row in rows.tolist()]

    def counted(self, rows: Rows) -> Rows:
        """The rows that count."""
        return np.array([row for row in rows.tolist() if self.segments[row].counted], dtype=np.int64)

    def people(self, rows: Rows) -> int:
        """How many different feedback that count."""
        return len({segment.span.feedback for segment in self.at(rows) if segment.counted})

    def centre(self, rows: Rows) -> Matrix:
        """The middle of those that count: many copies of one text would draw an issue to its wording."""
        counted = self.counted(rows)
        return unit(self.rows[counted if len(counted) else rows].mean(axis=0))

    def stored_centre(self, issue: KnownIssue) -> Matrix:
        """The centre of an issue whose segments are not at hand; its words are not known."""
        centre = self._background.centred_centre(issue)
        return np.asarray(np.pad(centre, (0, self.rows.shape[1] - len(centre))), dtype=np.float32)

    def in_context(self, rows: Rows) -> Matrix:
        """The vectors of the rows, mixed with those of their neighbours in the same feedback."""
        return in_context(self.at(rows), self.rows[rows])

    def nearest(self, rows: Rows, centres: Matrix) -> tuple[Rows, Matrix]:
        """The number of the centre that each row is nearest to, and the cosine to it; of shape ``(n,)``."""
        best = np.zeros(len(rows), dtype=np.int64)
        cosine = np.zeros(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _BLOCK):
            similar = self.rows[rows[start : start + _BLOCK]] @ centres.T
            best[start : start + _BLOCK] = similar.argmax(axis=1)
            cosine[start : start + _BLOCK] = similar.max(axis=1)
        return best, cosine

    def unrelated(self, centres: Matrix) -> tuple[float, float]:
        """The middle and the standard deviation of the cosines of unrelated complaints and centres.

        Half of the cosines and more are between the unrelated, so that the median and the spread below it (84 % of a
        normal distribution lies above one standard deviation below its mean) describe them, whatever the encoder.
        """
        rows = self._usual[:: -(-self._usual.size * len(centres) // _COSINES)]
        similar = self.rows[rows] @ centres.T
        middle = float(np.median(similar))
        spread = middle - float(np.quantile(similar, 0.1587)) if similar.size >= _ENOUGH else _USUAL_SPREAD
        return middle, min(max(spread, 0.05), 0.3)
