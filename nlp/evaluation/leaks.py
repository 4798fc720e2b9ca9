"""What a model may have learnt that it is measured on: texts of the suites in what koe learns from, and products."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlp.evaluation.datasets import SUITES
from nlp.training.check_corpus import NEAR, grams_of
from nlp.training.examples import CORPUS, part_of, read_rows

#: Shorter texts stand inside others by chance.
_SHORTEST = 8

_TEXTS = {
    "negation.jsonl": ("a", "b"),
    "triples.jsonl": ("anchor", "same", "different"),
    "issues.jsonl": ("text",),
}
_MARKS = "。．.！!？? "


def leaks(suites: Path = SUITES, corpus: Path = CORPUS) -> Iterator[str]:
    """The suites' texts that stand, or nearly stand, in what koe learns from, with both places.

    That is the written corpus but for its test part, and every statement of the paraphrase groups. A text stands there
    when it is equal to one or, from 8 characters on and without the mark at its end, a stretch of one; nearly, by the
    measure of :func:`nlp.training.check_corpus.near_duplicates`. Texts of less than 5 characters are left out.
    """
    asked = list(_suite_texts(suites))
    grams = [grams_of(text) for _, text in asked]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, mine in enumerate(grams):
        for gram in mine:
            holders[gram].append(number)
    for learnt_at, learnt in _learnt_texts(corpus):
        theirs = grams_of(learnt)
        shared = Counter(number for gram in theirs for number in holders.get(gram, ()))
        for number, count in shared.items():
            place, text = asked[number]
            stem = text.rstrip(_MARKS)
            if text == learnt or (len(stem) >= _SHORTEST and stem in learnt):
                yield f"{place}: {text!r} stands in {learnt_at}"
            elif count > NEAR * len(theirs | grams[number]):
                yield f"{place}: {text!r} nearly stands in {learnt_at}"


def learnt_products(corpus: Path = CORPUS) -> frozenset[str]:
    """The products whose paraphrase groups koe learns from."""
    return frozenset(row["product"] for _, row in _groups(corpus) if part_of(row["product"]) == "train")


def _suite_texts(suites: Path) -> Iterator[tuple[str, str]]:
    for name, keys in _TEXTS.items():
        for place, row in _lines(suites / name):
            yield from ((place, row[key]) for key in keys)


def _learnt_texts(corpus: Path) -> Iterator[tuple[str, str]]:
    for row in read_rows(corpus):
        if row["part"] != "test":
            yield row["place"], row["text"]
    for place, row in _groups(corpus):
        yield from ((place, text) for lang in ("ja", "en") for text in row[lang])


def _groups(corpus: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((corpus / "groups").glob("*.jsonl")):
        for place, row in _lines(path):
            yield f"groups/{place}", row


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            yield f"{path.name}:{number}", json.loads(line)
