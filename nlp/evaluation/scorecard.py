"""The scorecard: what was measured, on what, how sure, against which target and which baselines."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.evaluation.metrics import RESAMPLES, Measure, estimate, value_of
from nlp.evaluation.readings import Readings

#: Digits of every number on the card.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Target:
    """What a value should reach: at least the floor, better the aim; with ``most`` set, at most the floor."""

    floor: float
    aim: float | None = None
    most: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One measure on ``n`` texts, pairs or triples of one data set.

    ``low`` and ``high`` are the ends of the 95 % interval. ``value`` is ``None`` where there was nothing to measure.
    ``baselines`` are the values of those that have an answer to the question. ``positives`` is how many of the ``n``
    hold what is looked for, where the measure rests on these.
    """

    data: str
    lang: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    channel: str | None = None
    target: Target | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)
    positives: int | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the value reaches the target; ``None`` without a target or a value."""
        if self.target is None or self.value is None:
            return None
        return self.value <= self.target.floor if self.target.most else self.value >= self.target.floor


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All rows of a run of ``koe eval``, with what made them.

    ``part`` is that of the written corpus, ``sample`` the most texts that were read of a data set (``None``: all).
    ``left_out`` says in sentences what was not measured, and how it can be.
    """

    koe: str
    model: str
    date: str
    seconds: float
    part: str
    sample: int | None
    rows: tuple[Row, ...]
    intents: tuple[Row, ...]
    channels: tuple[Row, ...]
    left_out: tuple[str, ...]
    resamples: int = RESAMPLES

    def to_json(self) -> dict[str, Any]:
        """As plain values; every row also says whether its target is reached."""
        plain = dataclasses.asdict(self)
        for table in _TABLES:
            plain[table] = [dataclasses.asdict(row) | {"reached": row.reached} for row in getattr(self, table)]
        return plain | {"left_out": list(self.left_out)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Scorecard:
        """The card whose plain values these are."""
        tables = {table: tuple(_row(row) for row in plain[table]) for table in _TABLES}
        return cls(**{**plain, **tables, "left_out": tuple(plain["left_out"])})


@dataclass(frozen=True, slots=True)
class Panel:
    """The same texts of one data set, as koe's model and every baseline (by name) read them."""

    data: str
    lang: str
    koe: Readings
    baselines: Mapping[str, Readings]

    def take(self, rows: Sequence[int], lang: str | None = None) -> Panel:
        """Some of the texts."""
        others = {name: readings.take(rows) for name, readings in self.baselines.items()}
        return Panel(self.data, lang or self.lang, self.koe.take(rows), others)

    def row(
        self,
        measure: str,
        n: int,
        of: Callable[[Readings], Measure | None],
        target: Target | None = None,
        channel: str | None = None,
        positives: int | None = None,
        draws: int | None = None,
    ) -> Row:
        """One row of the card: ``of`` makes a measure over ``n`` things of what was read.

        It gives ``None`` for a baseline that has no answer to the question. ``draws`` is how many units the measure
        weighs and the bootstrap draws from, where these are not the ``n`` things but pairs of them.
        """
        draws = n if draws is None else draws
        own = of(self.koe)
        found = estimate(own, draws) if own is not None else None
        others = {}
        for name, readings in self.baselines.items():
            other = of(readings)
            value = value_of(other, draws) if other is not None else None
            if value is not None:
                others[name] = round(value, DIGITS)
        value, low, high = (found.value, found.low, found.high) if found else (None, None, None)
        ends = _rounded(low), _rounded(high)
        return Row(self.data, self.lang, measure, _rounded(value), *ends, n, channel, target, others, positives)


_TABLES = ("rows", "intents", "channels")


def _row(plain: Mapping[str, Any]) -> Row:
    kept = {key: value for key, value in plain.items() if key != "reached"}
    return Row(**{**kept, "target": Target(**plain["target"]) if plain["target"] else None})


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
