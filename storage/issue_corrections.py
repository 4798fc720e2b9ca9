"""What people change on issues; each change is an event of the ledger and a Correction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from koe.coverage import Coverage
from koe.errors import ConflictError, UsageError
from koe.issue import Correction, Issue, Label, LedgerEvent, LedgerKind, NameFrom, Span, issue_id, issue_number
from storage.issue_members import Members
from storage.issue_state import StoredIssue
from storage.ledger import Ledger
from storage.models import CorrectionRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_corrections = CorrectionRow.table()


class IssueCorrections(ABC):
    """The corrections of :class:`storage.issue_store.IssueStore`; all return the number of their ledger event."""

    _connection: Connection
    _ledger: Ledger
    _members: Members

    def rename(
        self, issue: str, *, ja: str | None = None, en: str | None = None, by: str, effective_at: datetime
    ) -> int:
        """Call an issue something else; a language left out keeps its name."""
        stored = self._held(issue)
        old = stored.issue.label
        new = Label(
            ja=ja or old.ja,
            en=en or old.en,
            ja_from=NameFrom.PERSON if ja else old.ja_from,
            en_from=NameFrom.PERSON if en else old.en_from,
        )
        if new == old:
            raise UsageError(f"{stored.id} is called {old.best('ja')} already; give another name")
        details = {"label": asdict(new), "before": asdict(old)}
        return self._correct(stored, LedgerKind.RENAMED, details, by, effective_at)

    def merge(
        self,
        issue: str,
        into: str,
        *,
        by: str,
        effective_at: datetime,
        proposal: Mapping[str, object] | None = None,
    ) -> int:
        """Put all members of an issue into another one, which its id stands for from then on.

        With a ``proposal`` (what speaks for it) koe does it by itself, so that it is no Correction.
        """
        stored, target = self._held(issue), self._held(into)
        if stored.number == target.number:
            raise UsageError(f"{issue} and {into} are the same issue, {stored.id}")
        mine, theirs = self._count(stored), self._count(target)
        details: dict[str, object] = {"into": target.id, "members": mine}
        if proposal is None:
            event = self._correct(stored, LedgerKind.MERGED, details, by, effective_at)
        else:
            details["proposal"] = dict(proposal)
            merged = LedgerEvent(stored.id, LedgerKind.MERGED, effective_at, details, by)
            event = self._ledger.record(merged, by_person=False)
        self._members.open(target.number, self._members.close(stored.number, None, event), event)
        if mine and stored.centre.shape == target.centre.shape:
            self.set_centre(target.id, _unit(stored.centre * mine + target.centre * theirs))
        return event

    def split(
        self,
        issue: str,
        members: Collection[Span | str],
        *,
        by: str,
        effective_at: datetime,
        label: Label | None = None,
        centre: NDArray[np.float32] | None = None,
        first_seen: datetime | None = None,
    ) -> Issue:
        """Make an issue of its own of some members, segments or (by key) whole feedback; returns it.

        What is not given (``label``, ``centre``, ``first_seen``) is that of the old issue.

        Raises:
            UsageError: when none of them is in the issue.
        """
        stored = self._held(issue)
        places = self._members.of(members)
        spans = {span for span, number in places.items() if number == stored.number}
        if not spans:
            raise UsageError(f"none of these is in {stored.id}; `koe issues show {stored.id}` lists its members")
        new = self.create(
            stored.issue.product_id,
            label or stored.issue.label,
            first_seen or stored.issue.first_seen,
            stored.centre if centre is None else centre,
            effective_at,
            by=by,
            details={"split_from": stored.id},
        )
        event = self._correct(stored, LedgerKind.SPLIT, {"into": new.id, "members": len(spans)}, by, effective_at)
        self._members.open(issue_number(new.id), self._members.close(stored.number, spans, event), event)
        return new

    def move(self, members: Collection[Span | str], to: str | None, *, by: str, effective_at: datetime) -> int:
        """Put segments, or (by key) all that is told of some feedback, into an issue or (``None``) out of every one.

        Where a person put it, it stays; the discovery does not take it back.

        Raises:
            UsageError: when there is nothing to move.
        """
        self._ledger.hold()
        target = None if to is None else self.resolve(to)
        by_issue: dict[int | None, list[Span]] = {}
        for span, number in self._members.of(members).items():
            by_issue.setdefault(number, []).append(span)
        by_issue.pop(None if target is None else target.number, None)
        event = 0
        for number, spans in by_issue.items():
            subject = issue_id(number) if number is not None else to or ""
            details = {"to": target and target.id, "segments": [asdict(span) for span in spans]}
            event = self._ledger.record(LedgerEvent(subject, LedgerKind.MOVED, effective_at, details, by))
            taken = [(s, 1.0) for s in spans] if number is None else self._members.close(number, spans, event)
            if target is not None:
                self._members.open(target.number, taken, event)
        if not event:
            raise UsageError(f"nothing of this can be moved {f'into {target.id}' if target else 'out of an issue'}")
        return event

    def regroup(self, homes: Mapping[Span, tuple[str | None, float]], *, effective_at: datetime) -> int:
        """Put segments where koe's refit has them; returns how many left an issue.

        ``homes`` gives the issue (``None``: none) and the similarity to its centre. What a person placed stays.
        There is an event for each issue that segments leave and each they go to; it is no Correction.
        """
        self._ledger.hold()
        placed = self._members.placed_by_person({span.feedback for span in homes})
        moves: dict[tuple[int | None, str | None], list[tuple[Span, float]]] = {}
        for span, number in self._members.of(list(homes)).items():
            to, similarity = homes[span]
            if span not in placed and to != (None if number is None else issue_id(number)):
                moves.setdefault((number, to), []).append((span, similarity))
        for (number, to), moved in moves.items():
            subject = to if number is None else issue_id(number)
            details = {"to": to, "segments": [asdict(span) for span, _ in moved]}
            told = LedgerEvent(subject, LedgerKind.REGROUPED, effective_at, details)
            event = self._ledger.record(told, by_person=False)
            if number is not None:
                self._members.close(number, {span for span, _ in moved}, event)
            if to is not None:
                self._members.open(issue_number(to), moved, event)
        return sum(len(moved) for (number, _), moved in moves.items() if number is not None)

    def rename_as_koe(self, issue: str, label: Label, *, effective_at: datetime) -> None:
        """Give an issue the name that its present members speak for; it is no Correction."""
        stored = self._held(issue)
        if label != stored.issue.label:
            details = {"label": asdict(label), "before": asdict(stored.issue.label)}
            self._ledger.record(LedgerEvent(stored.id, LedgerKind.RENAMED, effective_at, details), by_person=False)

    def dismiss(self, issue: str, *, by: str, effective_at: datetime, reason: str = "") -> int:
        """Say that an issue is none."""
        stored = self._held(issue)
        if stored.issue.dismissed:
            raise ConflictError(f"{stored.id} is dismissed already; `koe issues reopen {stored.id}` brings it back")
        return self._correct(stored, LedgerKind.DISMISSED, {"reason": reason}, by, effective_at)

    def fix(
        self, issue: str, *, by: str, effective_at: datetime, covers: Coverage | None = None, note: str = ""
    ) -> int:
        """Say from when on an issue is fixed, and for which feedback (default: for all of it)."""
        details = {"note": note} | ({} if covers is None else {"for": str(covers)})
        return self._correct(self._held(issue), LedgerKind.FIXED, details, by, effective_at)

    def reopen(self, issue: str, *, by: str, effective_at: datetime, note: str = "") -> int:
        """Take back that an issue is fixed or dismissed."""
        stored = self._held(issue)
        if not stored.issue.dismissed and stored.issue.fixed_from is None:
            raise ConflictError(f"{stored.id} is neither fixed nor dismissed, so there is nothing to reopen")
        return self._correct(stored, LedgerKind.REOPENED, {"note": note}, by, effective_at)

    def workaround(self, issue: str, text: str, lang: str, *, by: str, effective_at: datetime) -> int:
        """Note what helps customers until an issue is fixed, in one language; an empty text takes it back."""
        details = {"text": text.strip(), "lang": lang}
        return self._correct(self._held(issue), LedgerKind.WORKAROUND, details, by, effective_at)

    def workarounds(self, issue: str) -> dict[str, str]:
        """What helps customers, by language: what was noted last."""
        noted = [one.details for one in self.corrections(self.resolve(issue).id) if one.kind == LedgerKind.WORKAROUND]
        last = {str(details["lang"]): str(details["text"]) for details in noted}
        return {lang: text for lang, text in last.items() if text}

    def corrections(self, subject: str | None = None) -> list[Correction]:
        """What people changed, in order."""
        query = select(_corrections).order_by(_corrections.c.id)
        if subject is not None:
            query = query.where(_corrections.c.subject == subject)
        return [
            Correction(row.subject, row.kind, row.effective_at, row.by, row.details)
            for row in self._connection.execute(query)
        ]

    @abstractmethod
    def resolve(self, issue: str) -> StoredIssue:
        """An issue by its id, or the one it was merged into."""

    @abstractmethod
    def create(
        self,
        product_id: str | None,
        label: Label,
        first_seen: datetime,
        centre: NDArray[np.float32],
        at: datetime,
        *,
        by: str = "koe",
        details: Mapping[str, object] | None = None,
    ) -> Issue:
        """A new issue."""

    @abstractmethod
    def set_centre(self, issue: str, centre: NDArray[np.float32]) -> None:
        """Where new segments are compared to."""

    def _held(self, issue: str) -> StoredIssue:
        self._ledger.hold()
        return self.resolve(issue)

    def _count(self, stored: StoredIssue) -> int:
        return len(self._members.all(None, None, stored.number))

    def _correct(
        self, stored: StoredIssue, kind: LedgerKind, details: Mapping[str, object], by: str, effective_at: datetime
    ) -> int:
        return self._ledger.record(LedgerEvent(stored.id, kind, effective_at, details, by))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float((vector * vector).sum() ** 0.5)
    return vector if length == 0 else (vector / length).astype(vector.dtype)
