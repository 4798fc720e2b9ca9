"""The numbers of the model card: ``python -m nlp.training.evaluate --model DIR [--eval DIR]``, JSON on stdout.

The ``test`` part of the written corpus through the whole Analyser, patterns and thresholds included. ``--eval`` names a
folder of public test sets that the model never learnt from.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from koe.analysis import Analysis, Document
from koe.settings import ModelSettings
from koe.taxonomy import TRIGGER_TYPES, Intent, Sentiment
from nlp.analyser import Analyser, load_analyser
from nlp.training.calibrate import f1, hits_of
from nlp.training.examples import CORPUS, Example, read_corpus

Numbers = dict[str, object]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the written corpus")
    parser.add_argument("--part", default="test", choices=("train", "dev", "test"))
    parser.add_argument("--eval", type=Path, help="folder with ja-marc, ja-fkc-complaints, en-uci-amazon-cells")
    chosen = parser.parse_args(arguments)
    analyser = load_analyser(ModelSettings(name=str(chosen.model), dtype="float32"))
    examples = list(read_corpus(chosen.corpus, chosen.part))
    numbers: Numbers = {"model": analyser.version, "part": chosen.part}
    for lang in ("ja", "en"):
        numbers[lang] = score(analyser, [example for example in examples if example.lang == lang])
    numbers["all"] = score(analyser, examples)
    if chosen.eval:
        numbers |= _public(analyser, chosen.eval)
    json.dump(numbers, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def score(analyser: Analyser, examples: Sequence[Example]) -> Numbers:
    """Every head on examples whose labels are complete."""
    analyses = _read(analyser, [Document(example.text, lang=example.lang) for example in examples])
    pairs = list(zip(examples, analyses, strict=True))
    moods = list(Sentiment)
    by_mood = {
        str(mood): _f1_of([(mood in example.moods, one.sentiment.label is mood) for example, one in pairs])
        for mood in moods
    }
    exact = touched = found = wanted = 0
    for example, one in pairs:
        hits = hits_of(one.triggers, example, TRIGGER_TYPES)
        exact, touched = exact + hits[0], touched + hits[1]
        found, wanted = found + len(one.triggers), wanted + len(example.spans)
    intents = {
        str(intent): _f1_of([(example.intents.get(index, 0) > 0.5, intent in one.intents) for example, one in pairs])
        for index, intent in enumerate(Intent)
    }
    safety = [(bool(example.safety), one.safety) for example, one in pairs]
    segments = [
        (bool(label.complaint), segment.complaint >= 0.5)
        for example, one in pairs
        for label in example.statements
        for segment in one.segments
        if (segment.start, segment.end) == (label.start, label.end)
    ]
    return {
        "texts": len(pairs),
        "sentiment_accuracy": _share([one.sentiment.label in example.moods for example, one in pairs]),
        "sentiment_macro_f1": round(sum(by_mood.values()) / len(by_mood), 4),
        "sentiment_f1": by_mood,
        "trigger_f1_exact": round(f1(exact, found, wanted), 4),
        "trigger_f1_overlap": round(f1(touched, found, wanted), 4),
        "triggers": {"wanted": wanted, "found": found, "exact": exact, "touched": touched},
        "intent_f1": intents,
        "safety": _recall_precision(safety),
        "complaint_segments": _recall_precision(segments),
    }


def _public(analyser: Analyser, folder: Path) -> Numbers:
    numbers: Numbers = {}
    with (folder / "ja-marc" / "valid.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] != "neutral"]
    analyses = _read(analyser, [Document(row["text"]) for row in rows])
    right = [(row["label"] == "positive") == (one.sentiment.score > 0) for row, one in zip(rows, analyses, strict=True)]
    numbers["ja_marc_1_against_5_stars"] = _share(right)
    lines = (folder / "en-uci-amazon-cells" / "amazon_cells_labelled.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.rsplit("\t", 1) for line in lines]
    started = time.monotonic()
    analyses = _read(analyser, [Document(text.strip()) for text, _ in pairs])
    numbers["en_uci_docs_per_second"] = round(len(pairs) / (time.monotonic() - started), 1)
    right = [(label == "1") == (one.sentiment.score > 0) for (_, label), one in zip(pairs, analyses, strict=True)]
    numbers["en_uci_amazon_cells"] = _share(right)
    path = folder / "ja-fkc-complaints" / "complaints.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    complaints = _read(analyser, [Document(text) for text in texts])
    numbers["ja_fkc_read_as_complaint"] = _share([Intent.COMPLAINT in one.intents for one in complaints])
    numbers["ja_fkc_negative_or_mixed"] = _share(
        [one.sentiment.label in (Sentiment.NEGATIVE, Sentiment.MIXED) for one in complaints]
    )
    return numbers


def _read(analyser: Analyser, documents: Sequence[Document]) -> list[Analysis]:
    found = dict(analyser.analyse(documents))
    return [found[index] for index in range(len(documents))]


def _f1_of(pairs: Sequence[tuple[bool, bool]]) -> float:
    hits = sum(wanted and found for wanted, found in pairs)
    return round(f1(hits, sum(found for _, found in pairs), sum(wanted for wanted, _ in pairs)), 4)


def _recall_precision(pairs: Sequence[tuple[bool, bool]]) -> Numbers:
    hits = sum(wanted and found for wanted, found in pairs)
    wanted, found = sum(wanted for wanted, _ in pairs), sum(found for _, found in pairs)
    recall = round(hits / wanted, 4) if wanted else None
    return {"wanted": wanted, "found": found, "recall": recall, "precision": round(hits / found, 4) if found else None}


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / len(right), 4) if right else 0.0


if __name__ == "__main__":
    main()
