"""What must not drown in numbers: feedback that tells of danger, and complaints that stand alone."""

from __future__ import annotations

from koe.analysis import Analysis, Field
from koe.issue import Span
from reports.config import ReportConfig
from reports.quotations import quote, stored_field
from reports.report import Alone, SafetyItem
from reports.seen import Seen
from storage.feedback_store import StoredFeedback

#: How many complaints that stand alone a report shows; their number is told in full.
SHOWN_ALONE = 40


def safety_lane(seen: Seen, config: ReportConfig) -> list[SafetyItem]:
    """Every feedback of the week that tells of danger or injury, at any star level; the surest first."""
    issue_of = {member.span.feedback: member.issue for member in reversed(seen.members)}
    items = []
    for key, stored in seen.this_week.items():
        analysis = seen.analysis(stored)
        if key in seen.copies or analysis is None or not analysis.safety:
            continue
        quotation = quote(_telling_span(stored, analysis), stored.feedback, analysis, config.zone)
        product = stored.feedback.product_id
        items.append(SafetyItem(product, config.name(product), issue_of.get(key), analysis.safety_score, quotation))
    return sorted(items, key=lambda item: (-round(item.score, 4), item.quotation.feedback_id))


def alone_lane(seen: Seen, config: ReportConfig) -> tuple[list[Alone], int]:
    """Complaints of the week that belong to no issue, the lowest stars first, and how many there are in all."""
    found = []
    for span, reason in seen.unassigned:
        stored = seen.this_week.get(span.feedback)
        if stored is not None and stored.feedback.version == span.version and span.feedback not in seen.copies:
            quotation = quote(span, stored.feedback, seen.analysis(stored), config.zone)
            found.append(Alone(stored.feedback.product_id, reason, quotation))
    found.sort(
        key=lambda item: (
            6.0 if item.quotation.rating is None else item.quotation.rating,
            item.quotation.feedback_id,
            item.quotation.field,
            item.quotation.start,
        )
    )
    return found[:SHOWN_ALONE], len(found)


def _telling_span(stored: StoredFeedback, analysis: Analysis) -> Span:
    """The segment that tells of the danger: the one with a safety phrase, else the one that complains most."""
    dangers = [trigger for trigger in analysis.triggers if trigger.type == "safety"]
    best = max(
        analysis.segments,
        key=lambda segment: (
            any(
                trigger.field == segment.field and trigger.start < segment.end and trigger.end > segment.start
                for trigger in dangers
            ),
            segment.complaint,
            -segment.start,
        ),
        default=None,
    )
    if best is not None:
        return Span(stored.key, stored.feedback.version, best.field, best.start, best.end)
    field: Field = "text" if stored.feedback.text else "title"
    return Span(stored.key, stored.feedback.version, field, 0, len(stored_field(stored.feedback, field)))
