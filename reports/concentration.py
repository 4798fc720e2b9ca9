"""Concentration: does an issue come from one lot, version, size … more than the product's other feedback does?

The measure is the proportional reporting ratio of pharmacovigilance (Evans, Waller & Davis 2001, Pharmacoepidemiology
and Drug Safety 10:483): the share of a value among the issue's feedback, over its share among the product's other
feedback of the same weeks. Half a feedback is added to each cell
(Walter 1975, Biometrika 62:371): empty cells stay finite and small tables are drawn towards 1. The interval is the
usual one on the log scale.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

MEASURE = "PRR"

#: Fewer than this many feedback with a value say nothing about it.
MIN_CASES = 3
_TESTED_AT = 0.05
_Z = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class Concentration:
    """A value of an attribute that an issue is concentrated in.

    ``cases`` of the issue's ``issue_total`` feedback have the value, and ``others`` of the product's ``other_total``
    other feedback; feedback that does not tell the attribute is in neither. ``ratio`` has a 95 % interval from
    ``low`` to ``high``.
    """

    attribute: str
    value: str
    cases: int
    issue_total: int
    others: int
    other_total: int
    ratio: float
    low: float
    high: float
    measure: str = MEASURE


def concentrations(issue: Sequence[Mapping[str, str]], others: Sequence[Mapping[str, str]]) -> list[Concentration]:
    """The values that say something, strongest lower bound first.

    A value says something when at least three feedback of the issue have it, its interval lies above 1, and Fisher's
    exact test holds after Benjamini-Hochberg over all values looked at (an issue is looked at in many ways).

    Args:
        issue: the attributes of each feedback of the issue.
        others: the attributes of each other feedback of the product, counted by the same rule in the same weeks.
    """
    tables = [
        measure(attribute, value, cases, issue_total, others_with[value], other_total)
        for attribute in sorted({name for attributes in issue for name in attributes})
        for issue_with, others_with in [(_values(issue, attribute), _values(others, attribute))]
        for issue_total, other_total in [(issue_with.total(), others_with.total())]
        for value, cases in sorted(issue_with.items())
        if cases >= MIN_CASES and other_total > 0
    ]
    if not tables:
        return []
    chances = [
        float(stats.hypergeom.sf(t.cases - 1, t.issue_total + t.other_total, t.cases + t.others, t.issue_total))
        for t in tables
    ]
    adjusted = stats.false_discovery_control(chances, method="bh")
    telling = [t for t, q in zip(tables, adjusted, strict=True) if q <= _TESTED_AT and t.low > 1]
    return sorted(telling, key=lambda t: (-t.low, t.attribute, t.value))


def measure(attribute: str, value: str, cases: int, issue_total: int, others: int, other_total: int) -> Concentration:
    """The ratio of one two-by-two table with its 95 % interval."""
    a, n, c, m = cases + 0.5, issue_total + 1.0, others + 0.5, other_total + 1.0
    ratio = (a / n) / (c / m)
    deviation = math.sqrt(max(1 / a - 1 / n + 1 / c - 1 / m, 0))
    low, high = ratio * math.exp(-_Z * deviation), ratio * math.exp(_Z * deviation)
    return Concentration(attribute, value, cases, issue_total, others, other_total, ratio, low, high)


def sentence(found: Concentration, lang: str, name: str | None = None) -> str:
    """What was found, in one plain sentence; ``name`` is what the attribute is called in that language."""
    attribute = name or found.attribute
    share, other_share = found.cases / found.issue_total, found.others / found.other_total
    ratio, low, high = (ratio_text(number) for number in (found.ratio, found.low, found.high))
    if lang == "ja":
        return (
            f"{found.issue_total}件中{found.cases}件（{share:.0%}）が{attribute} {found.value}。"
            f"同じ商品の他の声では{other_share:.0%}で、その{ratio}倍（95％区間 {low}〜{high}）。"
        )
    return (
        f"{found.cases} of {found.issue_total} ({share:.0%}) are from {attribute} {found.value}, against "
        f"{other_share:.0%} of the product's other feedback: {ratio} times as many, 95 % interval {low} to {high}."
    )


def ratio_text(number: float) -> str:
    """A ratio with as many digits as mean something."""
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"


def _values(rows: Iterable[Mapping[str, str]], attribute: str) -> Counter[str]:
    return Counter(row[attribute] for row in rows if row.get(attribute))
