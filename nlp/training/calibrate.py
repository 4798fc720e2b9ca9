"""Fit temperature and thresholds on the ``dev`` part: ``python -m nlp.training.calibrate --model DIR``."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from koe.analysis import Document, TriggerPhrase
from koe.settings import ModelSettings, TaxonomySettings
from koe.taxonomy import Intent, Sentiment
from nlp.analyser import open_model
from nlp.encoding import Encoded, encode
from nlp.model import Calibration
from nlp.patterns import Patterns, signs_of_danger
from nlp.reading import Reader, Reading
from nlp.spans import decode
from nlp.training.examples import CORPUS, Example, read_corpus

log = logging.getLogger("koe.training")

#: Intents with fewer examples than this share one threshold: theirs alone would fit chance.
_ENOUGH = 12

#: What the evidence of words weighs at least.
_WORDS = 0.8

#: A danger that is this likely is told in any case.
_HIGHEST = 0.2

#: The share of dangers that is reckoned with among customers' feedback.
ORDINARY_DANGER = 0.02
_GRID = np.round(np.arange(0.2, 0.81, 0.05), 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the folder to calibrate, in place")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the written corpus")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    calibrate(chosen.model, list(read_corpus(chosen.corpus, "dev")))


def calibrate(folder: Path, examples: Sequence[Example]) -> Calibration:
    """Fit the calibration of the model in a folder on examples, and write it into its ``config.json``."""
    reader, tokenizer = open_model(folder, ModelSettings(dtype="float32"))
    reader.model.outlook.calibration = Calibration()
    encoded = encode(tokenizer, [Document(example.text, lang=example.lang) for example in examples])
    readings = read_all(reader, encoded)
    ordinary = [number for number, example in enumerate(examples) if not example.paired]
    temperature = temperature_of([readings[number] for number in ordinary], [examples[number] for number in ordinary])
    fitted = Calibration(temperature=temperature)
    _fit_triggers(fitted, encoded, readings, examples, reader.model.outlook.trigger_types)
    _fit_decisions(fitted, encoded, readings, examples, reader.model.outlook.trigger_types)
    reader.model.outlook.calibration = fitted
    reader.model.save_outlook(folder)
    log.info("calibrated %s: %s", folder, fitted)
    return fitted


def read_all(reader: Reader, encoded: Sequence[Encoded]) -> list[Reading]:
    """The readings of documents, in their order."""
    found: dict[int, Reading] = {}
    for batch in reader.batches(encoded):
        found |= dict(zip(batch, reader.read([encoded[number] for number in batch]), strict=True))
    return [found[number] for number in range(len(encoded))]


def f1(hits: float, found: float, wanted: float) -> float:
    """The harmonic mean of precision and recall; 0 when nothing was found or wanted."""
    return 2 * hits / (found + wanted) if found + wanted else 0.0


def hits_of(found: Sequence[TriggerPhrase], example: Example, types: Sequence[str]) -> tuple[int, int]:
    """How many wanted phrases were found exactly, and how many with an overlap of half and more, type included.

    The overlap is that of the characters over their union (Jaccard); each found phrase answers for one wanted one.
    """
    wanted = [(span.start, span.end, types[int(span.label)]) for span in example.spans]
    exact = len({(one.start, one.end, one.type) for one in found} & set(wanted))
    free = {(one.start, one.end, one.type) for one in found}
    overlapping = 0
    for start, end, kind in wanted:
        near = [
            one
            for one in free
            if one[2] == kind and 2 * (min(end, one[1]) - max(start, one[0])) >= max(end, one[1]) - min(start, one[0])
        ]
        if near:
            free.remove(max(near))
            overlapping += 1
    return exact, overlapping


def temperature_of(readings: Sequence[Reading], examples: Sequence[Example]) -> float:
    """The temperature of least negative log-likelihood (Guo et al. 2017)."""
    logits = np.log(np.stack([reading.sentiment for reading in readings]).astype(np.float64) + 1e-12)
    allowed = np.array([[mood in example.moods for mood in Sentiment] for example in examples])
    logits, allowed = logits[allowed.any(1)], allowed[allowed.any(1)]

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        scaled -= np.logaddexp.reduce(scaled, axis=1, keepdims=True)
        return float(-np.logaddexp.reduce(np.where(allowed, scaled, -np.inf), axis=1).mean())

    return float(min(np.round(np.arange(0.5, 3.01, 0.05), 2), key=loss))


def _fit_triggers(
    fitted: Calibration,
    encoded: Sequence[Encoded],
    readings: Sequence[Reading],
    examples: Sequence[Example],
    types: Sequence[str],
) -> None:
    """One prior for all types, by the mean of exact and overlapping F1."""
    best = -1.0
    for outside in np.round(np.arange(-2.0, 2.01, 0.25), 2):
        trial = Calibration(outside=float(outside))
        exact = overlapping = found = wanted = 0
        for pieces, reading, example in zip(encoded, readings, examples, strict=True):
            phrases = decode(pieces, reading, types, trial)
            one, other = hits_of(phrases, example, types)
            exact, overlapping = exact + one, overlapping + other
            found, wanted = found + len(phrases), wanted + len(example.spans)
        score = f1(exact, found, wanted) + f1(overlapping, found, wanted)
        if score > best:
            best = score
            fitted.outside = trial.outside


def _fit_decisions(
    fitted: Calibration,
    encoded: Sequence[Encoded],
    readings: Sequence[Reading],
    examples: Sequence[Example],
    types: Sequence[str],
) -> None:
    """Thresholds over what heads and patterns say together; danger is decided for recall first."""
    phrases = [decode(pieces, reading, types, fitted) for pieces, reading in zip(encoded, readings, strict=True)]
    dangerous = np.array([bool(example.safety) for example in examples])
    fitted.danger = _danger_weights(encoded, readings, phrases, dangerous)
    patterns = Patterns(TaxonomySettings())
    intents = list(Intent)
    scores = np.zeros((len(examples), len(intents)))
    danger = np.zeros(len(examples))
    for row, (pieces, reading, found) in enumerate(zip(encoded, readings, phrases, strict=True)):
        heads = {intent: float(reading.intents[index]) for index, intent in enumerate(intents)}
        signals = patterns.weigh(pieces, found, heads, reading.safety, fitted)
        scores[row] = [signals.intents[intent] for intent in intents]
        danger[row] = signals.safety
    labels = (
        np.array([[example.intents.get(index, 0.0) for index in range(len(intents))] for example in examples]) > 0.5
    )
    rare = [index for index in range(len(intents)) if labels[:, index].sum() < _ENOUGH]
    shared = float(np.clip(_best_threshold(scores[:, rare].ravel(), labels[:, rare].ravel()), 0.4, 0.7))
    fitted.intents = {
        str(intent): shared if index in rare else _best_threshold(scores[:, index], labels[:, index])
        for index, intent in enumerate(intents)
    }
    fitted.safety = _danger_threshold(danger, dangerous)


def _danger_weights(
    encoded: Sequence[Encoded],
    readings: Sequence[Reading],
    phrases: Sequence[Sequence[TriggerPhrase]],
    dangerous: NDArray[np.bool_],
) -> dict[str, float]:
    """Logistic regression over what speaks for danger (stacking, Wolpert 1992); the default where nothing is known.

    Nothing speaks against danger, and words keep a weight: the corpus has near misses with those very words on
    purpose, customers hardly have.
    """
    from sklearn.linear_model import LogisticRegression

    if dangerous.sum() < _ENOUGH or dangerous.all():
        return Calibration().danger
    signs = [
        signs_of_danger(pieces, found, reading.safety)
        for pieces, reading, found in zip(encoded, readings, phrases, strict=True)
    ]
    names = list(signs[0])
    model = LogisticRegression(C=1.0).fit([[one[name] for name in names] for one in signs], dangerous)
    weights = {name: max(0.0, round(float(value), 4)) for name, value in zip(names, model.coef_[0], strict=True)}
    weights["words"] = max(_WORDS, weights["words"])
    return {"bias": round(float(model.intercept_[0]), 4), **weights}


def _danger_threshold(scores: NDArray[np.float64], dangerous: NDArray[np.bool_]) -> float:
    """The threshold of the best F2 (recall counts twice: a missed danger costs more than a look), of equal ones the
    lowest.

    The texts that are no danger count so often that dangers are as rare among them as among customers; the corpus has
    many more (prior shift, Saerens et al. 2002).
    """
    safe = ~dangerous
    weights = np.ones(len(scores))
    if dangerous.any() and safe.any():
        weights[safe] = max(1.0, dangerous.sum() / safe.sum() * (1 - ORDINARY_DANGER) / ORDINARY_DANGER)
    best = (0.0, -0.5)
    for threshold in np.round(np.arange(0.05, _HIGHEST + 0.001, 0.01), 2):
        held = scores >= threshold
        hits, found = float(weights[held & dangerous].sum()), float(weights[held].sum())
        quality = 5 * hits / (4 * float(dangerous.sum()) + found) if found else 0.0
        best = max(best, (quality, -float(threshold)))
    return -best[1]


def _best_threshold(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    def quality(threshold: float) -> tuple[float, float]:
        held = scores >= threshold
        return f1(float((held & labels).sum()), float(held.sum()), float(labels.sum())), -abs(threshold - 0.5)

    return float(max(_GRID, key=quality))


if __name__ == "__main__":
    main()
