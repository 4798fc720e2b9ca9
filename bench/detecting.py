"""Does detection keep its promise: false alarms, false discoveries, rises found, alerts for one rise.

Everything is simulated, from one seed. Series have 156 weeks, of which the last 52 are scored. In (a) and (b) they are
Poisson or negative binomial with variance 1.5 to 3 times the mean, of mean 0.3 to 40, half of them with a yearly
season of ±50 % and a phase of its own. In (c) and (d) they have no season, and a rise multiplies the rate by 3 for
four weeks. "Found" is an alarm in its first or second week. Methods are compared at the same rate of false alarms: the
threshold of each is what 1 % of the scored weeks of its own no-change series exceed, ties broken by chance; once with
a threshold for each baseline (which nobody has who does not know the baseline), once with one threshold for all.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bench.ears import c1, c2, c3
from koe.settings import DetectionSettings
from reports.detect_csv import Row, Series, detect
from reports.detection import UNUSUAL, WINDOWS
from reports.lookback import FloatArray, earlier

SEED = 2026
WEEKS, SCORED = 156, 52
MEANS = (0.3, 1.0, 3.0, 10.0, 40.0)
SERIES = 2_000
RISE, RISE_WEEKS, FOUND_WITHIN = 3.0, 4, 2
BASELINES = (1.0, 3.0, 10.0)
FALSE_ALARMS = 0.01

#: The smallest standard deviation that EARS divides by: of 0, 0.2, 0.5 and 1 the one with which it finds most.
_LEAST = 1.0

Chance = np.random.Generator
SETTINGS = DetectionSettings()


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A series with what is known of it: ``rise`` is the first week of its rise, -1 without."""

    counts: FloatArray
    mean: float
    kind: str
    rise: int = -1

    def risen(self, week: int) -> bool:
        """Whether the rise is going on in a week."""
        return 0 <= self.rise <= week < self.rise + RISE_WEEKS


def main(_: argparse.Namespace) -> None:
    """Print the four tables."""
    _print_false_alarms(np.random.default_rng([SEED, 1]))
    _print_discoveries(np.random.default_rng([SEED, 2]))
    for number, dispersion in enumerate((1.0, 2.0)):
        _print_found(np.random.default_rng([SEED, 3, number]), dispersion)
    _print_alerts(np.random.default_rng([SEED, 4]))


def draw(chance: Chance, means: FloatArray, dispersion: float) -> FloatArray:
    """Counts of these means: Poisson for dispersion 1, else negative binomial of one shape for the whole series."""
    if dispersion == 1:
        return chance.poisson(means).astype(np.float64)
    shape = np.median(means) / (dispersion - 1)
    return chance.negative_binomial(shape, shape / (shape + means)).astype(np.float64)


def mixed(chance: Chance, with_rise: float) -> list[Simulated]:
    """As many series of each mean, kind and season; a share ``with_rise`` holds a rise in the scored weeks."""
    found = []
    for number in range(SERIES):
        mean = MEANS[number % len(MEANS)]
        poisson, season = number // 5 % 2 == 0, number // 10 % 2 == 1
        rate = np.full(WEEKS, mean)
        if season:
            rate *= 1 + 0.5 * np.sin(2 * np.pi * (np.arange(WEEKS) * 7 / 365.25 + chance.random()))
        rise = -1
        if number // 20 % 10 < 10 * with_rise:
            rise = int(chance.integers(WEEKS - SCORED, WEEKS - RISE_WEEKS + 1))
            rate[rise : rise + RISE_WEEKS] *= RISE
        counts = draw(chance, rate, 1.0 if poisson else float(chance.uniform(1.5, 3)))
        kind = ("Poisson" if poisson else "negative binomial") + (", season" if season else "")
        found.append(Simulated(counts, mean, kind, rise))
    return found


def judged(simulated: list[Simulated]) -> Iterator[tuple[Simulated, list[Row]]]:
    """The scored weeks of each series as ``koe detect`` judges them, all series in one family a week."""
    series = [
        Series(str(number), 0, [""] * len(one.counts), list(one.counts), [1.0] * len(one.counts))
        for number, one in enumerate(simulated)
    ]
    rows = iter(detect(series, SETTINGS))
    for one in simulated:
        yield one, [next(rows) for _ in one.counts]


def _print_false_alarms(chance: Chance) -> None:
    print(f"(a) false alarms, p-value up to 1 %, {SERIES:,} series in which nothing changes, {SCORED} weeks each")
    alarms: dict[tuple[float, str], list[bool]] = defaultdict(list)
    for one, rows in judged(mixed(chance, 0.0)):
        known = [row.p_value <= FALSE_ALARMS for row in rows[-SCORED:] if not np.isnan(row.p_value)]
        for key in ((one.mean, one.kind), (one.mean, "all")):
            alarms[key] += known
    kinds = [*sorted({kind for _, kind in alarms} - {"all"}, key=lambda kind: (kind[0] != "P", kind)), "all"]
    print("| mean a week | " + " | ".join(kinds) + " |\n|---|" + "---|" * len(kinds))
    for mean in MEANS:
        print(f"| {mean:g} | " + " | ".join(f"{np.mean(alarms[mean, kind]):.2%}" for kind in kinds) + " |")
    pooled, often = (np.concatenate([alarms[mean, "all"] for mean in MEANS if mean >= least]) for least in (0.0, 1.0))
    print(f"all: {pooled.mean():.2%} of {len(pooled):,} series-weeks (target: at most 1.2 %)")
    print(f"mean 1 and more: {often.mean():.2%} (target: at least 0.3 %)\n")


def _print_discoveries(chance: Chance) -> None:
    level = SETTINGS.level
    simulated = mixed(chance, 0.1)
    rising = sum(one.rise >= 0 for one in simulated)
    print(f"(b) false discoveries, q-value up to {level:.0%}, {SERIES:,} series, {rising} with a rise")
    rows_true = rows_false = alerts_true = alerts_false = found = 0
    by_week = np.zeros((SCORED, 2))
    for one, rows in judged(simulated):
        for week in range(WEEKS - SCORED, WEEKS):
            row, real = rows[week], one.risen(week)
            if row.q_value <= level:
                rows_true, rows_false = rows_true + real, rows_false + (not real)
                by_week[week - WEEKS + SCORED, int(real)] += 1
            alerts_true, alerts_false = alerts_true + (row.alert and real), alerts_false + (row.alert and not real)
        found += any(row.q_value <= level for row in rows[one.rise : one.rise + RISE_WEEKS]) if one.rise >= 0 else 0
    shares = by_week[:, 0] / np.maximum(by_week.sum(axis=1), 1)
    print("| counted | true | false | false share |\n|---|---|---|---|")
    print(f"| series-weeks | {rows_true} | {rows_false} | {rows_false / max(rows_true + rows_false, 1):.2%} |")
    print(f"| alerts | {alerts_true} | {alerts_false} | {alerts_false / max(alerts_true + alerts_false, 1):.2%} |")
    print(f"mean of the weekly false shares: {shares.mean():.2%} (target of each share: at most {level:.0%})")
    print(f"rises found at all, under {SERIES:,} tests a week: {found / rising:.0%}\n")


Method = Callable[[FloatArray, float, float], FloatArray]


def _koe(counts: FloatArray, _mean: float, _dispersion: float) -> FloatArray:
    (_, rows), *_rest = judged([Simulated(counts, 0.0, "")])
    return np.array([-row.p_value for row in rows])


def _against_mean(counts: FloatArray, _mean: float, _dispersion: float) -> FloatArray:
    return np.asarray(counts - earlier(counts, 26, 1).mean(axis=1))


def _ratio_to_mean(counts: FloatArray, _mean: float, _dispersion: float) -> FloatArray:
    return np.asarray(counts / np.maximum(earlier(counts, 26, 1).mean(axis=1), 1 / 26))


def _oracle(counts: FloatArray, mean: float, dispersion: float) -> FloatArray:
    """The same looks, by the true distribution."""
    tails = []
    for width in WINDOWS:
        at_least = earlier(counts, width, 0).sum(axis=1) - 1
        if dispersion == 1:
            tails.append(stats.poisson.sf(at_least, mean * width))
        else:
            tails.append(stats.nbinom.sf(at_least, mean * width / (dispersion - 1), 1 / dispersion))
    return np.asarray(-np.where(tails[0] <= UNUSUAL, np.min(tails, axis=0), tails[0]))


METHODS: dict[str, Method] = {
    "koe": _koe,
    "EARS C1": lambda counts, *_: c1(counts, _LEAST),
    "EARS C2": lambda counts, *_: c2(counts, _LEAST),
    "EARS C3": lambda counts, *_: c3(counts, _LEAST),
    "last week minus the mean of 26": _against_mean,
    "last week over the mean of 26": _ratio_to_mean,
    "oracle that knows the baseline": _oracle,
}

_QUIET, _RISES, _ALERTED = 200, 500, 300


def _print_found(chance: Chance, dispersion: float) -> None:
    """Power at the same realised rate of false alarms; each rise has a series of its own."""
    kind = "Poisson" if dispersion == 1 else f"negative binomial, variance {dispersion:g} × mean"
    print(f"(c) rises (rate × {RISE:g}) found within {FOUND_WITHIN} weeks at {FALSE_ALARMS:.0%} false alarms, {kind}")
    names = " | ".join(f"baseline {mean:g}" for mean in BASELINES)
    print(f"| method | {names} | mean | mean with one threshold |\n|---|{'---|' * (len(BASELINES) + 2)}")
    nulls, hits = defaultdict(list), defaultdict(list)
    for mean in BASELINES:
        quiet = [draw(chance, np.full(WEEKS, mean), dispersion) for _ in range(_QUIET)]
        rises = []
        for _ in range(_RISES):
            begin = int(chance.integers(WEEKS - SCORED, WEEKS - RISE_WEEKS + 1))
            rate = np.concatenate([np.full(begin, mean), np.full(FOUND_WITHIN, RISE * mean)])
            rises.append(draw(chance, rate, dispersion))
        # Equal statistics are put in an order by chance, the same for every method, so that the rate is met exactly.
        ties_quiet, ties_rises = chance.random((_QUIET, SCORED)), chance.random((_RISES, FOUND_WITHIN))
        for name, method in METHODS.items():
            scores = [method(one, mean, dispersion)[-SCORED:] for one in quiet]
            nulls[name].append(np.stack([np.array(scores), ties_quiet], axis=-1))
            scores = [method(one, mean, dispersion)[-FOUND_WITHIN:] for one in rises]
            hits[name].append(np.stack([np.array(scores), ties_rises], axis=-1))
    for name in METHODS:
        found = [_power(null, hit) for null, hit in zip(nulls[name], hits[name], strict=True)]
        figures = [*found, float(np.mean(found)), _power(np.concatenate(nulls[name]), np.concatenate(hits[name]))]
        print(f"| {name} | " + " | ".join(f"{share:.1%}" for share in figures) + " |")
    print()


def _power(null: FloatArray, hits: FloatArray) -> float:
    """The share of series of ``hits`` with any week above what ``FALSE_ALARMS`` of the weeks of ``null`` exceed.

    Both have shape ``(series, weeks, 2)``: a statistic, and a number drawn to part equal ones.
    """
    statistic, tie = null[..., 0].ravel(), null[..., 1].ravel()
    at = np.lexsort((tie, statistic))[::-1][int(FALSE_ALARMS * statistic.size)]
    above = (hits[..., 0] > statistic[at]) | ((hits[..., 0] == statistic[at]) & (hits[..., 1] > tie[at]))
    return float(above.any(axis=1).mean())


def _print_alerts(chance: Chance) -> None:
    """Each series is a family of its own, at the level of the q-value."""
    print(f"(d) alerts for one rise of {RISE_WEEKS} weeks, the week after counted in (target: at most 1.2)")
    print(f"{_ALERTED} rises for each baseline")
    print("| baseline | rises with an alert | alerts for each of them |\n|---|---|---|")
    alerts: list[int] = []
    for mean in BASELINES:
        mine = []
        for _ in range(_ALERTED):
            begin = int(chance.integers(WEEKS - SCORED, WEEKS - RISE_WEEKS))
            rate = np.full(WEEKS, mean)
            rate[begin : begin + RISE_WEEKS] *= RISE
            ((_, rows),) = judged([Simulated(draw(chance, rate, 1.0), mean, "", begin)])
            mine.append(sum(row.alert for row in rows[begin : begin + RISE_WEEKS + 1]))
        alerts += mine
        print(f"| {mean:g} | {np.mean(np.array(mine) > 0):.1%} | {sum(mine) / max(sum(map(bool, mine)), 1):.3f} |")
    print(f"all: {sum(alerts) / max(sum(map(bool, alerts)), 1):.3f} alerts for each rise found")
