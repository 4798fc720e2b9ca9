"""Counts: how many feedback of a product speak of an issue in a week, and out of how many.

The words are exact. The *count* of an issue in a week is the number of different Feedback of its product, dated in
that week, with at least one member segment. Copies, staff, incentivised and syndicated feedback and answers do not
count; they are kept beside. Its *exposure* is all Feedback of that product and week under the same rule, or the units
that were told for the product. The *rate* is count over exposure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from koe.issue import Span
from koe.week import Week


@dataclass(frozen=True, slots=True)
class CountedRow:
    """What counting needs to know of a Feedback: ``counted`` already knows of copies, interests and answers."""

    id: str
    product_id: str | None
    week: Week
    counted: bool
    version: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class WeeklySeries:
    """An issue's weeks, oldest first: ``counts`` out of ``exposures``; ``in_units`` says what those are.

    ``counted`` and ``beside`` are the ids behind the counts and those kept beside, by week.
    """

    weeks: Sequence[Week]
    counts: NDArray[np.int64]
    exposures: NDArray[np.float64]
    in_units: bool
    counted: Mapping[Week, Sequence[str]]
    beside: Mapping[Week, Sequence[str]]


def weekly_series(
    rows: Iterable[CountedRow],
    members: Iterable[tuple[str, Span]],
    product_of: Mapping[str, str | None],
    until: Week,
    units: Mapping[str | None, Mapping[Week, float]] | None = None,
    also: Mapping[str, Collection[str | None]] | None = None,
) -> dict[str, WeeklySeries]:
    """Each issue's counts and exposures from its product's first week until a week.

    Args:
        rows: the feedback that is seen, each once, in its version that is seen.
        members: pairs of issue id and member span; spans of feedback that is not seen, or of a version that comes
            after the one that is seen, are left out, as is feedback of another product than the issue's.
        product_of: the product of each issue; issues without members have a series of zeros.
        until: the last week.
        units: units by product and week, taken as exposure where every week with history has some.
        also: further products of an issue, where issues of theirs were merged into it; their feedback counts too.
    """
    by_id = {row.id: row for row in rows if row.week <= until}
    totals: dict[str | None, dict[Week, int]] = defaultdict(lambda: defaultdict(int))
    first: dict[str | None, Week] = {}
    for row in by_id.values():
        first[row.product_id] = min(first.get(row.product_id, until), row.week)
        totals[row.product_id][row.week] += row.counted
    products = {issue: {product, *(also or {}).get(issue, ())} for issue, product in product_of.items()}
    speaking: dict[str, dict[Week, set[str]]] = {issue: defaultdict(set) for issue in product_of}
    for issue, span in members:
        seen = by_id.get(span.feedback)
        if seen and issue in speaking and span.version <= seen.version and seen.product_id in products[issue]:
            speaking[issue][seen.week].add(seen.id)
    return {
        issue: _series(
            speaking[issue],
            by_id,
            min(first.get(product, until) for product in own),
            until,
            _all_feedback(own, totals),
            _all_units(own, units),
        )
        for issue, own in products.items()
    }


def _all_feedback(own: Collection[str | None], totals: Mapping[str | None, Mapping[Week, int]]) -> dict[Week, int]:
    weeks = {week for product in own for week in totals.get(product, ())}
    return {week: sum(totals[product].get(week, 0) for product in own if product in totals) for week in weeks}


def _all_units(
    own: Collection[str | None], units: Mapping[str | None, Mapping[Week, float]] | None
) -> dict[Week, float] | None:
    """The units of the weeks in which all products have some; ``None`` where a product has none."""
    told = [(units or {}).get(product) for product in own]
    known = [weeks for weeks in told if weeks is not None]
    if len(known) < len(told):
        return None
    return {week: sum(weeks[week] for weeks in known) for week in set.intersection(*map(set, known))}


def _series(
    ids: Mapping[Week, set[str]],
    by_id: Mapping[str, CountedRow],
    first: Week,
    until: Week,
    totals: Mapping[Week, int],
    units: Mapping[Week, float] | None,
) -> WeeklySeries:
    weeks = [first + index for index in range(until.weeks_since(first) + 1)]
    counted = {week: sorted(key for key in ids.get(week, ()) if by_id[key].counted) for week in weeks}
    beside = {week: sorted(key for key in ids.get(week, ()) if not by_id[key].counted) for week in weeks}
    in_units = units is not None and all(units.get(week, 0) > 0 for week in weeks)
    exposures = [units[week] if units and in_units else totals.get(week, 0) for week in weeks]
    return WeeklySeries(
        weeks,
        np.array([len(counted[week]) for week in weeks], dtype=np.int64),
        np.array(exposures, dtype=np.float64),
        in_units,
        counted,
        beside,
    )
