"""The weekly defect report as data; :meth:`Report.to_json` is the contract that others rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from koe.analysis import Field
from koe.issue import Alert, IssueState, Label
from koe.proposal import Proposal
from koe.week import Week
from reports.concentration import Concentration
from reports.fix_verdict import FixVerdict
from reports.onset import Onset
from reports.severity import Severity


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a report was made from: the last ingest number, the last ledger number, the hash of the settings."""

    ingest: int
    ledger: int
    config: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A trigger phrase inside a quotation, with offsets in the field that is quoted."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A customer's own words: the mask of the stored ``field[start:end]`` of one version of a Feedback."""

    feedback_id: str
    version: int
    field: Field
    start: int
    end: int
    text: str
    marks: Sequence[Mark] = ()
    lang: str = ""
    channel: str = ""
    date: str = ""
    rating: float | None = None
    variant: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One week of an issue; ``expected`` and its 95 % range are ``None`` where too little is known."""

    week: Week
    count: int
    exposure: float
    expected: float | None
    low: float | None
    high: float | None
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Excluded:
    """A Feedback that speaks of an issue and does not count, with the reason."""

    feedback_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """An issue in a week; counts are of the week, ``feedback_ids`` are all that counted until its end."""

    id: str
    product_id: str | None
    product_name: Label
    owner: str | None
    label: Label
    state: IssueState
    alert: bool
    rising_since: Week | None
    onset: Onset | None
    event: int | None
    p_value: float | None
    q_value: float | None
    count: int
    previous_count: int
    exposure: float
    exposure_unit: str
    expected: float | None
    first_seen: datetime
    fixed_from: datetime | None
    fix: FixVerdict | None
    severity: Severity
    safety_feedback: int
    churn_feedback: int
    reach: int
    rating: float | None
    languages: Mapping[str, int]
    window: tuple[Week, Week]
    concentration_window: tuple[Week, Week]
    concentration: Sequence[Concentration]
    quotations: Sequence[Quotation]
    trend: Sequence[TrendPoint]
    week_feedback_ids: Sequence[str]
    feedback_ids: Sequence[str]
    excluded: Sequence[Excluded]

    @property
    def rate(self) -> float | None:
        """Count over exposure, or ``None`` without exposure."""
        return self.count / self.exposure if self.exposure else None

    @property
    def active(self) -> bool:
        """Whether there is something to read: it was voiced this week or last, or it moves."""
        return bool(self.count or self.previous_count or self.state in CHANGES[:-1])


@dataclass(frozen=True, slots=True)
class ProposalEntry:
    """What koe would change about issues of the report, with their names; ``into_label`` is that of a merge."""

    proposal: Proposal
    product_id: str | None
    product_name: Label
    label: Label
    into_label: Label | None


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """A Feedback of the week that tells of danger or injury, at any star level."""

    product_id: str | None
    product_name: Label
    issue: str | None
    score: float
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class Alone:
    """A complaint of the week that belongs to no issue, and why."""

    product_id: str | None
    reason: str
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class ProductWeek:
    """A product's week: counted feedback and average stars, beside those of the week before."""

    product_id: str | None
    name: Label
    feedback: int
    previous_feedback: int
    rating: float | None
    previous_rating: float | None
    issues: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The week in figures; ``quarantined`` rows are all that wait, ``excluded`` says why feedback did not count."""

    feedback: int
    counted: int
    complaint_segments: int
    unassigned: int
    quarantined: int
    excluded: Mapping[str, int]


#: The states that are news, in the order they are told.
CHANGES = (IssueState.NEW, IssueState.RISING, IssueState.REOPENED, IssueState.FALLING, IssueState.FIXED)
_FIXED = IssueState.FIXED


@dataclass(frozen=True, slots=True)
class Report:
    """The defect report of one week."""

    week: Week
    generated_at: datetime
    model: str
    as_of: AsOf
    timezone: str
    level: float
    baseline_weeks: int
    tested: int
    significant: int
    expected_false_alarms: float
    issues: Sequence[IssueEntry]
    products: Sequence[ProductWeek]
    safety: Sequence[SafetyItem]
    alone: Sequence[Alone]
    totals: Totals
    proposals: Sequence[ProposalEntry] = ()

    def changed(self, state: IssueState) -> list[IssueEntry]:
        """The issues in a state that is news this week.

        A fix is news in the week from which it holds, and in a week that brings another verdict on it.
        """
        return [
            issue for issue in self.issues if issue.state is state and (state is not _FIXED or self._fixed_now(issue))
        ]

    def _fixed_now(self, issue: IssueEntry) -> bool:
        begins = issue.fixed_from is not None and Week.at(issue.fixed_from, ZoneInfo(self.timezone)) == self.week
        return begins or (issue.fix is not None and issue.fix.turned)

    def recurrences(self) -> list[tuple[str, int]]:
        """The issues that came back after a fix which the ledger still holds for good, each with the fix's number."""
        return [
            (issue.id, issue.fix.event)
            for issue in self.issues
            if issue.state is IssueState.REOPENED and issue.fixed_from is not None and issue.fix is not None
        ]

    def alerts(self) -> list[Alert]:
        """The week's alerts as the store keeps them."""
        return [
            Alert(issue.id, self.week, self.level, issue.p_value or 0.0, issue.q_value or 0.0, issue.event or 0)
            for issue in self.issues
            if issue.alert
        ]

    def to_json(self) -> dict[str, Any]:
        """The contract's JSON values."""
        from reports.report_json import as_json

        return as_json(self)
