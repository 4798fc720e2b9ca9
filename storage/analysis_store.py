"""Analyses by text and model: what is pending, saving, loading."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, FromClause, Row, Select, Table, exists, func, insert, select

from koe.analysis import Analysis, Document, Segment, SentimentReading, TriggerPhrase
from koe.feedback import text_hash
from koe.taxonomy import Intent, Polarity, Sentiment
from storage.models import AnalysisRow, FeedbackRow, IntentRow, SegmentRow, TriggerPhraseRow
from storage.statements import batched, insert_new

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NO_TEXT = text_hash(None, None)
_SAVED_TOGETHER = 500
_LOADED_TOGETHER = 2_000
_feedback = FeedbackRow.table()
_analyses = AnalysisRow.table()
_segments = SegmentRow.table()
_triggers = TriggerPhraseRow.table()
_intents = IntentRow.table()


class AnalysisStore:
    """What models say of texts; equal texts share their Analysis under a model."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pending(
        self, model: str, limit: int, until: datetime | None = None, after: str = ""
    ) -> list[tuple[str, Document]]:
        """Texts without an Analysis under a model, with their hash, by hash.

        Every version counts, feedback without text never does. ``until`` leaves out feedback dated at or after it.
        To go through many texts in pages, give the last hash of a page as ``after``: nothing is looked at twice.
        """
        distinct = (
            self._without_analysis(select(func.min(_feedback.c.seq)), model, until)
            .where(_feedback.c.text_hash > after)
            .group_by(_feedback.c.text_hash)
            .order_by(_feedback.c.text_hash)
            .limit(limit)
        )
        query = (
            select(_feedback.c.text_hash, _feedback.c.title, _feedback.c.text, _feedback.c.lang)
            .where(_feedback.c.seq.in_(distinct.scalar_subquery()))
            .order_by(_feedback.c.text_hash)
        )
        return [
            (row.text_hash, Document(text=row.text or "", title=row.title or "", lang=row.lang))
            for row in self._connection.execute(query)
        ]

    def count_pending(self, model: str, until: datetime | None = None) -> int:
        """How many distinct texts have no Analysis under a model."""
        query = self._without_analysis(select(func.count(_feedback.c.text_hash.distinct())), model, until)
        return int(self._connection.execute(query).scalar_one())

    def newest_model(self) -> str | None:
        """The model that read most recently, or ``None`` when nothing was read yet."""
        query = select(_analyses.c.model).order_by(_analyses.c.id.desc()).limit(1)
        return self._connection.execute(query).scalar()

    def save(self, results: Iterable[tuple[str, Analysis]], now: datetime | None = None) -> int:
        """Save analyses by the hash of their text; returns how many are new, the others stay as they are."""
        return sum(self._save_batch(batch, now or datetime.now(UTC)) for batch in batched(results, _SAVED_TOGETHER))

    def load(self, text_hashes: Collection[str], model: str, embeddings: bool = True) -> dict[str, Analysis]:
        """The analyses of texts under a model, by hash; texts without one are left out.

        Embeddings come as float32 from the stored float16; without ``embeddings`` they are empty.
        """
        found: dict[str, Analysis] = {}
        for hashes in batched(dict.fromkeys(text_hashes), _LOADED_TOGETHER):
            query = select(_analyses).where(_analyses.c.text_hash.in_(hashes), _analyses.c.model == model)
            rows = self._connection.execute(query).all()
            ids = [row.id for row in rows]
            segments = self._parts(_segments, ids)
            triggers = self._parts(_triggers, ids)
            intents = self._parts(_intents, ids)
            for row in rows:
                found[row.text_hash] = _analysis(
                    row, segments.get(row.id, []), triggers.get(row.id, []), intents.get(row.id, []), embeddings
                )
        return found

    def _without_analysis(self, query: Select[Any], model: str, until: datetime | None) -> Select[Any]:
        done = exists().where(_analyses.c.text_hash == _feedback.c.text_hash, _analyses.c.model == model)
        query = query.select_from(cast(FromClause, _feedback)).where(_feedback.c.text_hash != _NO_TEXT, ~done)
        return query if until is None else query.where(_feedback.c.created_at < until)

    def _save_batch(self, batch: list[tuple[str, Analysis]], now: datetime) -> int:
        unique = {(digest, analysis.model): analysis for digest, analysis in batch}
        by_model: dict[str, list[str]] = {}
        for digest, model in unique:
            by_model.setdefault(model, []).append(digest)
        for known in self._ids(by_model):
            del unique[known]
        insert_new(
            self._connection,
            _analyses,
            [_analysis_values(digest, analysis, now) for (digest, _), analysis in unique.items()],
        )
        ids = self._ids(by_model)
        parts: dict[Table, list[dict[str, Any]]] = {_segments: [], _triggers: [], _intents: []}
        for key, analysis in unique.items():
            number = ids[key]
            parts[_segments] += [_segment_values(number, *item) for item in enumerate(analysis.segments)]
            parts[_triggers] += [_trigger_values(number, *item) for item in enumerate(analysis.triggers)]
            parts[_intents] += [
                {"analysis": number, "position": position, "label": label.value, "score": float(score)}
                for position, (label, score) in enumerate(analysis.intents.items())
            ]
        for table, values in parts.items():
            if values:
                self._connection.execute(insert(table), values)
        return len(unique)

    def _ids(self, by_model: dict[str, list[str]]) -> dict[tuple[str, str], int]:
        found = {}
        for model, hashes in by_model.items():
            query = select(_analyses.c.text_hash, _analyses.c.id).where(
                _analyses.c.text_hash.in_(hashes), _analyses.c.model == model
            )
            found.update({(row.text_hash, model): row.id for row in self._connection.execute(query)})
        return found

    def _parts(self, table: Table, ids: list[int]) -> dict[int, list[Row[Any]]]:
        query = select(table).where(table.c.analysis.in_(ids)).order_by(table.c.analysis, table.c.position)
        parts: dict[int, list[Row[Any]]] = {}
        for row in self._connection.execute(query):
            parts.setdefault(row.analysis, []).append(row)
        return parts


def _analysis_values(digest: str, analysis: Analysis, now: datetime) -> dict[str, Any]:
    return {
        "text_hash": digest,
        "model": analysis.model,
        "lang": analysis.lang,
        "sentiment": analysis.sentiment.label.value,
        "sentiment_score": float(analysis.sentiment.score),
        "sentiment_probs": {label.value: float(prob) for label, prob in analysis.sentiment.probs.items()},
        "safety": bool(analysis.safety),
        "safety_score": float(analysis.safety_score),
        "embedding": _pack(analysis.embedding),
        "analysed_at": now,
    }


def _segment_values(number: int, position: int, segment: Segment) -> dict[str, Any]:
    return {
        "analysis": number,
        "position": position,
        "field": segment.field,
        "start": segment.start,
        "end": segment.end,
        "complaint": float(segment.complaint),
        "embedding": _pack(segment.embedding),
    }


def _trigger_values(number: int, position: int, trigger: TriggerPhrase) -> dict[str, Any]:
    return {
        "analysis": number,
        "position": position,
        "field": trigger.field,
        "start": trigger.start,
        "end": trigger.end,
        "text": trigger.text,
        "type": trigger.type,
        "polarity": trigger.polarity.value,
        "score": float(trigger.score),
    }


def _analysis(
    row: Row[Any], segments: list[Row[Any]], triggers: list[Row[Any]], intents: list[Row[Any]], embeddings: bool
) -> Analysis:
    probs = {Sentiment(label): prob for label, prob in row.sentiment_probs.items()}
    return Analysis(
        model=row.model,
        lang=row.lang,
        sentiment=SentimentReading(Sentiment(row.sentiment), row.sentiment_score, probs),
        intents={Intent(intent.label): intent.score for intent in intents},
        safety=row.safety,
        safety_score=row.safety_score,
        triggers=tuple(
            TriggerPhrase(t.field, t.start, t.end, t.text, t.type, Polarity(t.polarity), t.score) for t in triggers
        ),
        segments=tuple(
            Segment(s.field, s.start, s.end, s.complaint, _unpack(s.embedding if embeddings else b"")) for s in segments
        ),
        embedding=_unpack(row.embedding if embeddings else b""),
    )


def _pack(embedding: NDArray[np.float32]) -> bytes:
    return embedding.astype("<f2").tobytes()


def _unpack(packed: bytes) -> NDArray[np.float32]:
    import numpy as np

    return np.frombuffer(packed, dtype="<f2").astype(np.float32)
