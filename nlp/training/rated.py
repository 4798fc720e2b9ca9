"""Texts with stars: which part of them is held back, and how a model reads that part before and after a training."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from koe.analysis import Document
from koe.errors import UsageError
from koe.settings import ModelSettings
from koe.taxonomy import Sentiment
from nlp.analyser import load_analyser
from nlp.training.examples import Example

#: Fewer rated texts than this say nothing about a model.
FEWEST = 100

#: Fewer texts than this cannot tell two models apart.
FEWEST_HELD_BACK = 30

#: What stars say of the mood. Nobody knows whether three stars mean "neither" or "both".
MOODS_OF_STARS = {
    1: frozenset({Sentiment.NEGATIVE}),
    2: frozenset({Sentiment.NEGATIVE, Sentiment.MIXED}),
    3: frozenset({Sentiment.NEUTRAL, Sentiment.MIXED}),
    4: frozenset({Sentiment.POSITIVE, Sentiment.MIXED}),
    5: frozenset({Sentiment.POSITIVE}),
}

_RESAMPLES = 1000

Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RatedText:
    """What a customer said, and the stars (1 to 5) given with it."""

    document: Document
    stars: float

    @property
    def example(self) -> Example:
        """As the training reads it."""
        return Example(
            "rated",
            self.document.text or self.document.title,
            self.document.lang or "",
            moods=MOODS_OF_STARS[min(5, max(1, round(self.stars)))],
            stars=self.stars,
            title=self.document.title if self.document.text else "",
        )

    @property
    def mood(self) -> int:
        """-1 for 1 and 2 stars, 0 for 3, 1 for 4 and 5."""
        return -1 if self.stars < 2.5 else 1 if self.stars > 3.5 else 0


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How a model reads texts that it never learnt from, against their stars.

    ``good_or_bad`` is the accuracy of the score's sign where the stars are not three; ``macro_f1`` that of three
    classes (1 and 2 stars, 3, 4 and 5; mixed counts as neutral); ``log_loss`` the mean surprise in nats.
    """

    texts: int
    good_or_bad: float
    macro_f1: float
    log_loss: float


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model said of ``n`` texts: classes as :attr:`RatedText.mood` ``(n)`` and the figures over them."""

    classes: Classes
    figures: HeldBack


def part(rated: Sequence[RatedText], share: float) -> tuple[list[RatedText], list[RatedText]]:
    """The different texts to learn from, and those held back: a share of them, chosen by the hash of the text.

    Raises:
        UsageError: when there are too few, or all of one mood, to learn from or to compare on.
    """
    distinct = list({one.document: one for one in rated}.values())
    if len(distinct) < FEWEST:
        raise UsageError(
            f"{len(distinct)} different rated texts; at least {FEWEST} are needed to adapt a model. "
            "Ingest more reviews with ratings, or give a file of them: koe train --file reviews.csv"
        )
    held = [one for one in distinct if _draw(one.document) < share]
    learning = [one for one in distinct if _draw(one.document) >= share]
    if len(held) < FEWEST_HELD_BACK:
        enough = math.ceil(20 * 1.3 * FEWEST_HELD_BACK / len(distinct)) / 20
        raise UsageError(
            f"{len(held)} of {len(distinct)} rated texts are held back; at least {FEWEST_HELD_BACK} are needed to tell "
            f"whether a model is better. Give more rated texts, or --hold-back {max(enough, share + 0.05):.2f}"
        )
    for name, some in (("to learn from", learning), ("held back to compare on", held)):
        if len({one.mood for one in some}) < 2:
            raise UsageError(
                f"all ratings {name} are alike; a model learns from good and bad ones together. Give more rated texts"
            )
    return learning, held


def answers(model: Path, rated: Sequence[RatedText]) -> Answers:
    """How the model in a folder reads rated texts."""
    analyser = load_analyser(ModelSettings(name=str(model)))
    found = dict(analyser.analyse([one.document for one in rated]))
    readings = [found[number].sentiment for number in range(len(rated))]
    truth = np.array([one.mood for one in rated])
    guesses = np.array([_class_of_label(one.label) for one in readings])
    scores = np.array([one.score for one in readings])
    surprise = [
        -np.log(max(1e-6, sum(reading.probs[mood] for mood in one.example.moods)))
        for one, reading in zip(rated, readings, strict=True)
    ]
    clear = truth != 0
    figures = HeldBack(
        texts=len(rated),
        good_or_bad=float(((scores > 0) == (truth > 0))[clear].mean()) if clear.any() else 0.0,
        macro_f1=float(_macro_f1(truth, guesses, np.ones((1, len(rated)), dtype=np.int64))[0]),
        log_loss=float(np.mean(surprise)),
    )
    return Answers(guesses, figures)


def share_of_gains(rated: Sequence[RatedText], before: Classes, after: Classes, seed: int) -> float:
    """The share of 1,000 resamples of the texts in which the macro F1 is higher after than before.

    A paired bootstrap (Efron and Tibshirani 1993). Texts with the same three classes (by stars, before, after) are
    drawn together, which is the same as drawing each by itself.
    """
    truth = np.array([one.mood for one in rated])
    cells, counts = np.unique(np.stack([truth, before, after]), axis=1, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(len(rated), counts / len(rated), size=_RESAMPLES)
    gains = _macro_f1(cells[0], cells[2], draws) > _macro_f1(cells[0], cells[1], draws)
    return float(gains.mean())


def _macro_f1(truth: Classes, guesses: Classes, counts: Classes) -> NDArray[np.float64]:
    """The macro F1 ``(k)`` over the classes of ``truth (m)``, each of the ``m`` texts ``counts (k,m)`` times."""
    per_class = []
    for one in np.unique(truth):
        hits = counts[:, (truth == one) & (guesses == one)].sum(1)
        told = counts[:, truth == one].sum(1) + counts[:, guesses == one].sum(1)
        per_class.append(2 * hits / np.maximum(told, 1))
    return np.asarray(np.mean(per_class, axis=0), dtype=np.float64)


def _draw(document: Document) -> float:
    digest = hashlib.sha256(f"{document.title}\n{document.text}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _class_of_label(label: Sentiment) -> int:
    return {Sentiment.NEGATIVE: -1, Sentiment.POSITIVE: 1}.get(label, 0)
