"""The scorecard as Markdown: for a terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlp.evaluation.baselines import BASELINES, CONFIDENCE_RULE
from nlp.evaluation.corpus_rows import CHANNEL_MEASURES
from nlp.evaluation.scorecard import Row, Scorecard
from nlp.evaluation.suite_rows import PAIR_RULE


def render(card: Scorecard) -> str:
    """The whole card: a main table, one of the intents, one of the channels, and what was left out."""
    return "\n".join(_lines(card)) + "\n"


def _lines(card: Scorecard) -> Iterator[str]:
    yield "# Scorecard"
    yield ""
    yield (
        f"Model `{card.model}`, koe {card.koe}, {card.date}, in {card.seconds:.0f} seconds. In brackets: the 95 % "
        f"interval by percentile bootstrap over the texts, {card.resamples:,} resamples."
    )
    if card.sample is not None:
        yield ""
        yield f"A quick look: at most {card.sample:,} texts of each data set, drawn at random."
    if card.rows:
        names = _with_every_baseline(_names(card.rows))
        yield ""
        yield from _table(
            ["data", "language", "measure", "n", "koe", "target", *names],
            (
                [row.data, row.lang, row.measure, _count(row), _value(row), _target(row), *_baselines(row, names)]
                for row in card.rows
            ),
            numbers_from=3,
        )
        yield ""
        yield from _notes(card)
    if card.intents:
        names = _names(card.intents)
        yield ""
        yield "## Intents"
        yield ""
        yield from _table(
            ["data", "language", "intent", "n", "koe", *names],
            (
                [row.data, row.lang, row.measure, _count(row), _value(row), *_baselines(row, names)]
                for row in card.intents
            ),
            numbers_from=3,
        )
    if card.channels:
        yield ""
        yield "## Channels"
        yield ""
        yield from _channels(card.channels)
    if card.left_out:
        yield ""
        yield "## Left out"
        yield ""
        yield from (f"- {line}" for line in card.left_out)


def _notes(card: Scorecard) -> Iterator[str]:
    """How the main table is to be read."""
    yield (
        "n: texts, pairs or triples; in brackets, how many of them hold what is looked for. "
        "–: a baseline that has no answer, or was not run (see Left out)."
    )
    if any("calibration" in row.measure and "lexicon" in row.baselines for row in card.rows):
        yield f"\n{CONFIDENCE_RULE}"
    if any(row.data == "negation suite" for row in card.rows):
        yield f"\n{PAIR_RULE}"


def _channels(rows: Sequence[Row]) -> Iterator[str]:
    found = {(row.channel or "", row.lang, row.measure): row for row in rows}
    counts = {(row.channel or "", row.lang): row.n for row in rows}
    yield from _table(
        ["channel", "language", "n", *CHANNEL_MEASURES],
        (
            [channel, lang, f"{n:,}", *(_number(found.get((channel, lang, name))) for name in CHANNEL_MEASURES)]
            for (channel, lang), n in counts.items()
        ),
        numbers_from=2,
    )


def _table(columns: Sequence[str], rows: Iterator[Sequence[str]], numbers_from: int) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "|".join("---" if index < numbers_from else "---:" for index in range(len(columns))) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _names(rows: Sequence[Row]) -> list[str]:
    """The baselines that have an answer in any of the rows."""
    return list(dict.fromkeys(name for row in rows for name in row.baselines))


def _with_every_baseline(names: Sequence[str]) -> list[str]:
    return [*BASELINES, *(name for name in names if name not in BASELINES)]


def _count(row: Row) -> str:
    return f"{row.n:,}" if row.positives is None else f"{row.n:,} ({row.positives:,})"


def _value(row: Row) -> str:
    if row.value is None:
        return "–"
    return f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]"


def _number(row: Row | None) -> str:
    if row is None or row.value is None:
        return "–"
    return f"{row.value:.3f}" if row.positives is None else f"{row.value:.3f} (of {row.positives:,})"


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    mark = {True: " ✓", False: " ✗", None: ""}[row.reached]
    aim = f", aim {row.target.aim:.2f}" if row.target.aim is not None else ""
    return f"{'≤' if row.target.most else '≥'} {row.target.floor:.2f}{aim}{mark}"


def _baselines(row: Row, names: Sequence[str]) -> list[str]:
    return [f"{row.baselines[name]:.3f}" if name in row.baselines else "–" for name in names]
