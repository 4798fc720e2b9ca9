"""Check the written corpus by program: ``python -m nlp.training.check_corpus`` prints what is wrong and the balance."""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from koe.feedback import Channel
from koe.taxonomy import COMPLAINT_TYPES, TRIGGER_TYPES, Intent, Polarity, Sentiment
from nlp.training.examples import CORPUS, read_rows

Row = Mapping[str, Any]

PATTERNS = (
    *("plain", "negation", "contrast", "irony", "hypothetical", "hearsay", "solved", "comparison", "stars_differ"),
    *("double_negation", "long_story", "list", "question"),
)
DANGER = ("danger", "near", "no")

#: Two texts that share this much of their character 5-grams (Jaccard) are near-duplicates.
NEAR = 0.5
_GRAM = 5
_COMMON = 60
_SENTENCE = re.compile(r"[。！？!?\n]+|(?<=\w)\.(?=\s|$)")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line; leaves with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the written corpus")
    chosen = parser.parse_args(arguments)
    rows = list(read_rows(chosen.corpus))
    wrong = [*mistakes(rows), *near_duplicates(rows)]
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    for name, counts in balance(rows).items():
        sys.stdout.write(f"{name}: " + ", ".join(f"{key} {count}" for key, count in counts.items()) + "\n")
    sys.stdout.write(f"{len(rows)} texts, {len(wrong)} mistakes\n")
    sys.exit(bool(wrong))


def mistakes(rows: Sequence[Row]) -> Iterator[str]:
    """Words that are none of koe's, offsets that mark nothing, labels that contradict each other, equal texts."""
    first: dict[str, str] = {}
    for row in rows:
        for problem in _problems(row):
            yield f"{row['place']}: {problem}"
        if row["text"] in first:
            yield f"{row['place']}: the same text as {first[row['text']]}"
        first.setdefault(row["text"], row["place"])


def _problems(row: Row) -> Iterator[str]:
    for key, known in (
        *(("lang", ("ja", "en")), ("channel", tuple(Channel)), ("sentiment", tuple(Sentiment))),
        *(("pattern", PATTERNS), ("danger", DANGER)),
    ):
        if row[key] not in known:
            yield f"{key} {row[key]!r} is none of {', '.join(known)}"
    if row["stars"] not in (None, 1, 2, 3, 4, 5):
        yield f"stars {row['stars']!r}"
    if not row["intents"] or set(row["intents"]) - set(Intent):
        yield f"intents {row['intents']!r}"
    end_before = 0
    for start, end, kind, polarity in sorted(row["triggers"]):
        phrase = row["text"][start:end]
        if not 0 <= start < end <= len(row["text"]) or phrase != phrase.strip():
            yield f"the phrase {start}-{end} has no words, or blanks at its borders"
        if start < end_before:
            yield f"{phrase!r} overlaps the phrase before it"
        if kind not in TRIGGER_TYPES or polarity not in tuple(Polarity):
            yield f"{phrase!r} has the type {kind!r} and the polarity {polarity!r}"
        end_before = end
    bad = {kind for _, _, kind, polarity in row["triggers"] if polarity == "negative"}
    if ("safety" in bad) != (row["danger"] == "danger"):
        yield "danger and the safety phrases contradict each other"
    wants = {"complaint", "refund_demand", "churn_threat", "legal_threat", "request"}
    if bad & COMPLAINT_TYPES and not wants & set(row["intents"]):
        yield "a bad thing is marked, but no intent says so"


def near_duplicates(rows: Sequence[Row]) -> Iterator[str]:
    """Pairs of texts that are nearly the same, wherever they stand."""
    grams = [grams_of(row["text"]) for row in rows]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, mine in enumerate(grams):
        for gram in mine:
            holders[gram].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        if len(numbers) <= _COMMON:
            shared.update((one, other) for at, one in enumerate(numbers) for other in numbers[at + 1 :])
    for (one, other), count in shared.items():
        if (
            count > 3
            and not _is_pair(rows[one], rows[other])
            and len(grams[one] & grams[other]) > NEAR * len(grams[one] | grams[other])
        ):
            yield f"{rows[other]['place']}: nearly the same text as {rows[one]['place']}"


def grams_of(text: str) -> frozenset[str]:
    """The different 5-grams of a text's characters."""
    return frozenset(text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1))


def _is_pair(one: Row, other: Row) -> bool:
    """Minimal pairs stand in neighbouring lines of files that are named so."""
    (file, line), (other_file, other_line) = one["place"].split(":"), other["place"].split(":")
    return file == other_file and file.endswith("-pairs.jsonl") and abs(int(line) - int(other_line)) == 1


def balance(rows: Sequence[Row]) -> dict[str, Counter[str]]:
    """How many texts each label has, by language and part where that matters."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        where = f"{row['lang']} {row['part']}"
        counts.setdefault("texts", Counter())[where] += 1
        for key in ("channel", "sentiment", "pattern", "stars", "danger"):
            counts.setdefault(key, Counter())[str(row[key])] += 1
        if row["danger"] != "no":
            counts.setdefault("danger by part", Counter())[f"{where} {row['danger']}"] += 1
        counts.setdefault("intents", Counter()).update(row["intents"])
        counts.setdefault("phrases", Counter()).update(kind for _, _, kind, _ in row["triggers"])
        sentences = sum(bool(part.strip()) for part in _SENTENCE.split(row["text"]))
        counts.setdefault("sentences", Counter())["3 and more" if sentences >= 3 else "fewer"] += 1
    return {name: Counter(dict(one.most_common())) for name, one in counts.items()}


if __name__ == "__main__":
    main()
