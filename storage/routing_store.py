"""Routings: what the rules decided on each version of a Feedback, and what still waits for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select, tuple_

from koe.feedback import text_hash
from koe.ticket import Priority, Routing
from storage.feedback_store import StoredFeedback, stored_row, superseded, visible
from storage.models import AnalysisRow, FeedbackRow, RoutingRow
from storage.statements import IN_LIST, batched, insert_new

_NO_TEXT = text_hash(None, None)
_feedback = FeedbackRow.table()
_routings = RoutingRow.table()
_analyses = AnalysisRow.table()


@dataclass(frozen=True, slots=True)
class StoredRouting:
    """A decision, on which version, and when it was made."""

    seq: int
    routing: Routing
    routed_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A Feedback that needed a response, as far as it tells who wrote."""

    key: str
    created_at: datetime
    source: str
    author: str | None
    customer_id: str | None


class RoutingStore:
    """What the routing rules decided; one decision for each version at most."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pending(
        self, model: str, until: datetime, limit: int, after: StoredFeedback | None = None
    ) -> list[StoredFeedback]:
        """What is to be seen before ``until`` and was not routed yet, by date; with ``after`` the next page.

        Text that the model has not read yet is left out: :meth:`count_unread` tells how much that is.
        """
        query = (
            select(_feedback)
            .where(*_unrouted(until), _read(model))
            .order_by(_feedback.c.created_at, _feedback.c.seq)
            .limit(limit)
        )
        if after is not None:
            place = tuple_(_feedback.c.created_at, _feedback.c.seq)
            query = query.where(place > (after.feedback.created_at, after.seq))
        return [stored_row(row) for row in self._connection.execute(query)]

    def count_unread(self, model: str, until: datetime) -> int:
        """How much is not routed because the model has not read it."""
        query = select(func.count()).select_from(FeedbackRow).where(*_unrouted(until), ~_read(model))
        return int(self._connection.execute(query).scalar_one())

    def add(self, decisions: Iterable[tuple[int, Routing]], now: datetime) -> int:
        """Keep decisions by the version's ``seq``; returns how many are new, the others stay as they are."""
        rows = [
            {
                "seq": seq,
                "queue": routing.queue,
                "priority": routing.priority.value,
                "needs_response": routing.needs_response,
                "rule": routing.rule,
                "reasons": list(routing.reasons),
                "routed_at": now,
            }
            for seq, routing in decisions
        ]
        return insert_new(self._connection, _routings, rows)

    def load(self, seqs: Collection[int]) -> dict[int, StoredRouting]:
        """The decisions on many versions, by ``seq``; versions without one are left out."""
        found = {}
        for part in batched(seqs, IN_LIST):
            for row in self._connection.execute(select(_routings).where(_routings.c.seq.in_(part))):
                found[row.seq] = _routing(row)
        return found

    def newest(self) -> datetime | None:
        """The date of the newest Feedback that was routed."""
        query = select(func.max(_feedback.c.created_at)).join_from(
            _routings, _feedback, _feedback.c.seq == _routings.c.seq
        )
        return self._connection.execute(query).scalar()

    def contacts(self, since: datetime, until: datetime) -> Iterator[Contact]:
        """Everything from then on that needed a response; versions of the same Feedback come one by one."""
        query = (
            select(
                _feedback.c.source,
                _feedback.c.external_id,
                _feedback.c.created_at,
                _feedback.c.author,
                _feedback.c.customer_id,
            )
            .join_from(_routings, _feedback, _feedback.c.seq == _routings.c.seq)
            .where(_routings.c.needs_response, _feedback.c.created_at >= since, _feedback.c.created_at < until)
            .where(or_(_feedback.c.author.is_not(None), _feedback.c.customer_id.is_not(None)))
        )
        for row in self._connection.execute(query):
            yield Contact(f"{row.source}:{row.external_id}", row.created_at, row.source, row.author, row.customer_id)

    def parents(self, until: datetime) -> set[str]:
        """The keys of the questions that have an answer dated before ``until``."""
        query = (
            select(_feedback.c.source, _feedback.c.parent_id)
            .where(_feedback.c.parent_id.is_not(None), _feedback.c.created_at < until)
            .distinct()
        )
        return {_key_of(row.source, row.parent_id) for row in self._connection.execute(query)}


def _unrouted(until: datetime) -> Sequence[ColumnElement[bool]]:
    newer = _feedback.alias("routed_later")
    routed_later = exists().where(
        newer.c.source == _feedback.c.source,
        newer.c.external_id == _feedback.c.external_id,
        newer.c.seq > _feedback.c.seq,
        _routings.c.seq == newer.c.seq,
    )
    return (
        _feedback.c.created_at < until,
        *visible(_feedback, until, None),
        ~superseded(until),
        ~exists().where(_routings.c.seq == _feedback.c.seq),
        ~routed_later,
    )


def _read(model: str) -> ColumnElement[bool]:
    analysed = exists().where(_analyses.c.text_hash == _feedback.c.text_hash, _analyses.c.model == model)
    return or_(_feedback.c.text_hash == _NO_TEXT, analysed)


def _key_of(source: str, parent: str) -> str:
    return parent if parent.startswith(f"{source}:") else f"{source}:{parent}"


def _routing(row: Row[Any]) -> StoredRouting:
    routing = Routing(row.queue, Priority(row.priority), row.needs_response, row.rule, tuple(row.reasons))
    return StoredRouting(row.seq, routing, row.routed_at)
