"""Training examples: a text and whatever its source knows about it; a head learns only from what is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from koe.taxonomy import COMPLAINT_TYPES, TRIGGER_TYPES, Intent, Polarity, Sentiment
from nlp.segments import split

SENTIMENT = {name: index for index, name in enumerate(Sentiment)}
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
class Example:
    """What a source knows of a text; ``None`` and empty mean unknown.

    ``spans`` are trigger phrases by type; ``complete`` when there are no others.
    ``polarities`` and ``segments`` (1 complains, 0 does not) label stretches. Examples with the same ``group`` ask
    for the same thing. ``anchored``: the embedding must keep the neighbours it had before the training.
    """

    source: str
    text: str
    lang: str
    sentiment: int | None = None
    intents: Mapping[int, float] = field(default_factory=dict)
    safety: float | None = None
    spans: tuple[Labelled, ...] = ()
    complete: bool = False
    polarities: tuple[Labelled, ...] = ()
    segments: tuple[Labelled, ...] = ()
    group: str | None = None
    anchored: bool = False


def part_of(text: str) -> str:
    """The part of the written corpus a text belongs to: ``test`` (12 %), ``dev`` (8 %) or ``train``."""
    bucket = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 100
    return "test" if bucket < 12 else "dev" if bucket < 20 else "train"


def read_corpus(folder: Path, part: str) -> Iterator[Example]:
    """The examples of one part of the written corpus: the ``.jsonl`` files of a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if part_of(row["text"]) == part:
                    yield from_row(row)


def read_groups(folder: Path, part: str) -> Iterator[Example]:
    """The paraphrase groups of one part, by product: statements of one fault belong together, side remarks do not
    complain.
    """
    for path in sorted((folder / "groups").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if part_of(row["product"]) == part:
                    yield from _statements(row)


def _statements(row: Mapping[str, object]) -> Iterator[Example]:
    remark = row["issue"] == "none"
    for lang in ("ja", "en"):
        statements: list[str] = row[lang]  # type: ignore[assignment]
        for text in statements:
            yield Example(
                source="groups",
                text=text,
                lang=lang,
                segments=(Labelled(0, len(text), float(not remark)),),
                group=None if remark else f"groups:{row['product']}:{row['issue']}",
            )


def from_row(row: Mapping[str, object]) -> Example:
    """One row of the written corpus; everything about it is known."""
    text, lang = str(row["text"]), str(row["lang"])
    triggers: list[list[str]] = row["triggers"]  # type: ignore[assignment]
    held: list[str] = row["intents"]  # type: ignore[assignment]
    spans, polarities, complaints = [], [], []
    for phrase, kind, polarity in triggers:
        start = text.index(phrase)
        end = start + len(phrase)
        spans.append(Labelled(start, end, TYPE[kind]))
        polarities.append(Labelled(start, end, POLARITY[polarity]))
        if kind in COMPLAINT_TYPES and polarity == "negative":
            complaints.append((start, end))
    return Example(
        source="corpus",
        text=text,
        lang=lang,
        sentiment=SENTIMENT[Sentiment(str(row["sentiment"]))],
        intents={index: float(name in held) for name, index in INTENT.items()},
        safety=float(bool(row["safety"])),
        spans=tuple(spans),
        complete=True,
        polarities=tuple(polarities),
        segments=tuple(
            Labelled(start, end, float(any(low < end and start < high for low, high in complaints)))
            for start, end in split(text, lang)
        ),
        anchored=True,
    )
