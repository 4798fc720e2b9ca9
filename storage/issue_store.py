"""Issues: what the discovery finds, what people change, and how all of it stood at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, insert, select, update

from koe.errors import NotFoundError
from koe.issue import Issue, Label, LedgerEvent, LedgerKind, Member, NameFrom, Span, issue_id, issue_number
from koe.week import Week
from storage.issue_corrections import IssueCorrections
from storage.issue_members import Members
from storage.issue_state import StoredIssue, pack_centre, replay
from storage.ledger import Ledger, StoredEvent
from storage.models import IssueRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_table = IssueRow.table()


class IssueStore(IssueCorrections):
    """Recurring complaints.

    ``as_of_ledger`` rebuilds how things stood after that event of the ledger; ``until`` leaves out what people
    changed with an effective date at or after it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ledger = Ledger(connection)
        self._members = Members(connection)
        self._refit: int | None = None

    def all(self, as_of_ledger: int | None = None, until: datetime | None = None) -> list[StoredIssue]:
        """Every issue by number, also those merged or dismissed (which their ``issue`` says)."""
        events: dict[str, list[StoredEvent]] = {}
        for stored in self._ledger.events(None, as_of_ledger, until):
            if stored.event.issue is not None:
                events.setdefault(stored.event.issue, []).append(stored)
        query = select(_table).order_by(_table.c.number)
        if as_of_ledger is not None:
            query = query.where(_table.c.born <= as_of_ledger)
        return [replay(row, events.get(issue_id(row.number), ())) for row in self._connection.execute(query)]

    def present_ids(self) -> dict[str, str]:
        """The id that each issue goes by now: its own, or that of the issue it was merged into at last."""
        into = {stored.id: stored.issue.merged_into for stored in self.all()}
        present = {}
        for id_ in into:
            last = id_
            while (following := into[last]) is not None:
                last = following
            present[id_] = last
        return present

    def known(self) -> list[tuple[StoredIssue, int]]:
        """The issues that take new members, each with how many it has."""
        sizes = Counter(member.issue for member in self.members())
        return [(stored, sizes[stored.id]) for stored in self.all() if stored.alive]

    def get(self, issue: str) -> StoredIssue:
        """An issue by its id; the id of one that was merged leads to the one it was merged into.

        Raises:
            NotFoundError: when there is no such issue.
        """
        return self.resolve(issue)

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
        """A new issue with the next number, born in the ledger."""
        self._ledger.hold()
        number = self.next_number()
        event = LedgerEvent(issue_id(number), LedgerKind.BORN, at, details or {}, by)
        born = self._ledger.record(event)
        self._connection.execute(
            insert(_table).values(
                number=number,
                product_id=product_id,
                label_ja=label.ja,
                label_en=label.en,
                glossary=_from_glossary(label),
                first_seen=first_seen,
                centre=pack_centre(centre),
                born=born,
            )
        )
        return self._read(number).issue

    def next_number(self) -> int:
        """The number that the next issue gets; numbers are never used again."""
        return int(self._connection.execute(select(func.coalesce(func.max(_table.c.number), 0) + 1)).scalar_one())

    def set_centre(self, issue: str, centre: NDArray[np.float32]) -> None:
        """Where new segments are compared to from now on."""
        number = self.resolve(issue).number
        self._connection.execute(update(_table).where(_table.c.number == number).values(centre=pack_centre(centre)))

    def begin_refit(self, at: datetime, details: Mapping[str, object] | None = None) -> int:
        """Write the ledger's row of a discovery run, which stamps what it assigns; returns its number."""
        self._refit = self._ledger.record(LedgerEvent(None, LedgerKind.REFIT, at, details or {}))
        return self._refit

    def add_members(self, issue: str, members: Sequence[tuple[Span, float]], at: datetime) -> int:
        """Put segments into an issue, with their similarity; returns how many are new in it.

        A segment is in one issue at a time. Where a person moved, split or merged it stays as the person said, and
        what a person took out stays out. Begins a refit unless the unit of work has one.
        """
        if not members:
            return 0
        return self._members.join(self.resolve(issue).number, members, self._stamp(at))

    def members(
        self, as_of_ledger: int | None = None, until: datetime | None = None, issue: str | None = None
    ) -> list[Member]:
        """Which segments are in which issue, by issue and in the order they joined."""
        number = None if issue is None else issue_number(issue)
        return self._members.all(as_of_ledger, until, number)

    def of_feedback(self, feedback: str) -> list[StoredIssue]:
        """The issues that segments of a feedback are in, in the order of the segments."""
        numbers = dict.fromkeys(number for number in self._members.of([feedback]).values() if number is not None)
        return [self._read(number) for number in numbers]

    def places(self, feedback: str) -> dict[Span, str | None]:
        """Which issue each segment of a feedback is in, ``None`` for those that are in none."""
        places = self._members.of([feedback])
        return {span: None if number is None else issue_id(number) for span, number in places.items()}

    def set_unassigned(self, spans: Iterable[tuple[Span, str]], at: datetime | None = None) -> None:
        """Say which complaint segments belong to no issue, each with the reason: the whole list, each time."""
        self._members.set_unassigned(dict(spans), self._stamp(at or datetime.now(UTC)))

    def unassigned(self, as_of_ledger: int | None = None) -> list[tuple[Span, str]]:
        """The complaint segments that belong to no issue, and why."""
        return self._members.unassigned(as_of_ledger)

    def record(self, event: LedgerEvent) -> int:
        """Write an event to the ledger (with a Correction where a person made it); returns its number."""
        if event.kind is LedgerKind.REFIT:
            return self.begin_refit(event.effective_at, event.details)
        return self._ledger.record(event)

    def recur(self, issue: str, fix: int, week: Week, at: datetime) -> int | None:
        """Reopen an issue, as koe, because it came back in a week after a fix (the number of its ledger event).

        Returns the number of the event, or ``None`` where the ledger has it already.
        """
        self._ledger.hold()
        details = {"fix": fix, "week": str(week)}
        event = LedgerEvent(issue, LedgerKind.REOPENED, at, details)
        for known in self._ledger.events(issue):
            if known.event.kind is LedgerKind.REOPENED and known.event.details == details:
                return None
        return self._ledger.record(event, by_person=False)

    def ledger(self, issue: str | None = None) -> list[StoredEvent]:
        """What happened to an issue, or to all, in order."""
        return self._ledger.events(issue)

    def last_seq(self) -> int:
        """The number of the ledger's last event: the ``ledger`` of a report's ``as_of``."""
        return self._ledger.last_seq()

    def resolve(self, issue: str) -> StoredIssue:
        """An issue by its id, or the one it was merged into."""
        stored = self._read(issue_number(issue))
        while stored.issue.merged_into is not None:
            stored = self._read(issue_number(stored.issue.merged_into))
        return stored

    def _read(self, number: int) -> StoredIssue:
        row = self._connection.execute(select(_table).where(_table.c.number == number)).first()
        if row is None:
            known = self._connection.execute(select(_table.c.number).order_by(_table.c.number.desc()).limit(13))
            raise NotFoundError("issue", issue_id(number), [issue_id(known_number) for (known_number,) in known])
        return replay(row, self._ledger.events(issue_id(number)))

    def _stamp(self, at: datetime) -> int:
        return self.begin_refit(at) if self._refit is None else self._refit


def _from_glossary(label: Label) -> str | None:
    """The language whose name comes from the glossary; the other one has customers' words."""
    made = {"ja": label.ja_from, "en": label.en_from}
    return next((lang for lang, source in made.items() if source is NameFrom.GLOSSARY), None)
