"""Analysis: what the model says of one version of one Feedback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from koe.taxonomy import Intent, Polarity, Sentiment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Embedding = NDArray[np.float32]

Field = Literal["title", "text"]


@dataclass(frozen=True, slots=True)
class Document:
    """What the model reads: the title and text of a Feedback as stored, and its language where it is known."""

    text: str
    title: str = ""
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class SentimentReading:
    """The mood of a document.

    ``score`` runs from -1 (negative) to 1 (positive); ``probs`` gives every label's probability and sums to 1.
    """

    label: Sentiment
    score: float
    probs: Mapping[Sentiment, float]


@dataclass(frozen=True, slots=True)
class TriggerPhrase:
    """The exact span that carries a signal: ``text`` always equals ``field[start:end]`` of the stored text."""

    field: Field
    start: int
    end: int
    text: str
    type: str
    polarity: Polarity
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A stretch of title or text that makes one statement.

    ``complaint`` is the model's probability (0 to 1) that the statement complains. ``embedding`` is the unit
    vector pooled from the tokens of the document's one encoder pass, shape ``(width,)``.
    """

    field: Field
    start: int
    end: int
    complaint: float
    embedding: Embedding


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything that one encoder pass says of a document, with the version of the model that said it.

    ``intents`` holds the intents that hold, strongest first, with their probability. ``safety`` is the decision and
    ``safety_score`` its probability. ``embedding`` is the document's unit vector, shape ``(width,)``.
    """

    model: str
    lang: str
    sentiment: SentimentReading
    intents: Mapping[Intent, float]
    safety: bool
    safety_score: float
    triggers: tuple[TriggerPhrase, ...]
    segments: tuple[Segment, ...]
    embedding: Embedding
