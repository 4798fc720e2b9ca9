"""Issue: a recurring complaint about a product, its members, its ledger, its alerts and its corrections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from koe.analysis import Field
from koe.coverage import Coverage
from koe.errors import UsageError
from koe.week import Week

_ID = re.compile(r"ISSUE-(\d{4,})")


def issue_id(number: int) -> str:
    """The permanent id of the issue with a number: ``ISSUE-0142``."""
    return f"ISSUE-{number:04d}"


def issue_number(text: str) -> int:
    """The number in an issue id.

    Raises:
        UsageError: when the text is no issue id.
    """
    match = _ID.fullmatch(text.strip().upper())
    if not match:
        raise UsageError(f"{text!r} is not an issue id; expected something like ISSUE-0142")
    return int(match[1])


class NameFrom(StrEnum):
    """Where a name comes from."""

    CUSTOMERS = "customers"
    GLOSSARY = "glossary"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Label:
    """What an issue is called, in customers' own words where a language has such.

    ``ja_from`` and ``en_from`` say where a name comes from that is not customers' words; labels of the same names are
    equal.
    """

    ja: str | None = None
    en: str | None = None
    ja_from: NameFrom | None = field(default=None, compare=False)
    en_from: NameFrom | None = field(default=None, compare=False)

    def named(self, lang: str) -> tuple[str, NameFrom] | None:
        """The name in a language and where it comes from; ``None`` where it has none."""
        name, made = (self.ja, self.ja_from) if lang == "ja" else (self.en, self.en_from)
        return None if name is None else (name, NameFrom(made or NameFrom.CUSTOMERS))

    def best(self, lang: str) -> str:
        """The name in a language, or in the other one where that is all there is."""
        first, second = (self.ja, self.en) if lang == "ja" else (self.en, self.ja)
        return first or second or "?"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one version of one Feedback: where a member segment or a quotation stands."""

    feedback: str
    version: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Member:
    """A segment that belongs to an issue; ``similarity`` is the cosine to the issue's centre when it joined."""

    issue: str
    span: Span
    similarity: float


class LedgerKind(StrEnum):
    """What can happen to an issue; ``REFIT`` is a run of the discovery over all of them.

    ``MOVED`` is what a person did, ``REGROUPED`` what koe did when it grouped all complaints anew.
    """

    BORN = "born"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    REGROUPED = "regrouped"
    DISMISSED = "dismissed"
    FIXED = "fixed"
    REOPENED = "reopened"
    WORKAROUND = "workaround"
    REFIT = "refit"


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One thing that happened to an issue; never changed, never deleted.

    A refit, the one event that concerns no single issue, has ``issue`` ``None``.
    """

    issue: str | None
    kind: LedgerKind
    effective_at: datetime
    details: Mapping[str, object] = field(default_factory=dict)
    by: str = "koe"


class IssueState(StrEnum):
    """How an issue stands in a week's report; ``UNKNOWN`` is too little data, not "no change"."""

    NEW = "new"
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    FIXED = "fixed"
    REOPENED = "reopened"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fix:
    """What was said to end an issue: from when on, and for which feedback (``None``: for all of it).

    ``event`` is its number in the ledger.
    """

    since: datetime
    covers: Coverage | None
    event: int


@dataclass(frozen=True, slots=True)
class Issue:
    """A recurring complaint about a product, as the store knows it.

    ``fix`` is the last one that was said; it does not hold any more once the issue was reopened.
    """

    id: str
    product_id: str | None
    label: Label
    first_seen: datetime
    owner: str | None = None
    dismissed: bool = False
    fix: Fix | None = None
    reopened_at: datetime | None = None
    merged_into: str | None = None

    @property
    def fixed_from(self) -> datetime | None:
        """From when on it is fixed, where a fix holds."""
        return self.fix.since if self.fix is not None and self.reopened_at is None else None


@dataclass(frozen=True, slots=True)
class Alert:
    """A statement that an issue rises beyond chance in a week.

    ``level`` is the false discovery rate it was made under, ``q_value`` the ``p_value`` corrected over all issues of
    the week. ``event`` numbers the rises of the issue; each is alerted once.
    """

    issue: str
    week: Week
    level: float
    p_value: float
    q_value: float
    event: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person changed, on an issue or on what koe said of a feedback; never changed, never deleted."""

    subject: str
    kind: str
    effective_at: datetime
    by: str
    details: Mapping[str, object] = field(default_factory=dict)
