"""Vectors of complaint segments: what a text complains of, as the model that read it placed it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from storage.models import AnalysisRow, SegmentRow
from storage.statements import IN_LIST, batched

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_analyses = AnalysisRow.table()
_segments = SegmentRow.table()


class SegmentVectors:
    """Reads stored vectors; computes none, so that nothing here needs the model."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_complaints(
        self, text_hashes: Collection[str], model: str, complaint: float
    ) -> dict[str, NDArray[np.float32]]:
        """The complaint segments of texts: by hash a matrix of unit vectors, one row a segment.

        Only vectors of this very model (its name with its version), for those of another cannot be compared; only
        segments that complain with at least this probability. Texts without any are left out.
        """
        import numpy as np

        packed: dict[str, list[bytes]] = {}
        for part in batched(dict.fromkeys(text_hashes), IN_LIST):
            query = (
                select(_analyses.c.text_hash, _segments.c.embedding)
                .join(_segments, _segments.c.analysis == _analyses.c.id)
                .where(_analyses.c.text_hash.in_(part), _analyses.c.model == model)
                .where(_segments.c.complaint >= complaint)
                .order_by(_analyses.c.id, _segments.c.position)
            )
            for row in self._connection.execute(query):
                if row.embedding:
                    packed.setdefault(row.text_hash, []).append(row.embedding)
        found = {}
        for digest, rows in packed.items():
            vectors = np.stack([np.frombuffer(row, dtype="<f2") for row in rows]).astype(np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            found[digest] = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
        return found
