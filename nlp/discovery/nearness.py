"""How near two groups of complaints lie to each other, measured by how near the members of each lie to their own.

A bare cosine says little: an encoder crowds its cosines, and issues differ in how alike their members are. Here each
feedback is compared with the middle of its own group, from which it is left out itself, and with the middle of the
other group. The nearness is the second cosine over the first, both counted from what unrelated complaints show: about
1 for two halves of one story cut at random, about 0 for two stories that have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Values = NDArray[np.float64]

_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Unit vectors of members that count, shape ``(n, width)``, and the feedback of each."""

    rows: Matrix
    feedback: Sequence[str]

    @property
    def people(self) -> int:
        """How many different feedback."""
        return len(set(self.feedback))


class Nearness:
    """Two groups of at least two feedback each; ``unrelated`` is the usual cosine of a complaint to a foreign middle.

    A feedback is the mean of its segments, as those of one writer are alike; both groups weigh the same. The tests
    are one-sided, with the variance of the jackknife (Efron and Stein 1981, "The Jackknife Estimate of Variance"),
    which knows that the middles are estimated too, and the degrees of freedom of Welch (1947, "The generalization of
    'Student's' problem").
    """

    def __init__(self, one: Group, other: Group, unrelated: float = 0.0) -> None:
        mine, theirs = _by_feedback(one), _by_feedback(other)
        self._unrelated = unrelated
        self._own = _own(mine) + _own(theirs)
        self._foreign = _foreign(mine.sum(axis=0), len(mine), theirs.sum(axis=0), len(theirs))
        self._without = [_without_each(mine, theirs), _without_each(theirs, mine)]

    @property
    def ratio(self) -> float:
        """The nearness; 0 where the members of a group are not even near to their own middle."""
        own = self._own - 2 * self._unrelated
        return (self._foreign - 2 * self._unrelated) / own if own > 0 else 0.0

    def p_not_above(self, bar: float) -> float:
        """The chance of what is seen if the nearness were the bar or less: small says that they lie nearer."""
        return self._p_value(bar, 1.0)

    def p_not_below(self, bar: float) -> float:
        """The chance of what is seen if the nearness were the bar or more: small says that they lie farther apart."""
        return self._p_value(bar, -1.0)

    def _p_value(self, bar: float, sign: float) -> float:
        from scipy import stats

        beyond = sign * (self._foreign - bar * self._own - 2 * (1 - bar) * self._unrelated)
        variances, freedoms = [], []
        for own, foreign in self._without:
            left = foreign - bar * own
            variances.append(float((len(left) - 1) / len(left) * ((left - left.mean()) ** 2).sum()))
            freedoms.append(len(left) - 1)
        if sum(variances) < _TINY:
            return 0.0 if beyond > 0 else 1.0
        freedom = sum(variances) ** 2 / sum(
            variance**2 / free for variance, free in zip(variances, freedoms, strict=True)
        )
        return float(stats.t.sf(beyond / sum(variances) ** 0.5, freedom))


def halves(rows: Matrix, langs: Sequence[str]) -> NDArray[np.bool_]:
    """The two groups that part the rows best (2-means): true for the smaller one, or the later one of equals.

    What tells the languages apart is taken away first, so that they do not decide.
    """
    from sklearn.cluster import KMeans

    table = rows.astype(np.float64)
    for lang in sorted(set(langs)):
        mine = np.array([other == lang for other in langs])
        table[mine] -= table[mine].mean(axis=0)
    labels = KMeans(2, n_init=10, random_state=0).fit_predict(np.round(table, 6))
    second = labels != labels[0]
    return np.asarray(second if second.sum() <= len(rows) / 2 else ~second)


def _by_feedback(group: Group) -> Values:
    names = sorted(set(group.feedback))
    place = {name: number for number, name in enumerate(names)}
    which = np.array([place[name] for name in group.feedback])
    summed = np.zeros((len(names), group.rows.shape[1]))
    np.add.at(summed, which, group.rows.astype(np.float64))
    return np.asarray(summed / np.bincount(which)[:, None])


def _own(rows: Values) -> float:
    """The mean cosine of a feedback to the middle of the others."""
    gram = rows @ rows.T
    to_all, itself = gram.sum(axis=1), gram.diagonal()
    length = _root(gram.sum() - 2 * to_all + itself)
    return float(((to_all - itself) / length).mean())


def _foreign(mine: Values, count: int, theirs: Values, other_count: int) -> float:
    """The mean cosine to the other group's middle, of both sides, from the sums of their rows."""
    product = float(mine @ theirs)
    return product / count / _length(theirs) + product / other_count / _length(mine)


def _without_each(mine: Values, theirs: Values) -> tuple[Values, Values]:
    """What both cosines were without each of one's own feedback; arrays of shape ``(n,)``."""
    gram = mine @ mine.T
    to_all, itself, count = gram.sum(axis=1), gram.diagonal(), len(mine)
    near = to_all[:, None] - itself[:, None] - gram
    length = _root(gram.sum() - 2 * (to_all[:, None] + to_all[None, :]) + itself[:, None] + itself[None, :] + 2 * gram)
    cosines = near / length
    own = (cosines.sum(axis=0) - cosines.diagonal()) / (count - 1)
    total, other = mine.sum(axis=0), theirs.sum(axis=0)
    product = total @ other - mine @ other
    rest = _root(total @ total - 2 * to_all + itself)
    return own + _own(theirs), product / (count - 1) / _length(other) + product / len(theirs) / rest


def _root(squares: Values) -> Values:
    return np.asarray(np.sqrt(np.maximum(squares, _TINY)))


def _length(vector: Values) -> float:
    return max(float(np.sqrt(vector @ vector)), _TINY)
