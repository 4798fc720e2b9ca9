"""Readers of what a model is measured on: public test sets in folders, the written corpus, and the suites.

The public sets are not part of koe. Each lies in a folder of its own under the one that the caller names, as its
publisher gives it: :data:`FILES` says which file is read.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from koe.analysis import Document
from koe.errors import InputError, UsageError
from koe.taxonomy import Sentiment
from nlp.evaluation.metrics import SEED
from nlp.training.examples import Example, from_row, read_rows

#: The public sets, and the file of each that is read.
FILES = {
    "ja-marc": "valid.csv",
    "ja-jalan-polarity": "pn.dev.tsv",
    "ja-fkc-complaints": "complaints.jsonl",
    "en-uci-amazon-cells": "amazon_cells_labelled.txt",
    "en-lenovo-k8": "k8_reviews.csv",
}
LANGUAGES = ("ja", "en")
CHANNELS = ("review", "social", "survey", "qa")

#: The folder of the suites that koe ships.
SUITES = Path(__file__).parent / "suites"

_LENOVO_TEXTS = 1500

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text of a public set and the mood that its source gives it."""

    document: Document
    mood: Sentiment


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the written corpus with all that is known of it."""

    example: Example
    mood: Sentiment
    channel: str

    @property
    def document(self) -> Document:
        """The text as a model reads it."""
        return Document(self.example.text, title=self.example.title, lang=self.example.lang)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that differ little and say different things."""

    lang: str
    phenomenon: str
    texts: tuple[str, str]
    moods: tuple[Sentiment, Sentiment]


@dataclass(frozen=True, slots=True)
class Triple:
    """A complaint, the same complaint in the other language, and a different one about the same part."""

    lang: str
    anchor: str
    same: str
    different: str
    product: str


@dataclass(frozen=True, slots=True)
class IssueText:
    """A complaint about a product and the issue it belongs to; ``None``: it stands alone."""

    product: str
    issue: str | None
    lang: str
    text: str


def check_folder(folder: Path) -> None:
    """See that every public set is in a folder.

    Raises:
        UsageError: when one is missing, naming the files that are.
    """
    missing = [f"{name}/{file}" for name, file in FILES.items() if not (folder / name / file).is_file()]
    if missing:
        raise UsageError(
            f"{folder}: missing {', '.join(missing)}; expected a folder with "
            + ", ".join(f"{name}/{file}" for name, file in FILES.items())
        )


def read_public(folder: Path, name: str) -> list[LabelledText]:
    """The texts of one public set; neutral ones are left out where the set is about positive against negative.

    ``en-lenovo-k8`` is read as a fixed random sample of 1,500 different texts.

    Raises:
        InputError: when a row is not as the set's publisher writes it, naming file and row.
    """
    path = folder / name / FILES[name]
    return list(_READERS[name](path))


def read_written(folder: Path, part: str) -> list[Written]:
    """One part of the written corpus, ``train``, ``late``, ``dev`` or ``test``, with channels.

    Raises:
        InputError: when a row is not one of the corpus, naming file and line.
    """
    return [_made(row["place"], _written, row) for row in _corpus(folder) if row["part"] == part]


def read_pairs(path: Path) -> list[Pair]:
    """The negation suite: ``lang, phenomenon, a, a_label, b, b_label`` a line.

    Raises:
        InputError: when a row is not of that form, naming file and line.
    """
    return list(_rows(path, _pair))


def read_triples(path: Path) -> list[Triple]:
    """The triples suite: ``lang_a, anchor, same, different, part, product`` a line.

    Raises:
        InputError: when a row is not of that form, naming file and line.
    """
    return list(_rows(path, _triple))


def read_issues(path: Path) -> list[IssueText]:
    """The issues suite: ``product, issue, lang, text`` a line; ``issue`` is null where a complaint stands alone.

    Raises:
        InputError: when a row is not of that form, naming file and line.
    """
    return list(_rows(path, _issue_text))


def sampled(rows: Sequence[_T], size: int | None) -> list[_T]:
    """A fixed random sample in the order of the rows; all of them without a size."""
    if size is None or size >= len(rows):
        return list(rows)
    return [rows[index] for index in sorted(random.Random(SEED).sample(range(len(rows)), size))]


def _marc(path: Path) -> Iterator[LabelledText]:
    moods = {name: Sentiment(name) for name in ("negative", "neutral", "positive")}
    yield from _table(path, "text", "label", moods)


def _lenovo(path: Path) -> Iterator[LabelledText]:
    distinct = dict.fromkeys(_table(path, "review", "sentiment", _ONE_ZERO))
    yield from sampled(list(distinct), _LENOVO_TEXTS)


def _table(path: Path, text: str, label: str, moods: Mapping[str, Sentiment]) -> Iterator[LabelledText]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {text, label} <= set(rows.fieldnames or ()):
            raise InputError(f"{path}: expected the columns {text} and {label}, found {rows.fieldnames}")
        for number, row in enumerate(rows, 2):
            yield LabelledText(Document(row[text] or ""), _mood(path, number, row[label], moods))


def _jalan(path: Path) -> Iterator[LabelledText]:
    moods = {"1": Sentiment.POSITIVE, "0": Sentiment.NEUTRAL, "-1": Sentiment.NEGATIVE}
    for number, line in _lines(path):
        _, label, text, *_ = (*line.split("\t"), "", "", "")
        mood = _mood(path, number, label, moods)
        if mood is not Sentiment.NEUTRAL:
            yield LabelledText(Document(text), mood)


def _fkc(path: Path) -> Iterator[LabelledText]:
    yield from _rows(path, lambda row: LabelledText(Document(str(row["text"])), Sentiment.NEGATIVE))


def _uci(path: Path) -> Iterator[LabelledText]:
    for number, line in _lines(path):
        text, _, label = line.rpartition("\t")
        yield LabelledText(Document(text.strip()), _mood(path, number, label.strip(), _ONE_ZERO))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    # Texts may hold U+0085 and others, at which splitlines() would cut a line in two.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            yield number, line


def _mood(path: Path, number: int, label: str | None, moods: Mapping[str, Sentiment]) -> Sentiment:
    try:
        return moods[label or ""]
    except KeyError:
        raise InputError(f"{path}:{number}: unknown label {label!r}; expected {', '.join(moods)}") from None


def _corpus(folder: Path) -> Iterator[Mapping[str, Any]]:
    place = "its first line"
    try:
        for row in read_rows(folder):
            yield row
            place = f"the line after {row['place']}"
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{folder}: {place} is no row of the corpus ({type(error).__name__}: {error})") from error


def _rows(path: Path, make: Callable[[Any], _T]) -> Iterator[_T]:
    for number, line in _lines(path):
        yield _made(f"{path}:{number}", lambda text: make(json.loads(text)), line)


def _made(place: str, make: Callable[[Any], _T], row: Any) -> _T:
    try:
        return make(row)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{place}: not a row of this kind ({type(error).__name__}: {error}): {str(row)[:80]}"
        ) from error


def _written(row: Any) -> Written:
    return Written(from_row(row), Sentiment(row["sentiment"]), _one_of(CHANNELS, row["channel"]))


def _pair(row: Any) -> Pair:
    first, second = (Sentiment(_one_of(_PAIR_LABELS, row[key])) for key in ("a_label", "b_label"))
    lang = _one_of(LANGUAGES, row["lang"])
    if first is second:
        raise ValueError(f"both texts are {first}")
    return Pair(lang, str(row["phenomenon"]), (str(row["a"]), str(row["b"])), (first, second))


def _triple(row: Any) -> Triple:
    anchor, same, different, product = (str(row[key]) for key in ("anchor", "same", "different", "product"))
    return Triple(_one_of(LANGUAGES, row["lang_a"]), anchor, same, different, product)


def _issue_text(row: Any) -> IssueText:
    issue, product, text = row["issue"], row["product"], row["text"]
    if not all(isinstance(one, str) and one.strip() for one in (product, text, "alone" if issue is None else issue)):
        raise ValueError("product and text must be words, and issue words or null")
    return IssueText(product, issue, _one_of(LANGUAGES, row["lang"]), text)


def _one_of(known: Sequence[str], name: str) -> str:
    if name not in known:
        raise ValueError(f"{name!r} is none of {', '.join(known)}")
    return name


_PAIR_LABELS = ("positive", "negative", "neutral")
_ONE_ZERO = {"1": Sentiment.POSITIVE, "0": Sentiment.NEGATIVE}
_READERS: Mapping[str, Callable[[Path], Iterator[LabelledText]]] = {
    "ja-marc": _marc,
    "ja-jalan-polarity": _jalan,
    "ja-fkc-complaints": _fkc,
    "en-uci-amazon-cells": _uci,
    "en-lenovo-k8": _lenovo,
}
