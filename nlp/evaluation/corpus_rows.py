"""Rows on a part of the written corpus, which knows every label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from koe.analysis import Analysis
from koe.taxonomy import TRIGGER_TYPES, Intent, Sentiment
from nlp.evaluation.datasets import CHANNELS, LANGUAGES, Written
from nlp.evaluation.metrics import Measure, calibration_error, f1, macro_f1, ratio, recall_at_precision
from nlp.evaluation.readings import Readings
from nlp.evaluation.scorecard import Panel, Row, Target
from nlp.training.calibrate import hits_of

_PRECISION = 0.7

_Measuring = Callable[[Readings], Measure | None]


def corpus_rows(panel: Panel, texts: Sequence[Written]) -> list[Row]:
    """The main rows, for each language."""
    return [row for lang in LANGUAGES for row in _main_rows(*_of_language(panel, texts, lang))]


def intent_rows(panel: Panel, texts: Sequence[Written]) -> list[Row]:
    """F1 of every intent that the part holds, for each language."""
    rows = []
    for lang in LANGUAGES:
        chosen, some = _of_language(panel, texts, lang)
        truth = _intents(some)
        for index, intent in enumerate(Intent):
            if truth[:, index].any():
                held = int(truth[:, index].sum())
                rows.append(chosen.row(f"{intent}, F1", len(some), _intent(truth, index), positives=held))
    return rows


def channel_rows(panel: Panel, texts: Sequence[Written]) -> list[Row]:
    """What matters most, for each channel and language that the part holds."""
    rows = []
    for channel in CHANNELS:
        for lang in LANGUAGES:
            numbers = [n for n, one in enumerate(texts) if (one.channel, one.example.lang) == (channel, lang)]
            chosen, some = panel.take(numbers, lang), [texts[number] for number in numbers]
            if some:
                rows += [
                    chosen.row(one.name, len(some), one.of, channel=channel, positives=one.positives)
                    for one in _questions(some)
                    if one.name in CHANNEL_MEASURES
                ]
    return rows


#: The measures that are also taken by channel.
CHANNEL_MEASURES = (
    "sentiment, macro F1",
    "trigger phrases, exact F1",
    "trigger phrases, overlapping F1",
    "safety, recall at precision 0.7",
    "intents, macro F1",
    "complaint segments, F1",
)


def _of_language(panel: Panel, texts: Sequence[Written], lang: str) -> tuple[Panel, list[Written]]:
    numbers = [number for number, one in enumerate(texts) if one.example.lang == lang]
    return panel.take(numbers, lang), [texts[number] for number in numbers]


def _main_rows(panel: Panel, texts: Sequence[Written]) -> list[Row]:
    if not texts:
        return []
    return [panel.row(one.name, len(texts), one.of, one.target, positives=one.positives) for one in _questions(texts)]


@dataclass(frozen=True, slots=True)
class _Question:
    """A measure of the card; ``positives`` is how many texts it rests on, where these are few of all."""

    name: str
    of: _Measuring
    target: Target | None = None
    positives: int | None = None


def _questions(texts: Sequence[Written]) -> list[_Question]:
    truth = _intents(texts)
    danger = np.array([bool(one.example.safety) for one in texts], dtype=np.bool_)
    dangerous = int(danger.sum())

    def best_recall(readings: Readings) -> Measure | None:
        return None if readings.dangers is None else recall_at_precision(readings.dangers, danger, _PRECISION)

    def recall(readings: Readings) -> Measure | None:
        return None if readings.alarms is None else ratio(readings.alarms & danger, danger)

    def precision(readings: Readings) -> Measure | None:
        return None if readings.alarms is None else ratio(readings.alarms & danger, readings.alarms)

    def intents(readings: Readings) -> Measure | None:
        return None if readings.intents is None else macro_f1(truth, readings.intents)

    return [
        _Question("sentiment, macro F1", _moods(texts), Target(0.80)),
        _Question("sentiment, expected calibration error", _calibration(texts), Target(0.05, most=True)),
        _Question("trigger phrases, exact F1", _phrases(texts, exact=True), Target(0.60)),
        _Question("trigger phrases, overlapping F1", _phrases(texts, exact=False), Target(0.75)),
        _Question("safety, recall at precision 0.7", best_recall, Target(0.95), dangerous),
        _Question("safety, recall as shipped", recall, positives=dangerous),
        _Question("safety, precision as shipped", precision, positives=dangerous),
        _Question("intents, macro F1", intents),
        _Question("complaint segments, F1", _segments(texts)),
    ]


def _moods(texts: Sequence[Written]) -> _Measuring:
    truth = [[one.mood is mood for mood in Sentiment] for one in texts]
    return lambda readings: macro_f1(truth, [[said is mood for mood in Sentiment] for said in readings.moods])


def _calibration(texts: Sequence[Written]) -> _Measuring:
    def measure(readings: Readings) -> Measure | None:
        if readings.confidences is None:
            return None
        right = [said is one.mood for said, one in zip(readings.moods, texts, strict=True)]
        return calibration_error(readings.confidences, right)

    return measure


def _phrases(texts: Sequence[Written], exact: bool) -> _Measuring:
    def measure(readings: Readings) -> Measure | None:
        if readings.analyses is None:
            return None
        pairs = list(zip(texts, readings.analyses, strict=True))
        hits = [hits_of(one.triggers, text.example, TRIGGER_TYPES)[0 if exact else 1] for text, one in pairs]
        return f1(hits, [len(one.triggers) for _, one in pairs], [len(text.example.spans) for text, _ in pairs])

    return measure


def _segments(texts: Sequence[Written]) -> _Measuring:
    def measure(readings: Readings) -> Measure | None:
        if readings.analyses is None:
            return None
        counts = [_segment_hits(text, one) for text, one in zip(texts, readings.analyses, strict=True)]
        return f1(*np.array(counts).T)

    return measure


def _segment_hits(text: Written, analysis: Analysis) -> tuple[int, int, int]:
    """How many complaint segments were found that are wanted, how many found, how many wanted."""
    wanted = {(one.start, one.end) for one in text.example.statements if one.complaint}
    found = {(one.start, one.end) for one in analysis.segments if one.field == "text" and one.complaint >= 0.5}
    return len(wanted & found), len(found), len(wanted)


def _intents(texts: Sequence[Written]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    held = [[one.example.intents.get(index, 0) > 0.5 for index in range(len(Intent))] for one in texts]
    return np.array(held, dtype=np.bool_).reshape(len(texts), len(Intent))


def _intent(truth: np.ndarray[tuple[int, int], np.dtype[np.bool_]], index: int) -> _Measuring:
    def measure(readings: Readings) -> Measure | None:
        if readings.intents is None:
            return None
        return macro_f1(truth[:, [index]], readings.intents[:, [index]])

    return measure
