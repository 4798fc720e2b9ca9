from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from koe.analysis import Analysis, Document, Segment, SentimentReading, TriggerPhrase
from koe.feedback import Feedback, text_hash
from koe.taxonomy import Intent, Polarity, Sentiment
from storage.database import Database

Review = Callable[..., Feedback]


def _analysis(model: str = "m1") -> Analysis:
    rng = np.random.default_rng(1)
    return Analysis(
        model=model,
        lang="ja",
        sentiment=SentimentReading(Sentiment.MIXED, -0.25, dict.fromkeys(Sentiment, 0.25)),
        intents={Intent.REFUND_DEMAND: 0.9, Intent.COMPLAINT: 0.8},
        safety=True,
        safety_score=0.75,
        triggers=(TriggerPhrase("text", 0, 5, "音が出ない", "defect", Polarity.NEGATIVE, 0.5),),
        segments=tuple(Segment("text", n, n + 1, n / 4, rng.normal(size=384).astype(np.float32)) for n in range(3)),
        embedding=rng.normal(size=384).astype(np.float32),
    )


def test_an_analysis_comes_back_with_embeddings_in_half_precision(database: Database, now: datetime) -> None:
    made = _analysis()
    digest = text_hash(None, "音が出ない")
    with database.work() as work:
        assert work.analyses.save([(digest, made), (digest, made)], now) == 1
        assert work.analyses.save([(digest, made)], now) == 0
        assert work.analyses.save([(digest, _analysis("m2"))], now) == 1
        found = work.analyses.load([digest, "unknown"], "m1")
        bare = work.analyses.load([digest], "m1", embeddings=False)
    assert list(found) == [digest]
    back = found[digest]
    assert (back.model, back.lang, back.sentiment, back.triggers) == ("m1", "ja", made.sentiment, made.triggers)
    assert list(back.intents.items()) == list(made.intents.items())
    assert (back.safety, back.safety_score) == (True, 0.75)
    assert back.embedding.dtype == np.float32
    np.testing.assert_allclose(back.embedding, made.embedding, rtol=1e-3)
    for stored, segment in zip(back.segments, made.segments, strict=True):
        assert (stored.field, stored.start, stored.end, stored.complaint) == (
            segment.field,
            segment.start,
            segment.end,
            segment.complaint,
        )
        np.testing.assert_allclose(stored.embedding, segment.embedding, rtol=1e-3)
    assert bare[digest].embedding.size == 0


def test_what_is_pending_is_each_distinct_text_once(database: Database, review: Review, now: datetime) -> None:
    batch = [
        review("1", text="a"),
        review("2", text="a", lang="en"),
        review("3", text=None, rating=1),
        review("4", text="b", title="t"),
        review("5", text="c", created_at=now),
    ]
    with database.work() as work:
        work.feedback.upsert(batch, now)
        pending = work.analyses.pending("m1", 10)
        assert [digest for digest, _ in pending] == sorted(digest for digest, _ in pending)
        assert {document for _, document in pending} == {Document("a"), Document("b", "t"), Document("c")}
        assert (work.analyses.count_pending("m1"), work.analyses.count_pending("m1", now)) == (3, 2)
        assert len(work.analyses.pending("m1", 10, until=now)) == 2
        first = work.analyses.pending("m1", 1)
        assert first + work.analyses.pending("m1", 10, after=first[0][0]) == pending

        work.analyses.save([(first[0][0], _analysis())], now)
        assert work.analyses.pending("m1", 10) == pending[1:]
        assert work.analyses.count_pending("m1") == 2
        assert work.analyses.count_pending("another model") == 3


def test_an_edited_text_is_pending_again(database: Database, review: Review, now: datetime) -> None:
    with database.work() as work:
        work.feedback.upsert([review(text="a")], now)
        work.analyses.save([(text_hash(None, "a"), _analysis())], now)
        work.feedback.upsert([review(text="b")], now)
        assert [document.text for _, document in work.analyses.pending("m1", 10)] == ["b"]
