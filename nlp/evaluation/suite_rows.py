"""Rows on the suites: pairs of texts that differ little, and complaints beside the same one and a different one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from koe.analysis import Document
from koe.taxonomy import Sentiment
from nlp.evaluation.datasets import LANGUAGES, Pair, Triple
from nlp.evaluation.metrics import Measure, ratio, share
from nlp.evaluation.readings import Flags, Readings
from nlp.evaluation.scorecard import Panel, Row, Target

#: What is right; one reading is never right for two different labels.
PAIR_RULE = (
    "A text of the negation suite is read right as positive when its score is above 0 and its label is not neutral, "
    "as negative when its score is below 0 and its label is not neutral, as neutral when its label is neutral."
)


def pair_documents(pairs: Sequence[Pair]) -> list[Document]:
    """The texts of pairs, two by two."""
    return [Document(text, lang=pair.lang) for pair in pairs for text in pair.texts]


def pair_rows(panel: Panel, pairs: Sequence[Pair]) -> list[Row]:
    """For each language: pairs of which both texts were read right, and texts that were."""
    rows = []
    for lang in LANGUAGES:
        numbers = [number for number, pair in enumerate(pairs) if pair.lang == lang]
        if not numbers:
            continue
        chosen = panel.take([2 * number + side for number in numbers for side in (0, 1)], lang)
        wanted = [mood for number in numbers for mood in pairs[number].moods]

        def both(readings: Readings, wanted: Sequence[Sentiment] = wanted) -> Measure:
            return share(_right(readings, wanted).reshape(-1, 2).all(1))

        def each(readings: Readings, wanted: Sequence[Sentiment] = wanted) -> Measure:
            right = _right(readings, wanted).reshape(-1, 2).sum(1)
            return ratio(right, np.full(len(right), 2))

        rows.append(chosen.row("pairs, both right", len(numbers), both, Target(0.92)))
        rows.append(chosen.row("texts, right", len(wanted), each, draws=len(numbers)))
    return rows


def triple_documents(triples: Sequence[Triple]) -> list[Document]:
    """The texts of triples, three by three."""
    return [Document(text) for one in triples for text in (one.anchor, one.same, one.different)]


def triple_rows(panel: Panel, triples: Sequence[Triple], learnt: Collection[str] = ()) -> list[Row]:
    """How often the same complaint in the other language is nearer than a different one, by cosine.

    Once over all triples, and once over those on products that are none of the ``learnt`` ones.
    """

    def nearer(readings: Readings) -> Measure | None:
        if readings.embeddings is None:
            return None
        anchor, same, different = (readings.embeddings[side::3] for side in range(3))
        return share(np.einsum("nw,nw->n", anchor, same) > np.einsum("nw,nw->n", anchor, different))

    rows = [panel.row("same complaint nearer", len(triples), nearer, Target(0.90))] if triples else []
    unseen = [number for number, one in enumerate(triples) if one.product not in learnt]
    if unseen:
        chosen = panel.take([3 * number + side for number in unseen for side in range(3)])
        rows.append(chosen.row("same complaint nearer, unseen products", len(unseen), nearer, Target(0.90)))
    return rows


def _right(readings: Readings, wanted: Sequence[Sentiment]) -> Flags:
    return np.array(
        [_fits(*said) for said in zip(wanted, readings.moods, readings.scores.tolist(), strict=True)], dtype=np.bool_
    )


def _fits(wanted: Sentiment, mood: Sentiment, score: float) -> bool:
    if wanted is Sentiment.NEUTRAL or mood is Sentiment.NEUTRAL:
        return mood is wanted
    return score > 0 if wanted is Sentiment.POSITIVE else score < 0
