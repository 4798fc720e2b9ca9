"""Groups among vectors: each moves towards its nearest neighbours for a few steps, then average linkage.

The steps are blurring mean shift on the unit sphere over a nearest-neighbour graph (Cheng 1995, "Mean Shift, Mode
Seeking, and Clustering"): what several people say gathers in one place, what one says alone stays where it is. After
that average linkage (scipy) has clear gaps to cut at, and the cut hardly depends on the encoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.features import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Labels = NDArray[np.int64]

_STEPS = 3
_BLOCK = 2048
#: Average linkage holds all pairs: above this many rows it links small k-means cells instead.
_LINKED = 4000
_CELLS = 2000


def group(rows: Matrix, cut: float) -> Labels:
    """Group numbers for unit vectors, shape ``(n,)``; two groups are one when their mean cosine reaches ``cut``.

    Deterministic; numbers are in the order of first appearance. Time grows with n squared in matrix products only
    (50,000 rows take minutes); memory with n.
    """
    if len(rows) < 2:
        return np.zeros(len(rows), dtype=np.int64)
    gathered = rows
    for _ in range(_STEPS):
        gathered = _step(gathered, neighbours_for(len(rows)))
    if len(rows) <= _LINKED:
        return _renumbered(_linked(gathered, cut))
    from sklearn.cluster import MiniBatchKMeans

    cells = MiniBatchKMeans(_CELLS, random_state=0, n_init=1, batch_size=4096, max_iter=20).fit(gathered)
    # an empty cell has no rows, so that its number simply never occurs
    return _renumbered(_linked(unit(cells.cluster_centers_), cut)[cells.labels_])


def neighbours_for(count: int) -> int:
    """How many neighbours a row looks at: about 1.3 times the root of the number of rows, 5 to 60."""
    return int(min(max(5, round(1.3 * count**0.5)), 60, count))


def _step(rows: Matrix, neighbours: int) -> Matrix:
    moved = np.empty_like(rows)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        similar = block @ rows.T
        nearest = np.argpartition(-similar, neighbours - 1, axis=1)[:, :neighbours]
        nearest.sort(axis=1)
        weights = np.maximum(np.take_along_axis(similar, nearest, axis=1), 0.0) ** 2
        for index in range(len(block)):
            moved[start + index] = weights[index] @ rows[nearest[index]]
    return unit(moved)


def _linked(rows: Matrix, cut: float) -> Labels:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distances = np.clip(1.0 - rows.astype(np.float64) @ rows.T.astype(np.float64), 0.0, None)
    np.fill_diagonal(distances, 0.0)
    tree = linkage(squareform(np.round(distances, 9), checks=False), "average")
    return np.asarray(fcluster(tree, 1.0 - cut, "distance"), dtype=np.int64)


def _renumbered(labels: Labels) -> Labels:
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)
