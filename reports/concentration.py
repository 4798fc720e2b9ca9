"""Concentration: does an issue come from one lot, version, size … more than the product's other feedback does?

The measure that is told is the proportional reporting ratio of pharmacovigilance (Evans, Waller & Davis 2001,
Pharmacoepidemiology and Drug Safety 10:483): the share of a value among the issue's feedback, over its share among the
product's other feedback of the same weeks. Half a feedback is added to each cell (Walter 1975, Biometrika 62:371):
empty cells stay finite and small tables are drawn towards 1. The interval is the usual one on the log scale.

What is found is put in order by the information component of the BCPNN (Bate et al. 1998, European Journal of Clinical
Pharmacology 54:315) in the form of Norén, Hopstadius & Bate (2013, Statistical Methods in Medical Research 22:57):
``IC = log2((O + 1/2) / (E + 1/2))``, where ``O`` feedback of the issue have the value and ``E`` would if the value had
nothing to do with the issue. ``IC025`` is the lower end of its 95 % credibility interval: the 2.5 % quantile of a gamma
distribution of shape ``O + 1/2`` and rate ``E + 1/2``, as log2. It is drawn towards 0 where little is expected, so a
large ratio from a few feedback does not come before a smaller one that is well founded.
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
    other feedback; ``untold`` feedback of the issue do not tell the attribute and are in neither. ``ratio`` has a 95 %
    interval from ``low`` to ``high``; ``ic`` is the information component (in bits), ``ic025`` its lower end.
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
    ic: float
    ic025: float
    untold: int = 0
    measure: str = MEASURE


def concentrations(issue: Sequence[Mapping[str, str]], others: Sequence[Mapping[str, str]]) -> list[Concentration]:
    """The values that say something, the highest lower end of the information component first.

    A value says something when at least three feedback of the issue have it, its interval lies above 1, and Fisher's
    exact test holds after Benjamini-Hochberg over all values looked at (an issue is looked at in many ways).

    Args:
        issue: the attributes of each feedback of the issue.
        others: the attributes of each other feedback of the product, counted by the same rule in the same weeks.
    """
    tables = [
        measure(attribute, value, cases, issue_total, others_with[value], other_total, len(issue) - issue_total)
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
    return sorted(telling, key=lambda t: (-t.ic025, t.attribute, t.value))


def measure(
    attribute: str, value: str, cases: int, issue_total: int, others: int, other_total: int, untold: int = 0
) -> Concentration:
    """The ratio and the information component of one two-by-two table, each with its 95 % interval."""
    a, n, c, m = cases + 0.5, issue_total + 1.0, others + 0.5, other_total + 1.0
    ratio = (a / n) / (c / m)
    deviation = math.sqrt(max(1 / a - 1 / n + 1 / c - 1 / m, 0))
    low, high = ratio * math.exp(-_Z * deviation), ratio * math.exp(_Z * deviation)
    expected = issue_total * (cases + others) / (issue_total + other_total)
    ic = math.log2((cases + 0.5) / (expected + 0.5))
    ic025 = math.log2(float(stats.gamma.ppf(0.025, cases + 0.5)) / (expected + 0.5))
    return Concentration(attribute, value, cases, issue_total, others, other_total, ratio, low, high, ic, ic025, untold)


def sentence(found: Concentration, lang: str, name: str | None = None) -> str:
    """What was found, in one plain sentence; ``name`` is what the attribute is called in that language."""
    attribute = name or found.attribute
    ratio, low, high = (ratio_text(number) for number in (found.ratio, found.low, found.high))
    if lang == "ja":
        untold = f"{found.untold}件は{attribute}の記載なし。" if found.untold else ""
        return (
            f"{found.issue_total}件中{found.cases}件が{attribute} {found.value}。"
            f"他の声の{ratio}倍（95％区間 {low}〜{high}）。{untold}"
        )
    do = "does" if found.untold == 1 else "do"
    untold = f" {found.untold} {do} not tell the {attribute}." if found.untold else ""
    return (
        f"{found.cases} of {found.issue_total} from {attribute} {found.value}; {ratio} times the others, "
        f"95 % interval {low} to {high}.{untold}"
    )


def ratio_text(number: float) -> str:
    """A ratio with as many digits as mean something."""
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"


def _values(rows: Iterable[Mapping[str, str]], attribute: str) -> Counter[str]:
    return Counter(row[attribute] for row in rows if row.get(attribute))
