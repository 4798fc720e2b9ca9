"""What a reader, koe's model or a baseline, says of texts, in columns; ``None`` where it has nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from koe.analysis import Analysis, Document
from koe.taxonomy import Intent, Sentiment
from nlp.analyser import Analyser

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What was read from ``n`` texts.

    ``scores (n,)`` run from -1 (negative) to 1; a text is called positive when its score is above 0. ``moods`` are the
    sentiments, ``confidences (n,)`` their probabilities. ``dangers (n,)`` are probabilities and ``alarms (n,)`` the
    decisions over them. ``intents (n, 11)`` are those that hold, ``embeddings (n, width)`` are unit vectors.
    """

    moods: Sequence[Sentiment]
    scores: Floats
    confidences: Floats | None = None
    dangers: Floats | None = None
    alarms: Flags | None = None
    intents: Flags | None = None
    embeddings: Floats | None = None
    analyses: Sequence[Analysis] | None = None

    def take(self, rows: Sequence[int]) -> Readings:
        """Some of the texts."""
        chosen = list(rows)
        return Readings(
            moods=[self.moods[row] for row in chosen],
            scores=self.scores[chosen],
            confidences=None if self.confidences is None else self.confidences[chosen],
            dangers=None if self.dangers is None else self.dangers[chosen],
            alarms=None if self.alarms is None else self.alarms[chosen],
            intents=None if self.intents is None else self.intents[chosen],
            embeddings=None if self.embeddings is None else self.embeddings[chosen],
            analyses=None if self.analyses is None else [self.analyses[row] for row in chosen],
        )


class TextReader(Protocol):
    """Reads texts, all in one go."""

    name: str

    def read(self, documents: Sequence[Document]) -> Readings:
        """What it says of documents, in their order."""
        ...


def read_with(
    analyser: Analyser, documents: Sequence[Document], progress: Callable[[int], None] | None = None
) -> Readings:
    """What an Analyser says of documents, in one pass over them."""
    found = dict(analyser.analyse(documents, progress))
    analyses = [found[index] for index in range(len(documents))]
    return Readings(
        moods=[one.sentiment.label for one in analyses],
        scores=np.array([one.sentiment.score for one in analyses], dtype=np.float64),
        confidences=np.array([max(one.sentiment.probs.values()) for one in analyses], dtype=np.float64),
        dangers=np.array([one.safety_score for one in analyses], dtype=np.float64),
        alarms=np.array([one.safety for one in analyses], dtype=np.bool_),
        intents=np.array([[intent in one.intents for intent in Intent] for one in analyses], dtype=np.bool_),
        embeddings=np.array([one.embedding for one in analyses], dtype=np.float64),
        analyses=analyses,
    )
