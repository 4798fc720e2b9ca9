from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from koe.analysis import Analysis, SentimentReading, TriggerPhrase
from koe.feedback import Channel, Feedback
from koe.taxonomy import COMPLAINT_TYPES, Intent, Polarity, Sentiment

SCORES = {Sentiment.NEGATIVE: -0.8, Sentiment.NEUTRAL: 0.0, Sentiment.POSITIVE: 0.8, Sentiment.MIXED: -0.1}
MODEL = "hand-made-1"

#: A phrase, its type and, where it is not the usual one, its polarity.
Phrase = tuple[str, str] | tuple[str, str, str]


def make_feedback(text: str | None = None, **fields: Any) -> Feedback:
    given = {
        "source": "shop",
        "external_id": "1",
        "channel": Channel.REVIEW,
        "created_at": datetime(2026, 11, 2, tzinfo=UTC),
        "product_id": "SPK-10",
        "text": text,
    } | fields
    return Feedback(**given)


def make_analysis(
    text: str,
    *phrases: Phrase,
    sentiment: str = "negative",
    intents: tuple[str, ...] = (),
    safety: bool = False,
    lang: str = "ja",
    title: str = "",
) -> Analysis:
    """An Analysis as the model would give it; every phrase must stand in the text (or the title)."""
    mood = Sentiment(sentiment)
    vector = np.zeros(4, dtype=np.float32)
    return Analysis(
        model=MODEL,
        lang=lang,
        sentiment=SentimentReading(mood, SCORES[mood], {label: float(label is mood) for label in Sentiment}),
        intents={Intent(name): 0.9 for name in intents},
        safety=safety,
        safety_score=0.97 if safety else 0.02,
        triggers=tuple(_phrase(text, title, phrase) for phrase in phrases),
        segments=(),
        embedding=vector,
    )


def _phrase(text: str, title: str, phrase: Phrase) -> TriggerPhrase:
    words, kind = phrase[0], phrase[1]
    usual = Polarity.NEGATIVE if kind in COMPLAINT_TYPES | {"churn"} else Polarity.NEUTRAL
    polarity = Polarity(phrase[2]) if len(phrase) == 3 else usual
    field, whole = ("text", text) if words in text else ("title", title)
    start = whole.index(words)
    return TriggerPhrase(field, start, start + len(words), words, kind, polarity, 0.9)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def feedback() -> Callable[..., Feedback]:
    return make_feedback


@pytest.fixture(scope="session")
def analysis() -> Callable[..., Analysis]:
    return make_analysis
