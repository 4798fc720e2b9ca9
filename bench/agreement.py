"""How far two groupings of the same things agree, corrected for chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Agreement(NamedTuple):
    """Both are 1 for equal groupings and about 0 for unrelated ones."""

    rand: float
    information: float


def agreement(truth: Sequence[str], found: Sequence[str]) -> Agreement:
    """Adjusted Rand index (Hubert and Arabie 1985) and adjusted mutual information (Vinh et al. 2010)."""
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    return Agreement(float(adjusted_rand_score(truth, found)), float(adjusted_mutual_info_score(truth, found)))
