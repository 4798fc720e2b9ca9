"""Training examples: a text and whatever its source knows about it; a head learns only from what is known."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from koe.taxonomy import COMPLAINT_TYPES, TRIGGER_TYPES, Intent, Polarity, Sentiment
from nlp.segments import split

#: The folder of the corpus that was written for koe.
CORPUS = Path(__file__).parent / "corpus"

INTENT = {name: index for index, name in enumerate(Intent)}
POLARITY: dict[str, int] = {name: index for index, name in enumerate(Polarity)}
TYPE: dict[str, int] = {name: index for index, name in enumerate(TRIGGER_TYPES)}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A stretch of the text and a label for it: an index, or a probability."""

    start: int
    end: int
    label: float


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch that makes one statement: whether it complains (1, 0), and what it says the same as (``group``)."""

    start: int
    end: int
    complaint: float | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """What a source knows of a text; ``None`` and empty mean unknown.

    ``moods`` are the sentiments it may have: one where the source is sure. ``stars`` is the rating from 1 to 5.
    ``spans`` are trigger phrases by type; ``complete`` when there are no others.
    ``polarities`` label stretches. ``topic``: examples of one topic are read together, so that statements that are
    hard to tell apart meet. ``anchored``: the vectors of its statements are drawn to those of the encoder before the
    training. ``paired``: one of a minimal pair, harder to read than what customers write.
    """

    source: str
    text: str
    lang: str
    moods: frozenset[Sentiment] = frozenset()
    stars: float | None = None
    intents: Mapping[int, float] = field(default_factory=dict)
    safety: float | None = None
    spans: tuple[Labelled, ...] = ()
    complete: bool = False
    polarities: tuple[Labelled, ...] = ()
    statements: tuple[Statement, ...] = ()
    topic: str | None = None
    anchored: bool = False
    title: str = ""
    paired: bool = False


def read_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of the written corpus, each with its ``place`` (file and line) and its ``part``.

    Whole batches are kept apart as the ``test`` part; of the rest, 8 % by the hash of the text are for choosing
    thresholds (``dev``), the others for learning (``train``).
    """
    for path in sorted(folder.glob("*.jsonl")):
        kept_apart = path.name.startswith("test-")
        with path.open(encoding="utf-8") as lines:
            for number, row in enumerate(map(json.loads, lines), start=1):
                part = "test" if kept_apart else part_of(row["text"])
                yield row | {"place": f"{path.name}:{number}", "part": part}


def part_of(text: str) -> str:
    """``dev`` or ``train``, by the hash of a text."""
    return "dev" if int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 100 < 8 else "train"


def read_corpus(folder: Path, part: str) -> Iterator[Example]:
    """The examples of one part of the written corpus."""
    return (from_row(row) for row in read_rows(folder) if row["part"] == part)


def read_groups(folder: Path, part: str, seed: int = 0) -> Iterator[Example]:
    """The paraphrase groups of one part, by product: each statement alone, and again inside a text of several.

    Statements of one fault belong together; side remarks do not complain.
    """
    for path in sorted((folder / "groups").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            rows = [row for row in map(json.loads, lines) if part_of(row["product"]) == part]
        for product in dict.fromkeys(row["product"] for row in rows):
            for lang in ("ja", "en"):
                said = [
                    (text, None if row["issue"] == "none" else f"groups:{product}:{row['issue']}")
                    for row in rows
                    if row["product"] == product
                    for text in row[lang]
                ]
                yield from (_joined([one], lang, product) for one in said)
                random.Random(f"{seed}:{product}:{lang}").shuffle(said)
                yield from (_joined(said[at : at + 3], lang, f"{product}, joined") for at in range(0, len(said), 3))


def _joined(said: Sequence[tuple[str, str | None]], lang: str, topic: str) -> Example:
    """Statements, each with its group (``None``: a side remark), as one text."""
    text, statements = "", []
    for statement, group in said:
        start = len(text)
        text += statement
        statements.append(Statement(start, len(text), float(group is not None), group))
        if not text.endswith(("。", "！", "？", ".", "!", "?")):
            text += "。" if lang == "ja" else "."
        text += "" if lang == "ja" else " "
    alone = len(said) == 1
    return Example(
        "groups", said[0][0] if alone else text.rstrip(), lang, statements=tuple(statements), topic=topic, anchored=True
    )


def from_row(row: Mapping[str, object]) -> Example:
    """One row of the written corpus; everything about it is known."""
    text, lang = str(row["text"]), str(row["lang"])
    triggers: list[tuple[int, int, str, str]] = row["triggers"]  # type: ignore[assignment]
    held: list[str] = row["intents"]  # type: ignore[assignment]
    stars: int | None = row.get("stars")  # type: ignore[assignment]
    complaints = [
        (start, end)
        for start, end, kind, polarity in triggers
        if kind in COMPLAINT_TYPES and polarity == Polarity.NEGATIVE
    ]
    return Example(
        source="corpus",
        text=text,
        lang=lang,
        moods=frozenset({Sentiment(str(row["sentiment"]))}),
        stars=None if row.get("pattern") == "stars_differ" else stars,
        intents={index: float(name in held) for name, index in INTENT.items()},
        safety=float(row["danger"] == "danger"),
        spans=tuple(Labelled(start, end, TYPE[kind]) for start, end, kind, _ in triggers),
        complete=True,
        polarities=tuple(Labelled(start, end, POLARITY[polarity]) for start, end, _, polarity in triggers),
        statements=tuple(
            Statement(start, end, float(any(low < end and start < high for low, high in complaints)))
            for start, end in split(text, lang)
        ),
        anchored=True,
        paired="-pairs.jsonl" in str(row.get("place", "")),
    )
