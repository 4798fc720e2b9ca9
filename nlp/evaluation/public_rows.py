"""Rows on the public test sets, which know sentiment only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from koe.taxonomy import Sentiment
from nlp.evaluation.datasets import LabelledText
from nlp.evaluation.metrics import Measure, macro_f1, share
from nlp.evaluation.readings import Readings
from nlp.evaluation.scorecard import Panel, Row, Target

_THREE = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)
_TARGETS = {
    "ja-marc": Target(0.90, aim=0.92),
    "ja-jalan-polarity": Target(0.95),
    "en-uci-amazon-cells": Target(0.93),
}
_NAMES = {"ja-marc": "1 against 5 stars, accuracy"}


def public_rows(panel: Panel, texts: Sequence[LabelledText]) -> list[Row]:
    """The rows of one public set: a text is called positive when its score is above 0."""
    if panel.data == "ja-fkc-complaints":
        return [panel.row("negative or mixed", len(texts), _complains, Target(0.95))]
    clear = [index for index, one in enumerate(texts) if one.mood is not Sentiment.NEUTRAL]
    positive = np.array([texts[index].mood is Sentiment.POSITIVE for index in clear], dtype=np.bool_)

    def two(readings: Readings) -> Measure:
        return share((readings.scores > 0) == positive)

    name = _NAMES.get(panel.data, "positive against negative, accuracy")
    rows = [panel.take(clear).row(name, len(clear), two, _TARGETS.get(panel.data))]
    if panel.data == "ja-marc":
        truth = [[one.mood is mood for mood in _THREE] for one in texts]

        def three(readings: Readings) -> Measure:
            return macro_f1(truth, [[_of_three(said) is mood for mood in _THREE] for said in readings.moods])

        rows.append(panel.row("three classes, macro F1", len(texts), three, Target(0.66)))
    return rows


def _complains(readings: Readings) -> Measure:
    return share([mood in (Sentiment.NEGATIVE, Sentiment.MIXED) for mood in readings.moods])


def _of_three(mood: Sentiment) -> Sentiment:
    return Sentiment.NEUTRAL if mood is Sentiment.MIXED else mood
