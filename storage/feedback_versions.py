"""Deciding which rows of a batch are new, edited or known, and storing the first two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from koe.feedback import Feedback
from storage.models import FeedbackRow
from storage.statements import IN_LIST, Counter, batched
from storage.text import storable

_table = FeedbackRow.table()
_TEXTS = ("source", "external_id", "product_id", "author", "customer_id", "title", "text", "lang", "parent_id")


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """What became of a batch; the three add up to its length."""

    new: int = 0
    edited: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Version:
    number: int
    content_hash: str
    updated_at: datetime | None
    effective_at: datetime
    first_seen_at: datetime


def upsert(connection: Connection, counter: Counter, batch: Sequence[Feedback], now: datetime) -> UpsertCounts:
    """Store the new and the edited rows of a batch; see :meth:`storage.feedback_store.FeedbackStore.upsert`."""
    if not batch:
        return UpsertCounts()
    counter.hold()
    rows = [as_stored(feedback) for feedback in batch]
    known = _known_versions(connection, rows)
    new = edited = 0
    values: list[dict[str, Any]] = []
    for feedback in rows:
        versions = known.setdefault((feedback.source, feedback.external_id), [])
        content_hash = feedback.content_hash
        if _is_known(feedback, content_hash, versions):
            continue
        version = _next_version(feedback, content_hash, versions, now)
        versions.append(version)
        values.append(_values(feedback, version, now))
        new += version.number == 1
        edited += version.number > 1
    if values:
        last = counter.draw(len(values))
        for seq, row in enumerate(values, start=last - len(values) + 1):
            row["seq"] = seq
        connection.execute(insert(_table), values)
    return UpsertCounts(new, edited, len(batch) - new - edited)


def as_stored(feedback: Feedback) -> Feedback:
    """The Feedback as the store gives it back: storable text, times in UTC; the same object when it is so already."""
    changes: dict[str, Any] = {}
    for name in _TEXTS:
        value = getattr(feedback, name)
        if value is not None and (clean := storable(value)) is not value and clean != value:
            changes[name] = clean
    for name in ("created_at", "updated_at"):
        moment = getattr(feedback, name)
        if moment is not None and moment.tzinfo is not UTC:
            if moment.tzinfo is None:
                raise ValueError(f"{name} of {feedback.key} has no offset: {moment.isoformat()}")
            changes[name] = moment.astimezone(UTC)
    attributes = {storable(name): storable(value) for name, value in feedback.attributes.items()}
    if attributes != feedback.attributes:
        changes["attributes"] = attributes
    for name in ("rating", "score"):
        number = getattr(feedback, name)
        if isinstance(number, int):
            # 4 and 4.0 are the same rating, and must not read as an edit.
            changes[name] = float(number)
    return replace(feedback, **changes) if changes else feedback


def _known_versions(connection: Connection, rows: Iterable[Feedback]) -> dict[tuple[str, str], list[_Version]]:
    wanted: dict[str, set[str]] = {}
    for feedback in rows:
        wanted.setdefault(feedback.source, set()).add(feedback.external_id)
    columns = _table.c
    known: dict[tuple[str, str], list[_Version]] = {}
    for source, ids in wanted.items():
        for part in batched(ids, IN_LIST):
            query = (
                select(
                    columns.external_id,
                    columns.version,
                    columns.content_hash,
                    columns.updated_at,
                    columns.effective_at,
                    columns.first_seen_at,
                )
                .where(columns.source == source, columns.external_id.in_(part))
                .order_by(columns.version)
            )
            for external_id, *version in connection.execute(query):
                known.setdefault((source, external_id), []).append(_Version(*version))
    return known


def _is_known(feedback: Feedback, content_hash: str, versions: list[_Version]) -> bool:
    if not versions:
        return False
    latest = max(versions, key=lambda version: (version.effective_at, version.number))
    if latest.content_hash == content_hash:
        return True
    # Sources are read again with an overlap, and files twice: an earlier wording is no edit by itself.
    return any(
        version.content_hash == content_hash
        and (feedback.updated_at is None or version.updated_at is None or feedback.updated_at <= version.updated_at)
        for version in versions
    )


def _next_version(feedback: Feedback, content_hash: str, versions: list[_Version], now: datetime) -> _Version:
    if not versions:
        effective_at = feedback.updated_at or feedback.created_at
        return _Version(1, content_hash, feedback.updated_at, effective_at, now)
    first = versions[0]
    effective_at = feedback.updated_at or now
    if first.updated_at is None:
        # A bare date as updated_at may come before the time of day of the first version; an edit follows it still.
        effective_at = max(effective_at, first.effective_at)
    return _Version(len(versions) + 1, content_hash, feedback.updated_at, effective_at, first.first_seen_at)


def _values(feedback: Feedback, version: _Version, now: datetime) -> dict[str, Any]:
    return {
        "source": feedback.source,
        "external_id": feedback.external_id,
        "version": version.number,
        "channel": feedback.channel.value,
        "product_id": feedback.product_id,
        "author": feedback.author,
        "customer_id": feedback.customer_id,
        "title": feedback.title,
        "text": feedback.text,
        "rating": feedback.rating,
        "score": feedback.score,
        "scale": feedback.scale,
        "created_at": feedback.created_at,
        "updated_at": feedback.updated_at,
        "lang": feedback.lang,
        "reach": feedback.reach,
        "disclosure": feedback.disclosure.value,
        "attributes": feedback.attributes,
        "parent_id": feedback.parent_id,
        "content_hash": version.content_hash,
        "text_hash": feedback.text_hash,
        "first_seen_at": version.first_seen_at,
        "ingested_at": now,
        "effective_at": version.effective_at,
    }
