"""Which segments belong to which issue, from which event of the ledger until which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, FromClause, Row, insert, null, or_, select, update

from koe.issue import LedgerKind, Member, Span, issue_id
from storage.ledger import is_later_correction
from storage.models import LedgerRow, MemberRow, UnassignedRow
from storage.statements import IN_LIST, batched

T = TypeVar("T")

_table = MemberRow.table()
_unassigned = UnassignedRow.table()
_ledger = LedgerRow.table()
_PLACED_BY_PERSON = {LedgerKind.MOVED.value, LedgerKind.SPLIT.value, LedgerKind.MERGED.value}


class Members:
    """Rows are added and closed, never changed otherwise, so that every earlier moment can be told again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def join(self, issue: int, members: Sequence[tuple[Span, float]], event: int) -> int:
        """Put segments that the discovery found into an issue; what a person placed stays. Returns how many joined."""
        history = self._history({span.feedback for span, _ in members})
        closing: list[int] = []
        opening: dict[Span, float] = {}
        for span, similarity in members:
            now = history.get(span)
            if span in opening or (now is not None and (now.placed or now.issue == issue)):
                continue
            if now is not None and now.id is not None:
                closing.append(now.id)
            opening[span] = similarity
        self._close(_table, closing, event)
        self.open(issue, opening.items(), event)
        return len(opening)

    def open(self, issue: int, members: Iterable[tuple[Span, float]], event: int) -> None:
        """Put segments into an issue."""
        rows = [
            {**_span_values(span), "issue": issue, "similarity": float(similarity), "since_event": event}
            for span, similarity in members
        ]
        if rows:
            self._connection.execute(insert(_table), rows)

    def close(self, issue: int, spans: Collection[Span] | None, event: int) -> list[tuple[Span, float]]:
        """Take segments (or all) out of an issue; returns those that were in it, with their similarity."""
        query = select(_table).where(_table.c.issue == issue, _table.c.until_event.is_(None)).order_by(_table.c.id)
        rows = [row for row in self._connection.execute(query) if spans is None or _span(row) in spans]
        self._close(_table, [row.id for row in rows], event)
        return [(_span(row), row.similarity) for row in rows]

    def of(self, members: Collection[Span | str]) -> dict[Span, int | None]:
        """The number of the issue each segment is in, or ``None``.

        A key of a feedback stands for all of its segments that are in an issue or are unassigned.
        """
        keys = {member for member in members if isinstance(member, str)}
        spans = {member for member in members if isinstance(member, Span)}
        found: dict[Span, int | None] = dict.fromkeys(sorted(spans, key=str))
        for part in batched(sorted(keys | {span.feedback for span in spans}), IN_LIST):
            for table, number in ((_unassigned, null()), (_table, _table.c.issue)):
                query = select(table, number.label("place")).where(
                    table.c.feedback.in_(part), table.c.until_event.is_(None)
                )
                for row in self._connection.execute(query.order_by(table.c.id)):
                    if row.feedback in keys or _span(row) in spans:
                        found[_span(row)] = row.place
        return found

    def placed_by_person(self, keys: Collection[str]) -> set[Span]:
        """The segments of some feedback that a person put where they are, or took out of every issue."""
        return {span for span, place in self._history(keys).items() if place.placed}

    def all(self, as_of_ledger: int | None, until: datetime | None, issue: int | None = None) -> list[Member]:
        """The members as of a ledger number, without corrections that do not hold yet at a moment."""
        query = select(_table).where(*_holds(_table, as_of_ledger, until)).order_by(_table.c.issue, _table.c.id)
        if issue is not None:
            query = query.where(_table.c.issue == issue)
        rows = list(self._connection.execute(query))
        if until is not None:
            rows = _newest(rows)
        return [Member(issue_id(row.issue), _span(row), row.similarity) for row in rows]

    def set_unassigned(self, spans: Mapping[Span, str], event: int) -> None:
        """Say which complaint segments belong to no issue, and why; those said before and not now are closed."""
        query = select(_unassigned).where(_unassigned.c.until_event.is_(None))
        before = {_span(row): row for row in self._connection.execute(query)}
        gone = [row.id for span, row in before.items() if spans.get(span) != row.reason]
        new = [
            {**_span_values(span), "reason": reason, "since_event": event}
            for span, reason in spans.items()
            if span not in before or before[span].reason != reason
        ]
        self._close(_unassigned, gone, event)
        if new:
            self._connection.execute(insert(_unassigned), new)

    def unassigned(self, as_of_ledger: int | None) -> list[tuple[Span, str]]:
        """The complaint segments that belong to no issue as of a ledger number, and why."""
        query = select(_unassigned).where(*_holds(_unassigned, as_of_ledger, None)).order_by(_unassigned.c.id)
        return [(_span(row), row.reason) for row in self._connection.execute(query)]

    def _close(self, table: Any, ids: list[int], event: int) -> None:
        for part in batched(ids, IN_LIST):
            self._connection.execute(update(table).where(table.c.id.in_(part)).values(until_event=event))

    def _history(self, keys: Collection[str]) -> dict[Span, _Place]:
        """Where each segment of some feedback is, or was put last by a person."""
        since, ended = _ledger.alias("since"), _ledger.alias("ended")
        places = {}
        for part in batched(keys, IN_LIST):
            query = (
                select(_table, since.c.kind.label("since_kind"), ended.c.kind.label("ended_kind"))
                .join(since, since.c.seq == _table.c.since_event)
                .outerjoin(ended, ended.c.seq == _table.c.until_event)
                .where(_table.c.feedback.in_(part))
                .order_by(_table.c.id)
            )
            for row in self._connection.execute(query):
                if row.until_event is None:
                    places[_span(row)] = _Place(row.id, row.issue, row.since_kind in _PLACED_BY_PERSON)
                else:
                    # Taken out by a person and put nowhere since: the discovery must not bring it back.
                    places[_span(row)] = _Place(None, None, row.ended_kind in _PLACED_BY_PERSON)
        return places


class _Place:
    __slots__ = ("id", "issue", "placed")

    def __init__(self, row: int | None, issue: int | None, placed: bool) -> None:
        self.id = row
        self.issue = issue
        self.placed = placed


def _holds(table: FromClause, as_of_ledger: int | None, until: datetime | None) -> list[ColumnElement[bool]]:
    ended: list[ColumnElement[bool]] = [table.c.until_event.is_(None)]
    conditions: list[ColumnElement[bool]] = []
    if as_of_ledger is not None:
        ended.append(table.c.until_event > as_of_ledger)
        conditions.append(table.c.since_event <= as_of_ledger)
    if until is not None:
        later = select(_ledger.c.seq).where(is_later_correction(until)).scalar_subquery()
        ended.append(table.c.until_event.in_(later))
        conditions.append(table.c.since_event.not_in(later))
    return [*conditions, or_(*ended)]


def _newest(rows: list[Row[Any]]) -> list[Row[Any]]:
    """One row a segment: corrections made in another order than they became effective can leave two."""
    newest: dict[Span, Row[Any]] = {}
    for row in rows:
        span = _span(row)
        if span not in newest or newest[span].since_event < row.since_event:
            newest[span] = row
    return [row for row in rows if newest[_span(row)] is row]


def _span(row: Row[Any]) -> Span:
    return Span(row.feedback, row.version, row.field, row.start, row.end)


def _span_values(span: Span) -> dict[str, Any]:
    return {
        "feedback": span.feedback,
        "version": span.version,
        "field": span.field,
        "start": span.start,
        "end": span.end,
    }
