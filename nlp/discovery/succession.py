"""Which known issue each group of a refit goes on as."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from koe.issue import Span


def successors(groups: Sequence[Collection[Span]], home: Mapping[Span, str]) -> list[str | None]:
    """The issue that each group goes on as, ``None`` for a group that is new.

    An issue goes on as one group at most. Of all ways to pair them, the one that leaves most segments where they are
    (the assignment problem, Kuhn 1955, by scipy); between equal ones the lower id goes with the earlier group.

    Args:
        groups: the segments of each group.
        home: the issue that a segment is in now.
    """
    from scipy.optimize import linear_sum_assignment

    issues = sorted(set(home.values()), key=lambda id_: (len(id_), id_))
    number = {id_: column for column, id_ in enumerate(issues)}
    shared = np.zeros((len(groups), len(issues)))
    for place, spans in enumerate(groups):
        for span in spans:
            if span in home:
                shared[place, number[home[span]]] += 1
    found: list[str | None] = [None] * len(groups)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if shared[row, column]:
            found[row] = issues[column]
    return found
