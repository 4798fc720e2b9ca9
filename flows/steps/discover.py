"""The step ``discover``: complaint segments of the visible feedback become members of known or new issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from koe.issue import Span
from koe.taxonomy import COMPLAINT_TYPES, Polarity

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from koe.analysis import Analysis, Segment, TriggerPhrase
    from nlp.discovery import ComplaintSegment
    from storage.database import Work
    from storage.feedback_store import StoredFeedback


@dataclass(frozen=True, slots=True)
class DiscoverCounts:
    """What a run of discovery did: segments read, joined to known issues, issues born, segments left alone."""

    segments: int
    joined: int
    born: int
    unassigned: int
    copies: int


def discover(wiring: Wiring, until: datetime | None = None) -> DiscoverCounts:
    """Group the complaint segments of feedback before ``until`` (default: now) that belong to no issue yet.

    Known issues take their own first; only the rest may found new ones, numbered by their earliest feedback.
    """
    from nlp.discovery import KnownIssue, discover

    now = wiring.clock()
    until = until or now
    with wiring.database.work() as work:
        seen = list(work.feedback.seen(until))
        copies = _tell_copies(work, seen)
        taken = {member.span for member in work.issues.members()}
        segments = [segment for segment in _complaints(work, seen, copies, wiring) if segment.span not in taken]
        known = [
            KnownIssue(issue.id, issue.product_id, centre, issue.label, size)
            for issue, centre, size in work.issues.known()
        ]
        found = discover(segments, known, wiring.settings.discovery)
        work.issues.begin_refit(now)
        for issue_id, members in found.joined.items():
            work.issues.add_members(issue_id, members, now)
        for issue_id, centre in found.centres.items():
            work.issues.set_centre(issue_id, centre)
        for new in found.found:
            issue = work.issues.create(new.product_id, new.label, new.first_seen, new.centre, now)
            work.issues.add_members(issue.id, new.members, now)
        work.issues.set_unassigned([(alone.span, alone.reason) for alone in found.unassigned])
        work.commit()
    joined = sum(map(len, found.joined.values()))
    return DiscoverCounts(len(segments), joined, len(found.found), len(found.unassigned), len(copies))


def _tell_copies(work: Work, seen: list[StoredFeedback]) -> Mapping[str, str]:
    from nlp.discovery.copies import find_copies

    texts = [
        (stored.feedback.key, stored.feedback.product_id or "", stored.feedback.created_at, stored.feedback.text)
        for stored in seen
        if stored.feedback.text
    ]
    copies = find_copies(texts)
    work.feedback.set_copies(copies)
    return copies


def _complaints(
    work: Work, seen: list[StoredFeedback], copies: Mapping[str, str], wiring: Wiring
) -> Iterator[ComplaintSegment]:
    analyses = work.analyses.load({stored.text_hash for stored in seen}, wiring.analyser.version)
    for stored in seen:
        # What staff answer is not a complaint about the product, and a copy's words already stand in its original.
        analysis = analyses.get(stored.text_hash)
        if analysis is None or stored.feedback.parent_id or stored.feedback.key in copies:
            continue
        for segment in analysis.segments:
            triggers = [trigger for trigger in analysis.triggers if _complains(trigger) and _inside(trigger, segment)]
            if segment.complaint >= wiring.settings.discovery.complaint:
                yield _complaint(stored, analysis, segment, triggers)


def _complaint(
    stored: StoredFeedback, analysis: Analysis, segment: Segment, triggers: list[TriggerPhrase]
) -> ComplaintSegment:
    from nlp.discovery import ComplaintSegment

    feedback = stored.feedback
    said = (feedback.title if segment.field == "title" else feedback.text) or ""
    return ComplaintSegment(
        span=Span(feedback.key, feedback.version, segment.field, segment.start, segment.end),
        product_id=feedback.product_id,
        text=said[segment.start : segment.end],
        lang=analysis.lang,
        created_at=feedback.created_at,
        embedding=segment.embedding,
        trigger_types=frozenset(trigger.type for trigger in triggers),
        phrases=tuple(trigger.text for trigger in triggers),
        counted=feedback.counted,
        safety=any(trigger.type == "safety" for trigger in triggers),
    )


def _complains(trigger: TriggerPhrase) -> bool:
    return trigger.polarity is Polarity.NEGATIVE and trigger.type in COMPLAINT_TYPES


def _inside(trigger: TriggerPhrase, segment: Segment) -> bool:
    return trigger.field == segment.field and segment.start <= trigger.start and trigger.end <= segment.end
