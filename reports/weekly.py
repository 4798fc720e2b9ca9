"""The weekly defect report: from the store, as of a moment, to data.

The same store, week and ``as_of`` give the same report: everything is sorted, and nothing asks for the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import fmean

from koe.issue import IssueState
from koe.settings import Settings
from koe.taxonomy import Intent
from koe.week import Week
from reports.alone import alone_lane, safety_lane
from reports.concentration import Concentration, concentrations
from reports.config import ReportConfig
from reports.detection import expected_false_alarms
from reports.fix_sides import Fixes
from reports.onset import Onset, likely_onset
from reports.proposed import proposed
from reports.quotations import Candidate, choose
from reports.report import AsOf, Excluded, IssueEntry, ProductWeek, Report, Totals, TrendPoint
from reports.seen import Seen, SeenIssue, gather, series_of
from reports.severity import severity
from reports.standing import Judged, judge, state_of
from storage.feedback_store import StoredFeedback
from storage.work import Work

__all__ = ["Report", "build_report"]

#: An event with fewer feedback than this is looked at together with the weeks before it.
_ENOUGH_FOR_EVENT = 5


def build_report(
    work: Work, week: Week, settings: Settings, model: str, now: datetime, as_of: AsOf | None = None
) -> Report:
    """The report of a week under a model's analyses.

    Without ``as_of`` it is made from the store as it is now, and the settings it depends on are kept (the caller
    commits). With ``as_of`` it is rebuilt: later feedback, corrections and settings play no part.

    Raises:
        NotFoundError: the settings of ``as_of`` are not in the store.
    """
    if as_of is None:
        config = ReportConfig.of(settings)
        kept = work.snapshots.keep(config.snapshot())
        as_of = AsOf(work.feedback.last_seq(), work.issues.last_seq(), kept)
    else:
        config = ReportConfig.from_snapshot(work.snapshots.get(as_of.config))
    seen = gather(work, week, config, model, as_of)
    series = series_of(seen)
    judged = judge(series, config)
    fixes = Fixes(seen, series, config)
    issues = [_entry(entry, judged[issue], seen, config, fixes) for issue, entry in seen.issues.items()]
    issues.sort(key=lambda issue: (-issue.severity.score, -issue.count, issue.id))
    significant = sum(bool(one.q[-1] <= config.level) for one in judged.values())
    safety = safety_lane(seen, config)
    alone, alone_total = alone_lane(seen, config)
    return Report(
        week=week,
        generated_at=now,
        model=model,
        as_of=as_of,
        timezone=config.timezone,
        level=config.level,
        baseline_weeks=config.baseline_weeks,
        tested=sum(bool(one.look.known[-1]) for one in judged.values()),
        significant=significant,
        expected_false_alarms=expected_false_alarms(config.level, significant),
        issues=issues,
        products=_products(seen, issues, config),
        safety=safety,
        alone=alone,
        totals=_totals(work, seen, config, alone_total),
        proposals=proposed(work, seen, config),
    )


def _entry(entry: SeenIssue, judged: Judged, seen: Seen, config: ReportConfig, fixes: Fixes) -> IssueEntry:
    issue, series, look, standing = entry.issue, judged.series, judged.look, judged.standings[-1]
    week = seen.week
    state = state_of(issue, judged, entry.first_week, config, fixes.since.get(issue.id))
    speaking = {key for ids in series.counted.values() for key in ids}
    same_product = [
        one for key, one in seen.window.items() if entry.is_of(one.feedback.product_id) and seen.counted(key)
    ]
    inside = [one for one in same_product if one.key in speaking]
    outside = [one for one in same_product if one.key not in speaking]
    since = None if standing.since is None else series.weeks[standing.since]
    concentration_from, found = _concentrated(inside, outside, since, seen, config)
    known = bool(look.known[-1])
    readings = [analysis for one in inside if (analysis := seen.analysis(one))]
    dangerous = sum(analysis.safety for analysis in readings)
    leaving = sum(Intent.CHURN_THREAT in analysis.intents for analysis in readings)
    reach = sum(one.feedback.reach or 0 for one in inside)
    rating = _average(inside)
    return IssueEntry(
        id=issue.id,
        product_id=issue.product_id,
        product_name=config.name(issue.product_id),
        owner=issue.owner or config.owners.get(issue.product_id or ""),
        label=issue.label,
        state=state,
        alert=standing.alert,
        rising_since=since,
        onset=_onset(judged, state, config),
        event=standing.event,
        p_value=float(look.p_value[-1]) if known else None,
        q_value=float(judged.q[-1]) if known else None,
        count=int(series.counts[-1]),
        previous_count=int(series.counts[-2]) if len(series.counts) > 1 else 0,
        exposure=float(series.exposures[-1]),
        exposure_unit="units" if series.in_units else "feedback",
        expected=float(look.expected[-1]) if known else None,
        first_seen=entry.first_seen,
        fixed_from=issue.fixed_from,
        fix=fixes.verdict(entry),
        severity=severity(
            feedback=len(inside),
            product_feedback=len(same_product),
            safety_feedback=dangerous,
            churn_feedback=leaving,
            reach=reach,
            rating=rating,
            other_rating=_average(outside),
            count=int(series.counts[-1]),
            expected=float(look.expected[-1]) if known else None,
        ),
        safety_feedback=dangerous,
        churn_feedback=leaving,
        reach=reach,
        rating=rating,
        languages=dict(sorted(Counter(seen.lang(one) for one in inside).items())),
        window=(seen.window_start, week),
        concentration_window=(concentration_from, week),
        concentration=found,
        quotations=choose(_candidates(entry, speaking, seen), config.zone),
        trend=[_point(judged, index) for index in range(len(series.weeks))],
        week_feedback_ids=list(series.counted[week]),
        feedback_ids=[key for point in series.weeks for key in series.counted[point]],
        excluded=[Excluded(key, seen.not_counted[key]) for point in series.weeks for key in series.beside[point]],
    )


def _onset(judged: Judged, state: IssueState, config: ReportConfig) -> Onset | None:
    """Since when an issue that rises or is new has been voiced more often than in the weeks looked back on."""
    since = judged.standings[-1].since
    if since is None and state is not IssueState.NEW:
        return None
    series = judged.series
    start = max(0, (len(series.weeks) - 1 if since is None else since) - config.baseline_weeks)
    return likely_onset(series.weeks[start:], series.counts[start:], series.exposures[start:])


def _point(judged: Judged, index: int) -> TrendPoint:
    series, look = judged.series, judged.look
    expected, low, high = (
        float(values[index]) if look.known[index] else None for values in (look.expected, look.low, look.high)
    )
    alert = judged.standings[index].alert
    count, exposure = int(series.counts[index]), float(series.exposures[index])
    return TrendPoint(series.weeks[index], count, exposure, expected, low, high, alert)


def _concentrated(
    inside: Sequence[StoredFeedback],
    outside: Sequence[StoredFeedback],
    since: Week | None,
    seen: Seen,
    config: ReportConfig,
) -> tuple[Week, list[Concentration]]:
    """What the rise comes from while one is going on and is large enough, else the whole window."""
    start = seen.window_start
    if since is not None and since > start:
        recent = [one for one in inside if Week.at(one.feedback.created_at, config.zone) >= since]
        if len(recent) >= _ENOUGH_FOR_EVENT:
            others = [one for one in outside if Week.at(one.feedback.created_at, config.zone) >= since]
            found = concentrations(_attributes(recent), _attributes(others))
            if found:
                return since, found
    return start, concentrations(_attributes(inside), _attributes(outside))


def _attributes(stored: Iterable[StoredFeedback]) -> list[dict[str, str]]:
    return [dict(one.feedback.attributes) for one in stored]


def _candidates(entry: SeenIssue, speaking: set[str], seen: Seen) -> list[Candidate]:
    """The member segments of counted feedback in the version that is seen; earlier versions where there are none."""
    found = []
    for member in entry.members:
        stored = seen.quotable(member.span)
        if stored is not None and member.span.feedback in speaking:
            week = seen.week_of[member.span.feedback]
            found.append(Candidate(member.span, stored.feedback, seen.analysis(stored), week, member.similarity))
    current = [one for one in found if one.span.version == seen.version(one.span.feedback)]
    return current or found


def _average(stored: Iterable[StoredFeedback]) -> float | None:
    ratings = [one.feedback.rating for one in stored if one.feedback.rating is not None]
    return fmean(ratings) if ratings else None


def _products(seen: Seen, issues: Sequence[IssueEntry], config: ReportConfig) -> list[ProductWeek]:
    rows = []
    for product in sorted({one.feedback.product_id for one in seen.window.values()}, key=lambda name: name or "\uffff"):
        now, before = (
            [
                one
                for key, one in seen.window.items()
                if one.feedback.product_id == product and seen.week_of[key] == week and seen.counted(key)
            ]
            for week in (seen.week, seen.week - 1)
        )
        own = [issue for issue in issues if issue.product_id == product]
        rows.append(
            ProductWeek(
                product,
                config.name(product),
                len(now),
                len(before),
                _average(now),
                _average(before),
                sum(issue.count > 0 for issue in own),
                sum(issue.alert or issue.state is IssueState.RISING for issue in own),
            )
        )
    return rows


def _totals(work: Work, seen: Seen, config: ReportConfig, alone: int) -> Totals:
    excluded = Counter(seen.not_counted[key].partition(" ")[0] for key in seen.this_week if not seen.counted(key))
    segments = sum(
        segment.complaint >= config.complaint
        for key, one in seen.this_week.items()
        if key not in seen.copies and (analysis := seen.analysis(one))
        for segment in analysis.segments
    )
    return Totals(
        feedback=len(seen.this_week),
        counted=sum(seen.counted(key) for key in seen.this_week),
        complaint_segments=segments,
        unassigned=alone,
        quarantined=work.quarantine.count(as_of_ingest=seen.as_of.ingest),
        excluded=dict(sorted(excluded.items())),
    )
