"""Deciding which rows of a batch are new, edited or known, and storing the first two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from koe.feedback import Feedback
from storage.models import FeedbackRow
from storage.statements import IN_LIST, Counter, batched, insert_prepared
from storage.text import storable

_table = FeedbackRow.table()
_SEQ = list(_table.columns.keys()).index("seq")
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
    hashed = [(feedback, feedback.content_hash) for feedback in rows]
    only = _only_versions(connection, rows)
    # Most rows of a file that is read again are the one version that there is; the others need a closer look.
    open_rows = [(f, content_hash) for f, content_hash in hashed if only.get((f.source, f.external_id)) != content_hash]
    known = _known_versions(connection, [f for f, _ in open_rows if (f.source, f.external_id) in only])
    new = edited = 0
    values: list[list[Any]] = []
    for feedback, content_hash in open_rows:
        versions = known.setdefault((feedback.source, feedback.external_id), [])
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
            row[_SEQ] = seq
        insert_prepared(connection, _table, values)
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


def _only_versions(connection: Connection, rows: Iterable[Feedback]) -> dict[tuple[str, str], str | None]:
    """The content hash of what has one version, ``None`` for what has more; what is new is left out."""
    columns = _table.c
    found: dict[tuple[str, str], str | None] = {}
    for source, ids in _by_source(rows).items():
        for part in batched(ids, IN_LIST):
            query = select(columns.external_id, columns.content_hash).where(
                columns.source == source, columns.external_id.in_(part)
            )
            for external_id, content_hash in connection.execute(query):
                key = (source, external_id)
                found[key] = None if key in found else content_hash
    return found


def _by_source(rows: Iterable[Feedback]) -> dict[str, set[str]]:
    ids: dict[str, set[str]] = {}
    for feedback in rows:
        ids.setdefault(feedback.source, set()).add(feedback.external_id)
    return ids


def _known_versions(connection: Connection, rows: Iterable[Feedback]) -> dict[tuple[str, str], list[_Version]]:
    columns = _table.c
    known: dict[tuple[str, str], list[_Version]] = {}
    for source, ids in _by_source(rows).items():
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


def _values(feedback: Feedback, version: _Version, now: datetime) -> list[Any]:
    """A row in the order of the table's columns; its ``seq`` follows."""
    return [
        0,
        feedback.source,
        feedback.external_id,
        version.number,
        feedback.channel.value,
        feedback.product_id,
        feedback.author,
        feedback.customer_id,
        feedback.title,
        feedback.text,
        feedback.rating,
        feedback.score,
        None if feedback.scale is None else feedback.scale.value,
        feedback.created_at,
        feedback.updated_at,
        feedback.lang,
        feedback.reach,
        feedback.disclosure.value,
        feedback.attributes,
        feedback.parent_id,
        version.content_hash,
        feedback.text_hash,
        version.first_seen_at,
        now,
        version.effective_at,
    ]
