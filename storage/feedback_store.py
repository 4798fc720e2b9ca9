"""Feedback: versions by natural key, and which of them a moment sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, exists, or_, select

from koe.feedback import Channel, Disclosure, Feedback, Scale
from storage.feedback_versions import UpsertCounts, upsert
from storage.models import CopyRow, FeedbackRow
from storage.statements import IN_LIST, Counter, batched, insert_new

#: The counter whose numbers order everything that comes in: versions, copies, refused rows, exposures.
INGEST = "ingest"

_PAGE = 2_000
_table = FeedbackRow.table()
_copies = CopyRow.table()


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """A version of a Feedback as the store knows it; ``seq`` grows with each version stored."""

    seq: int
    feedback: Feedback
    first_seen_at: datetime
    ingested_at: datetime
    text_hash: str

    @property
    def key(self) -> str:
        """The natural key, ``source:external_id``."""
        return self.feedback.key


class FeedbackStore:
    """What customers said, every version of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert(self, batch: Sequence[Feedback], now: datetime) -> UpsertCounts:
        """Store what is new and what was edited; what is known changes nothing.

        A row is known when a version with the same content exists, unless it says by a later ``updated_at`` that the
        customer went back to an earlier wording. The same key may stand in the batch more than once, in order.
        """
        return upsert(self._connection, Counter(self._connection, INGEST), batch, now)

    def last_seq(self) -> int:
        """The last number given to anything that came in: the ``ingest`` of a report's ``as_of``."""
        return Counter(self._connection, INGEST).last()

    def get(self, key: str) -> StoredFeedback | None:
        """The latest version of a Feedback by its key ``source:external_id``, or ``None``."""
        return self._first(select(_table).where(*_is(key), ~superseded()))

    def history(self, key: str) -> list[StoredFeedback]:
        """Every version of a Feedback, the first one first."""
        return self._all(select(_table).where(*_is(key)).order_by(_table.c.version))

    def version(self, key: str, version: int) -> StoredFeedback | None:
        """One version of a Feedback, or ``None``."""
        return self._first(select(_table).where(*_is(key), _table.c.version == version))

    def seen(
        self,
        until: datetime,
        as_of_ingest: int | None = None,
        product: str | None = None,
        since: datetime | None = None,
    ) -> Iterator[StoredFeedback]:
        """What was to be seen before ``until``, by date and key; streamed.

        For each Feedback dated before ``until`` (and not before ``since``): its latest version that began to hold
        before ``until``, by ``updated_at`` or else by when it came in; the first version always. Only what had come
        in as of ``as_of_ingest``.
        """
        query = (
            select(_table)
            .where(_table.c.created_at < until, *visible(_table, until, as_of_ingest))
            .where(~superseded(until, as_of_ingest))
            .order_by(_table.c.created_at, _table.c.source, _table.c.external_id)
        )
        if product is not None:
            query = query.where(_table.c.product_id == product)
        if since is not None:
            query = query.where(_table.c.created_at >= since)
        result = self._connection.execution_options(yield_per=_PAGE).execute(query)
        for row in result:
            yield stored_row(row)

    def by_author(self, source: str, author: str, before: datetime | None = None) -> list[StoredFeedback]:
        """What an author said in a source (before a moment), in its latest versions, by date."""
        return self._by_person(and_(_table.c.source == source, _table.c.author == author), before)

    def by_customer(self, customer_id: str, before: datetime | None = None) -> list[StoredFeedback]:
        """What a customer said in all sources (before a moment), in its latest versions, by date."""
        return self._by_person(_table.c.customer_id == customer_id, before)

    def set_copies(self, copies: Mapping[str, str]) -> int:
        """Tell which feedback repeats which original, by keys; returns how many are new. A copy stays one."""
        if not copies:
            return 0
        counter = Counter(self._connection, INGEST)
        counter.hold()
        known = self.copies()
        new = {copy: original for copy, original in copies.items() if copy not in known}
        if not new:
            return 0
        seq = counter.draw()
        rows = [{"copy": copy, "original": original, "seq": seq} for copy, original in new.items()]
        return insert_new(self._connection, _copies, rows)

    def copies(self, as_of_ingest: int | None = None) -> dict[str, str]:
        """The original's key for the key of each copy that was told by then."""
        query = select(_copies.c.copy, _copies.c.original).order_by(_copies.c.seq, _copies.c.copy)
        if as_of_ingest is not None:
            query = query.where(_copies.c.seq <= as_of_ingest)
        return {row.copy: row.original for row in self._connection.execute(query)}

    def load(self, keys: Iterable[str]) -> dict[str, StoredFeedback]:
        """The latest versions of many Feedback, by key; unknown keys are left out."""
        return {stored.key: stored for stored in map(stored_row, self._latest(keys, *_table.c))}

    def dates(self, keys: Iterable[str]) -> dict[str, datetime]:
        """When many Feedback were said, by key, by their latest versions; unknown keys are left out."""
        rows = self._latest(keys, _table.c.source, _table.c.external_id, _table.c.created_at)
        return {f"{row.source}:{row.external_id}": row.created_at for row in rows}

    def text_hashes(self, keys: Iterable[str]) -> dict[str, str]:
        """The hashes of the texts of many Feedback, by key, in their latest versions; unknown keys are left out."""
        rows = self._latest(keys, _table.c.source, _table.c.external_id, _table.c.text_hash)
        return {f"{row.source}:{row.external_id}": row.text_hash for row in rows}

    def _latest(self, keys: Iterable[str], *columns: ColumnElement[Any]) -> Iterator[Row[Any]]:
        by_source: dict[str, list[str]] = {}
        for key in set(keys):
            source, _, external_id = key.partition(":")
            by_source.setdefault(source, []).append(external_id)
        for source, ids in by_source.items():
            for part in batched(ids, IN_LIST):
                query = select(*columns).where(_table.c.source == source, _table.c.external_id.in_(part), ~superseded())
                yield from self._connection.execute(query)

    def _by_person(self, person: ColumnElement[bool], before: datetime | None) -> list[StoredFeedback]:
        query = select(_table).where(person, ~superseded())
        if before is not None:
            query = query.where(_table.c.created_at < before)
        return self._all(query.order_by(_table.c.created_at, _table.c.source, _table.c.external_id))

    def _first(self, query: Select[Any]) -> StoredFeedback | None:
        row = self._connection.execute(query).first()
        return None if row is None else stored_row(row)

    def _all(self, query: Select[Any]) -> list[StoredFeedback]:
        return [stored_row(row) for row in self._connection.execute(query)]


def _is(key: str) -> tuple[ColumnElement[bool], ...]:
    source, _, external_id = key.partition(":")
    return _table.c.source == source, _table.c.external_id == external_id


def visible(table: FromClause, until: datetime | None, as_of_ingest: int | None) -> list[ColumnElement[bool]]:
    """What makes a version one that began to hold before ``until`` and had come in by then."""
    conditions: list[ColumnElement[bool]] = []
    if until is not None:
        conditions.append(or_(table.c.version == 1, table.c.effective_at < until))
    if as_of_ingest is not None:
        conditions.append(table.c.seq <= as_of_ingest)
    return conditions


@lru_cache(maxsize=64)  # building it takes longer than many a query that it is part of
def superseded(until: datetime | None = None, as_of_ingest: int | None = None) -> ColumnElement[bool]:
    """Whether another visible version of the same Feedback began to hold later."""
    newer = _table.alias("newer")
    later = or_(
        newer.c.effective_at > _table.c.effective_at,
        and_(newer.c.effective_at == _table.c.effective_at, newer.c.version > _table.c.version),
    )
    return exists().where(
        newer.c.source == _table.c.source,
        newer.c.external_id == _table.c.external_id,
        newer.c.version != _table.c.version,
        later,
        *visible(newer, until, as_of_ingest),
    )


def stored_row(row: Row[Any]) -> StoredFeedback:
    """A row of the feedback table in koe's words."""
    feedback = Feedback(
        source=row.source,
        external_id=row.external_id,
        channel=Channel(row.channel),
        created_at=row.created_at,
        product_id=row.product_id,
        author=row.author,
        customer_id=row.customer_id,
        title=row.title,
        text=row.text,
        rating=row.rating,
        score=row.score,
        scale=None if row.scale is None else Scale(row.scale),
        updated_at=row.updated_at,
        lang=row.lang,
        reach=row.reach,
        disclosure=Disclosure(row.disclosure),
        attributes=row.attributes,
        parent_id=row.parent_id,
        version=row.version,
    )
    return StoredFeedback(row.seq, feedback, row.first_seen_at, row.ingested_at, row.text_hash)
