"""Readers of the public data sets that koe may learn from: each maps its labels to what koe's heads know."""

from __future__ import annotations

import ast
import csv
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from koe.taxonomy import Intent, Sentiment
from nlp.segments import split
from nlp.training.examples import INTENT, POLARITY, TYPE, Example, Labelled, Statement

_NEGATIVE, _POSITIVE = frozenset({Sentiment.NEGATIVE}), frozenset({Sentiment.POSITIVE})
_NEUTRAL, _MIXED = frozenset({Sentiment.NEUTRAL}), frozenset({Sentiment.MIXED})
_UNKNOWN: frozenset[Sentiment] = frozenset()
_PULSE_TYPES = {"Functionality": "defect", "Crashing": "defect", "Performance": "performance"}


def read_public(data: Path, counts: dict[str, int], seed: int) -> list[Example]:
    """At most ``counts[source]`` examples of each named source, drawn by ``seed``."""
    chosen: list[Example] = []
    for source, count in counts.items():
        examples = list(READERS[source](data))
        random.Random(f"{seed}:{source}").shuffle(examples)
        chosen += examples[:count]
    return chosen


def _dmaste(data: Path) -> Iterator[Example]:
    names = {"POS": "positive", "NEG": "negative", "NEU": "neutral"}
    for path in sorted((data / "en-dmaste").glob("*.train.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            words_text, triplets_text = line.split("####")[:2]
            words = words_text.split(" ")
            starts = [0]
            for word in words:
                starts.append(starts[-1] + len(word) + 1)
            spans = []
            for _, opinion, name in ast.literal_eval(triplets_text):
                first, last = opinion[0], opinion[-1]
                if 0 <= first <= last < len(words):
                    polarity = POLARITY[names[name]]
                    spans.append(Labelled(starts[first], starts[last] + len(words[last]), polarity))
            good = sum(span.label == POLARITY["positive"] for span in spans)
            bad = sum(span.label == POLARITY["negative"] for span in spans)
            if good + bad and len(words_text) < 700:
                statements = []
                for start, end in split(words_text, "en"):
                    inside = {span.label for span in spans if span.start < end and start < span.end}
                    if len(inside) == 1 and inside != {POLARITY["neutral"]}:
                        negative = inside == {POLARITY["negative"]}
                        statements.append(Statement(start, end, float(negative)))
                yield Example(
                    "dmaste",
                    words_text,
                    "en",
                    moods=_mood(good, bad),
                    polarities=tuple(spans),
                    statements=tuple(statements),
                )


def _mood(good: int, bad: int) -> frozenset[Sentiment]:
    if not bad:
        return _POSITIVE
    if not good:
        return _NEGATIVE
    return _MIXED if min(good, bad) / (good + bad) >= 0.3 else _UNKNOWN


def _minibar(data: Path) -> Iterator[Example]:
    for path in sorted((data / "en-minibar").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                problem, wish = row["problem_report"] == "1", row["feature_request"] == "1"
                stars = float(row["score"])
                spans = split(row["data"], "en")
                statements: tuple[Statement, ...] = ()
                if not problem and not wish and stars == 5:
                    statements = tuple(Statement(start, end, 0.0) for start, end in spans)
                elif problem and len(spans) == 1:
                    statements = (Statement(*spans[0], 1.0),)
                yield Example(
                    "minibar",
                    row["data"],
                    "en",
                    moods=_star_mood(stars, problem),
                    intents={INTENT[Intent.COMPLAINT]: float(problem), INTENT[Intent.REQUEST]: float(wish)}
                    if problem or wish or stars == 5
                    else {},
                    statements=statements,
                )


def _star_mood(stars: float, problem: bool) -> frozenset[Sentiment]:
    if stars <= 2:
        return _NEGATIVE
    if stars == 5 and not problem:
        return _POSITIVE
    return _MIXED if stars == 4 and problem else _UNKNOWN


def _maalej(data: Path) -> Iterator[Example]:
    for name in ("Bug", "Feature", "Rating"):
        raw = (data / "en-app-reviews-maalej" / f"{name}.json").read_text(encoding="utf-8")
        for row in json.loads(re.sub(r",\s*\]\s*$", "]", raw)):
            text = row["comment"].replace("\t", "\n")
            stars = row.get("rating")
            intents = {}
            if row["label"] == "Bug":
                intents = {INTENT[Intent.COMPLAINT]: 1.0}
            elif row["label"] == "Feature":
                intents = {INTENT[Intent.REQUEST]: 1.0}
            if len(text) < 600:
                mood = _star_mood(float(stars), row["label"] == "Bug") if stars else _UNKNOWN
                yield Example("maalej", text, "en", moods=mood, intents=intents)


def _pulse(data: Path) -> Iterator[Example]:
    path = data / "en-review-pulse-spans" / "train.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, spans = row["text"], []
        for start, end, label in row["label"]:
            piece = text[start:end]
            start += len(piece) - len(piece.lstrip(" .,!"))  # noqa: PLW2901
            end = start + len(text[start:end].rstrip(" .,!"))  # noqa: PLW2901
            kind = _PULSE_TYPES.get(label.split(" ")[0].split("/")[0])
            if kind and start < end:
                spans.append(Labelled(start, end, TYPE[kind]))
        if spans and len(text) < 600:
            statements = tuple(
                Statement(low, high, 1.0)
                for low, high in split(text, "en")
                if any(span.start < high and low < span.end for span in spans)
            )
            yield Example("pulse", text, "en", spans=tuple(spans), statements=statements)


def _pros_cons(data: Path) -> Iterator[Example]:
    for name, mood in (("Pros", _POSITIVE), ("Cons", _NEGATIVE)):
        raw = (data / "en-pros-cons" / "pros_cons" / f"Integrated{name}.txt").read_text(encoding="latin-1")
        for text in re.findall(rf"<{name}>(.*?)</{name}>", raw):
            clean = text.strip()
            nothing = re.match(r"(?i)(none|nothing|no\b|n/a|can't think|haven't)", clean)
            if 8 <= len(clean) <= 90 and not (name == "Cons" and nothing):
                statements = (Statement(0, len(clean), float(name == "Cons")),)
                yield Example("pros_cons", clean, "en", moods=mood, statements=statements)


def _questions(data: Path) -> Iterator[Example]:
    path = data / "en-amazon-pqa" / "hetPQA_answer_generation_train.csv"
    seen = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            text = row["question"]
            if text and text not in seen:
                seen.add(text)
                intents = {INTENT[Intent.QUESTION]: 1.0, INTENT[Intent.PRAISE]: 0.0, INTENT[Intent.COMPLAINT]: 0.0}
                yield Example(
                    "questions",
                    text,
                    "en",
                    moods=_NEUTRAL,
                    intents=intents,
                    safety=0.0,
                    statements=(Statement(0, len(text), 0.0),),
                )


def _banking(data: Path) -> Iterator[Example]:
    with (data / "en-banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield _alike("banking", row["text"].strip(), row["category"])


def _clinc(data: Path) -> Iterator[Example]:
    splits = json.loads((data / "en-clinc150" / "data_train_val.json").read_text(encoding="utf-8"))
    for text, intent in splits["train"]:
        yield _alike("clinc", text, intent)


def _alike(source: str, text: str, intent: str) -> Example:
    return Example(source, text, "en", statements=(Statement(0, len(text), None, f"{source}:{intent}"),), topic=source)


def _chabsa(data: Path) -> Iterator[Example]:
    for line in (data / "ja-chabsa" / "train.tsv").read_text(encoding="utf-8").splitlines():
        text, label = line.split("\t")[:2]
        if len(text) < 160:
            yield Example("chabsa", text, "ja", moods=_POSITIVE if label == "1" else _NEGATIVE)


READERS: dict[str, Callable[[Path], Iterator[Example]]] = {
    "dmaste": _dmaste,
    "minibar": _minibar,
    "maalej": _maalej,
    "pulse": _pulse,
    "pros_cons": _pros_cons,
    "questions": _questions,
    "banking": _banking,
    "clinc": _clinc,
    "chabsa": _chabsa,
}
