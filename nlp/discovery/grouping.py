"""Groups among vectors: each moves towards its nearest neighbours for a few steps, then average linkage.

The steps are blurring mean shift on the unit sphere over a nearest-neighbour graph (Cheng 1995, "Mean Shift, Mode
Seeking, and Clustering"): what several people say gathers in one place, what one says alone stays where it is. After
that average linkage (scipy) has clear gaps to cut at, and the cut hardly depends on the encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.features import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Labels = NDArray[np.int64]

_STEPS = 3
_BLOCK = 1024
#: Above this many rows the neighbours are looked for among an even sample of so many.
_REFERENCES = 8000
#: Average linkage holds all pairs: above this many rows it links leaders, and each row goes with its nearest one.
_LINKED = 4000
#: A row has a leader when it has gathered in the same place.
_LED = 0.95


def group(rows: Matrix, cut: float) -> Labels:
    """Group numbers for unit vectors, shape ``(n,)``; two groups are one when their mean cosine reaches ``cut``.

    Deterministic; numbers are in the order of first appearance. Time and memory grow with n above 8,000 rows, with
    its square below.
    """
    if len(rows) < 2:
        return np.zeros(len(rows), dtype=np.int64)
    gathered = rows
    for _ in range(_STEPS):
        gathered = _step(gathered)
    if len(rows) <= _LINKED:
        return _renumbered(_linked(gathered, cut))
    leaders = _leaders(gathered)
    nearest = np.concatenate([(block @ gathered[leaders].T).argmax(axis=1) for block in _blocks(gathered)])
    return _renumbered(_linked(gathered[leaders], cut)[nearest])


def neighbours_for(count: int) -> int:
    """How many neighbours a row looks at: about 1.3 times the root of the number of rows, 5 to 60."""
    return int(min(max(5, round(1.3 * count**0.5)), 60, count))


def _step(rows: Matrix) -> Matrix:
    stride = -(-len(rows) // _REFERENCES)
    references = rows[::stride]
    neighbours = neighbours_for(len(references))
    moved = []
    for block in _blocks(rows):
        similar = block @ references.T
        nearest = np.argpartition(-similar, neighbours - 1, axis=1)[:, :neighbours]
        nearest.sort(axis=1)
        weights = np.maximum(np.take_along_axis(similar, nearest, axis=1), 0.0) ** 2
        # a row that is no reference is not among its own neighbours, so it is added
        own = block if stride > 1 else np.zeros_like(block)
        pulled = [weight @ references[near] for weight, near in zip(weights, nearest, strict=True)]
        moved.append(own + np.array(pulled, dtype=np.float32))
    return unit(np.concatenate(moved))


def _leaders(rows: Matrix) -> Labels:
    """Rows that stand for all others, at most ``_LINKED``: an even sample, then samples of what it does not cover."""
    leaders: list[int] = []
    left = np.arange(len(rows))
    while len(left) and len(leaders) < _LINKED:
        size = max((_LINKED - len(leaders)) // 2, 1)
        sample = left[:: -(-len(left) // size)]
        leaders += sample.tolist()
        nearest = np.concatenate([(block @ rows[sample].T).max(axis=1) for block in _blocks(rows[left])])
        left = np.setdiff1d(left[nearest < _LED], sample)
    return np.array(sorted(leaders), dtype=np.int64)


def _blocks(rows: Matrix) -> Iterator[Matrix]:
    for start in range(0, len(rows), _BLOCK):
        yield rows[start : start + _BLOCK]


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
