"""Analysis: what a model says of a text, with its segments, trigger phrases and intents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class AnalysisRow(Base):
    """What one model says of one text; equal texts share it. Embeddings are little-endian float16."""

    __tablename__ = "analysis"
    __table_args__ = (UniqueConstraint("text_hash", "model"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    text_hash: Mapped[str]
    model: Mapped[str]
    lang: Mapped[str]
    sentiment: Mapped[str]
    sentiment_score: Mapped[float]
    sentiment_probs: Mapped[dict[str, Any]]
    safety: Mapped[bool]
    safety_score: Mapped[float]
    embedding: Mapped[bytes] = mapped_column(LargeBinary)
    analysed_at: Mapped[datetime]


class SegmentRow(Base):
    """A stretch of title or text that makes one statement."""

    __tablename__ = "segment"

    analysis: Mapped[int] = mapped_column(BIG_ID, ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    complaint: Mapped[float]
    embedding: Mapped[bytes] = mapped_column(LargeBinary)


class TriggerPhraseRow(Base):
    """The exact span that carries a signal."""

    __tablename__ = "trigger_phrase"
    __table_args__ = (Index(None, "type"),)

    analysis: Mapped[int] = mapped_column(BIG_ID, ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[str]
    type: Mapped[str]
    polarity: Mapped[str]
    score: Mapped[float]


class IntentRow(Base):
    """An intent that holds, strongest first."""

    __tablename__ = "intent"
    __table_args__ = (Index(None, "label"),)

    analysis: Mapped[int] = mapped_column(BIG_ID, ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    score: Mapped[float]
