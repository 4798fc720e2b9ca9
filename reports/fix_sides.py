"""Which feedback stands on which side of a fix: before, after, and what was not fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from koe.coverage import Coverage
from koe.issue import Fix
from koe.week import Week
from reports.config import ReportConfig
from reports.counts import WeeklySeries
from reports.fix_verdict import Control, ControlKind, FixVerdict, Side, Verdict, judge_fix
from reports.seen import Seen, SeenIssue
from reports.standing import Judged, judge

#: The latest weeks after a fix, whose exposure tells how much comes in a week at present.
_RECENT = 4

#: Count and exposure by week.
_Weekly = Mapping[Week, tuple[float, float]]


class Fixes:
    """The fixes of a report's issues, judged from what the report sees.

    Before a fix are the report's baseline weeks, as many as there are; after it all weeks from the one it begins with.
    A week in the middle of which it begins counts on neither side.
    """

    def __init__(self, seen: Seen, series: Mapping[str, WeeklySeries], config: ReportConfig) -> None:
        self._seen = seen
        self._series = series
        self._config = config

    @cached_property
    def since(self) -> Mapping[str, Judged]:
        """The weeks since each fix that holds, of the feedback that it covers, judged among themselves.

        A rise in them is the fault that comes back, also where it was as frequent before the fix.
        """
        found = {}
        for name, entry in self._seen.issues.items():
            fix, series = entry.issue.fix, self._series[name]
            weeks = [week for week in series.weeks if fix is not None and week >= self._first_after(fix)]
            if fix is None or entry.issue.fixed_from is None or not weeks:
                continue
            weekly = _table(series.weeks, series.counts, series.exposures)
            if fix.covers is not None:
                weekly = self._kinds(entry, fix.covers, weeks).covered
            counts = np.array([weekly[week][0] for week in weeks], dtype=np.int64)
            exposures = np.array([weekly[week][1] for week in weeks], dtype=np.float64)
            found[name] = WeeklySeries(weeks, counts, exposures, series.in_units, {}, {})
        return judge(found, self._config)

    def verdict(self, entry: SeenIssue) -> FixVerdict | None:
        """The verdict on an issue's fix, where one holds or was taken back in the week of the report."""
        fix, reopened_at = entry.issue.fix, entry.issue.reopened_at
        week, zone = self._seen.week, self._config.zone
        if fix is None or (reopened_at is not None and Week.at(reopened_at, zone) != week):
            return None
        earlier = None
        if self._first_after(fix) < week:
            earlier = self._verdict(entry, fix, week - 1, None).judgement.verdict
        return self._verdict(entry, fix, week, earlier)

    def _verdict(self, entry: SeenIssue, fix: Fix, until: Week, earlier: Verdict | None) -> FixVerdict:
        series, first = self._series[entry.issue.id], Week.at(fix.since, self._config.zone)
        before = [week for week in series.weeks if first - self._config.baseline_weeks <= week < first]
        after = [week for week in series.weeks if self._first_after(fix) <= week <= until]
        control = None
        if fix.covers is None:
            weekly = _table(series.weeks, series.counts, series.exposures)
            of_covered, in_units, not_told = True, series.in_units, 0
            then, now = _side(weekly, before), _side(weekly, after)
            # Where nothing could come in yet, the weeks before tell how much will.
            now = now if after else Side(0, 0, then.weekly)
        else:
            kinds = self._kinds(entry, fix.covers, [*before, *after])
            in_units, not_told = kinds.in_units, kinds.not_told
            of_covered = sum(kinds.covered[week][1] > 0 for week in before) >= self._config.min_weeks
            then, now = _side(kinds.covered if of_covered else kinds.rest, before), _side(kinds.covered, after)
            rest_before = _side(kinds.rest, before) if of_covered else None
            control = Control(ControlKind.SAME_PRODUCT, rest_before, _side(kinds.rest, after))
        if control is None or not control.tells(then.rate):
            control = self._other_products(entry, before, after)
        return FixVerdict(
            since=fix.since,
            covers=None if fix.covers is None else str(fix.covers),
            event=fix.event,
            before=then,
            after=now,
            weeks_before=len(before),
            weeks_after=len(after),
            before_covered=of_covered,
            in_units=in_units,
            not_told=not_told,
            judgement=judge_fix(then, now, control),
            earlier=earlier,
        )

    def _first_after(self, fix: Fix) -> Week:
        week = Week.at(fix.since, self._config.zone)
        return week if week.start(self._config.zone) == fix.since else week + 1

    def _other_products(self, own: SeenIssue, before: Sequence[Week], after: Sequence[Week]) -> Control:
        """All complaints about products that nothing was fixed on since the weeks before."""
        start = min([*before, *after], default=self._seen.week)
        touched = {None, *_products(own)}
        for entry in self._seen.issues.values():
            fix = entry.issue.fix
            if fix is not None and Week.at(fix.since, self._config.zone) >= start:
                touched |= _products(entry)
        others = [product for product in self._keys if product not in touched]
        sums = {
            week: (
                sum(len(self._complaining.get(product, {}).get(week, ())) for product in others),
                sum(len(self._keys[product].get(week, ())) for product in others),
            )
            for week in (*before, *after)
        }
        then, now = _side(sums, before), _side(sums, after)
        return Control(ControlKind.OTHER_PRODUCTS, then, now if after else Side(0, 0, then.weekly))

    def _kinds(self, entry: SeenIssue, coverage: Coverage, weeks: Sequence[Week]) -> _Kinds:
        products, series = _products(entry), self._series[entry.issue.id]
        keys = {
            week: [key for product in products for key in self._keys.get(product, {}).get(week, ())]
            for week in series.weeks
        }
        units = _units(self._seen, products, coverage, weeks)
        return _Kinds(series, keys, coverage, self._seen.attributes, units, weeks)

    @cached_property
    def _keys(self) -> Mapping[str | None, Mapping[Week, Sequence[str]]]:
        """The counted feedback of each product by week."""
        found: dict[str | None, dict[Week, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self._seen.rows:
            if row.counted:
                found[row.product_id][row.week].append(row.id)
        return found

    @cached_property
    def _complaining(self) -> Mapping[str | None, Mapping[Week, set[str]]]:
        """Those of them that speak of an issue."""
        found: dict[str | None, dict[Week, set[str]]] = defaultdict(lambda: defaultdict(set))
        for series in self._series.values():
            for week, keys in series.counted.items():
                for key in keys:
                    found[self._seen.rows_by_id[key].product_id][week].add(key)
        return found


class _Kinds:
    """An issue's weeks, parted into the feedback that a condition covers and the rest of it that tells.

    ``keys`` is all counted feedback by week; exposures are units where some are given, by week and kind.
    """

    def __init__(
        self,
        series: WeeklySeries,
        keys: Mapping[Week, Sequence[str]],
        coverage: Coverage,
        attributes: Mapping[str, Mapping[str, str]],
        units: Mapping[Week, Mapping[bool, float]] | None,
        weeks: Sequence[Week],
    ) -> None:
        kinds = {key: coverage.covers(attributes.get(key, {})) for week in series.weeks for key in keys[week]}
        self.not_told = sum(kinds[key] is None for week in weeks for key in keys[week])
        self.in_units = units is not None
        self.covered, self.rest = (
            {
                week: (
                    sum(kinds[key] is kind for key in series.counted.get(week, ())),
                    units.get(week, {}).get(kind, 0.0) if units else sum(kinds[key] is kind for key in keys[week]),
                )
                for week in series.weeks
            }
            for kind in (True, False)
        )


def _products(entry: SeenIssue) -> set[str | None]:
    return {entry.issue.product_id, *entry.also}


def _units(
    seen: Seen, products: Iterable[str | None], coverage: Coverage, weeks: Iterable[Week]
) -> dict[Week, dict[bool, float]] | None:
    """Units by week and kind, where the condition asks for one attribute and each product tells it for every week."""
    if len(coverage.attributes) != 1:
        return None
    (attribute,) = coverage.attributes
    found: dict[Week, dict[bool, float]] = {}
    for product in products:
        told = seen.variant_units.get((product, attribute), {})
        if any(sum(told.get(week, {}).values()) <= 0 for week in weeks):
            return None
        for week, values in told.items():
            kinds = found.setdefault(week, {True: 0.0, False: 0.0})
            for value, units in values.items():
                kinds[coverage.covers({attribute: value}) is True] += units
    return found or None


def _table(weeks: Sequence[Week], counts: Iterable[float], exposures: Iterable[float]) -> _Weekly:
    return {week: (float(n), float(e)) for week, n, e in zip(weeks, counts, exposures, strict=True)}


def _side(weekly: _Weekly, weeks: Sequence[Week]) -> Side:
    counts, exposures = [weekly[week][0] for week in weeks], [weekly[week][1] for week in weeks]
    recent = exposures[-_RECENT:]
    return Side(sum(counts), sum(exposures), sum(recent) / len(recent) if recent else 0.0)
