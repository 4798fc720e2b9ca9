"""What a report sees of the store: feedback, issues and analyses as of a moment, each read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from koe.analysis import Analysis
from koe.feedback import Disclosure, Feedback
from koe.issue import Issue, Member, Span
from koe.week import Week
from reports.config import ReportConfig
from reports.counts import CountedRow, WeeklySeries, weekly_series
from reports.report import AsOf
from storage.feedback_store import StoredFeedback
from storage.issue_state import StoredIssue
from storage.work import Work


@dataclass(frozen=True, slots=True, eq=False)
class SeenIssue:
    """An issue that is alive, with its members whose feedback is seen.

    ``also`` are the products of issues that were merged into it, where they are others than its own.
    """

    issue: Issue
    members: Sequence[Member]
    first_seen: datetime
    first_week: Week
    also: frozenset[str | None] = frozenset()

    def is_of(self, product: str | None) -> bool:
        """Whether feedback on a product speaks of it."""
        return product == self.issue.product_id or product in self.also


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Everything a report is made from.

    ``rows`` is all feedback, ``window`` (by key) only that of the weeks looked back on, ``older`` what is quoted from
    outside of it. ``attributes`` (by key) are those of all feedback of products with a fix for some of it;
    ``variant_units`` (by product and attribute) are units by week and value.
    """

    week: Week
    as_of: AsOf
    window_start: Week
    rows: Sequence[CountedRow]
    week_of: Mapping[str, Week]
    window: Mapping[str, StoredFeedback]
    this_week: Mapping[str, StoredFeedback]
    copies: Mapping[str, str]
    members: Sequence[Member]
    issues: Mapping[str, SeenIssue]
    unassigned: Sequence[tuple[Span, str]]
    attributes: Mapping[str, Mapping[str, str]]
    units: Mapping[str | None, Mapping[Week, float]]
    variant_units: Mapping[tuple[str | None, str], Mapping[Week, Mapping[str, float]]]
    analyses: Mapping[str, Analysis]
    rows_by_id: Mapping[str, CountedRow]
    not_counted: Mapping[str, str]
    older: Mapping[tuple[str, int], StoredFeedback]

    def counted(self, key: str) -> bool:
        """Whether a Feedback counts in rates."""
        return self.rows_by_id[key].counted

    def version(self, key: str) -> int:
        """The version of a Feedback that is seen."""
        return self.rows_by_id[key].version

    def analysis(self, stored: StoredFeedback) -> Analysis | None:
        """What the report's model says of it, or ``None`` where it has not read it."""
        return self.analyses.get(stored.text_hash)

    def lang(self, stored: StoredFeedback) -> str:
        """Its language as the model read it, else as its source told."""
        analysis = self.analysis(stored)
        return analysis.lang if analysis else stored.feedback.lang or "und"

    def quotable(self, span: Span) -> StoredFeedback | None:
        """The stored version that a span stands in, where it is at hand."""
        now = self.window.get(span.feedback)
        if now is not None and now.feedback.version == span.version:
            return now
        return self.older.get((span.feedback, span.version))


def gather(work: Work, week: Week, config: ReportConfig, model: str, as_of: AsOf) -> Seen:
    """Read what the report of a week sees."""
    zone = config.zone
    end = week.end(zone)
    window_start = week - config.baseline_weeks
    copies = work.feedback.copies(as_of.ingest)
    stored_issues = work.issues.all(as_of.ledger, end)
    merged = _merged_products(stored_issues)
    fixed_for = [one.id for one in stored_issues if one.issue.fix and one.issue.fix.covers]
    partly_fixed = {product for issue in fixed_for for product in merged.get(issue, ())}
    attributes: dict[str, Mapping[str, str]] = {}
    rows: list[CountedRow] = []
    created: dict[str, datetime] = {}
    window: dict[str, StoredFeedback] = {}
    not_counted: dict[str, str] = {}
    for stored in work.feedback.seen(end, as_of.ingest):
        feedback, key = stored.feedback, stored.key
        of_week = Week.at(feedback.created_at, zone)
        counted = feedback.counted and key not in copies
        rows.append(CountedRow(key, feedback.product_id, of_week, counted, feedback.version))
        created[key] = feedback.created_at
        if feedback.product_id in partly_fixed:
            attributes[key] = feedback.attributes
        if not counted:
            not_counted[key] = _why(feedback, copies.get(key))
        if of_week >= window_start:
            window[key] = stored
    week_of = {row.id: row.week for row in rows}
    by_id = {row.id: row for row in rows}
    first_week = min(week_of.values(), default=week)
    members = [
        member
        for member in work.issues.members(as_of.ledger, end)
        if member.span.feedback in by_id and member.span.version <= by_id[member.span.feedback].version
    ]
    issues = _issues(stored_issues, members, merged, created, config)
    units, variant_units = _units(work, as_of)
    members = [member for member in members if member.issue in issues]
    older = _older(work, members, window, by_id)
    this_week = {key: stored for key, stored in window.items() if week_of[key] == week}
    hashes = {stored.text_hash for stored in this_week.values()}
    for member in members:
        if member.span.feedback in window:
            hashes.add(window[member.span.feedback].text_hash)
    hashes.update(stored.text_hash for stored in older.values())
    return Seen(
        week=week,
        as_of=as_of,
        window_start=max(window_start, first_week),
        rows=rows,
        week_of=week_of,
        window=window,
        this_week=this_week,
        copies=copies,
        members=members,
        issues=issues,
        unassigned=work.issues.unassigned(as_of.ledger),
        attributes=attributes,
        units=units,
        variant_units=variant_units,
        analyses=work.analyses.load(sorted(hashes), model, embeddings=False),
        rows_by_id=by_id,
        not_counted=not_counted,
        older=older,
    )


def series_of(seen: Seen) -> dict[str, WeeklySeries]:
    """The counts and exposures of every issue that is seen, by its id."""
    return weekly_series(
        seen.rows,
        ((member.issue, member.span) for member in seen.members),
        {issue: entry.issue.product_id for issue, entry in seen.issues.items()},
        seen.week,
        seen.units,
        {issue: entry.also for issue, entry in seen.issues.items()},
    )


def _why(feedback: Feedback, original: str | None) -> str:
    if original is not None:
        return f"copy of {original}"
    return "answer" if feedback.disclosure is Disclosure.NONE else str(feedback.disclosure)


def _issues(
    stored: Sequence[StoredIssue],
    members: Sequence[Member],
    merged: Mapping[str, frozenset[str | None]],
    created: Mapping[str, datetime],
    config: ReportConfig,
) -> dict[str, SeenIssue]:
    """The issues that are alive and spoken of until the end of the week."""
    of_issue: dict[str, list[Member]] = {}
    for member in members:
        of_issue.setdefault(member.issue, []).append(member)
    found = {}
    for entry in stored:
        own = of_issue.get(entry.id)
        if own and entry.alive:
            first_seen = min(created[member.span.feedback] for member in own)
            first_week = Week.at(first_seen, config.zone)
            also = merged.get(entry.id, frozenset()) - {entry.issue.product_id}
            found[entry.id] = SeenIssue(entry.issue, own, first_seen, first_week, also)
    return found


def _merged_products(stored: Sequence[StoredIssue]) -> dict[str, frozenset[str | None]]:
    """The products of the issues that were merged into each issue, over any number of merges."""
    into = {entry.id: entry.issue.merged_into for entry in stored}
    found: dict[str, frozenset[str | None]] = {}
    for entry in stored:
        last = entry.id
        while (following := into[last]) is not None:
            last = following
        found[last] = found.get(last, frozenset()) | {entry.issue.product_id}
    return found


def _older(
    work: Work, members: Sequence[Member], window: Mapping[str, StoredFeedback], by_id: Mapping[str, CountedRow]
) -> dict[tuple[str, int], StoredFeedback]:
    """Stored versions to quote from for issues that no wording in the window speaks of."""
    fresh = {
        member.issue
        for member in members
        if member.span.feedback in window and window[member.span.feedback].feedback.version == member.span.version
    }
    wanted = {
        (member.span.feedback, member.span.version)
        for member in members
        if member.issue not in fresh and by_id[member.span.feedback].counted
    }
    found = {}
    for key, version in sorted(wanted):
        stored = work.feedback.version(key, version)
        if stored is not None:
            found[key, version] = stored
    return found


_Units = dict[str | None, dict[Week, float]]
_VariantUnits = dict[tuple[str | None, str], dict[Week, dict[str, float]]]


def _units(work: Work, as_of: AsOf) -> tuple[_Units, _VariantUnits]:
    """Units by week, told for whole products and for the values of their attributes; days of a week add up."""
    whole: _Units = {}
    variants: _VariantUnits = {}
    for exposure in work.exposures.all(as_of.ingest):
        product, period = exposure.product_id, exposure.period
        week = Week.parse(period) if "W" in period else Week.of(date.fromisoformat(period))
        if exposure.attribute:
            values = variants.setdefault((product, exposure.attribute), {}).setdefault(week, {})
            values[exposure.value] = values.get(exposure.value, 0.0) + exposure.units
        else:
            weeks = whole.setdefault(product, {})
            weeks[week] = weeks.get(week, 0.0) + exposure.units
    return whole, variants
