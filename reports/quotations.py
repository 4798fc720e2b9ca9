"""Quotations: which customers' words stand for an issue, and the marks inside them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from koe.analysis import Analysis
from koe.feedback import Feedback
from koe.issue import Span
from koe.taxonomy import Polarity
from koe.week import Week
from reports.masking import mask
from reports.report import Mark, Quotation

#: Fewer characters than this say nothing by themselves.
_SHORT = 6


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A member segment that could be quoted."""

    span: Span
    feedback: Feedback
    analysis: Analysis | None
    week: Week
    similarity: float


def choose(candidates: Iterable[Candidate], zone: ZoneInfo, most: int = 5) -> list[Quotation]:
    """Up to ``most`` quotations with different words by different feedback, both languages in turn.

    The newest week first, then those with a trigger phrase inside, then the most typical. The same candidates give
    the same quotations in whatever order they come.
    """
    by_lang: dict[str, list[Candidate]] = {}
    seen_texts: set[str] = set()
    seen_feedback: set[str] = set()
    for candidate in sorted(candidates, key=_preference):
        span = candidate.span
        stretch = stored_field(candidate.feedback, span.field)[span.start : span.end]
        words = "".join(unicodedata.normalize("NFKC", stretch).casefold().split())
        if not words or words in seen_texts or span.feedback in seen_feedback:
            continue
        seen_texts.add(words)
        seen_feedback.add(span.feedback)
        by_lang.setdefault(_lang(candidate.feedback, candidate.analysis), []).append(candidate)
    lanes = sorted(by_lang.items(), key=lambda lane: (-len(lane[1]), lane[0]))
    turns = [(turn, place) for place, (_, lane) in enumerate(lanes) for turn in range(len(lane))]
    chosen = [lanes[place][1][turn] for turn, place in sorted(turns)][:most]
    return [quote(one.span, one.feedback, one.analysis, zone) for one in chosen]


def quote(span: Span, feedback: Feedback, analysis: Analysis | None, zone: ZoneInfo) -> Quotation:
    """The mask of a stored span, with the trigger phrases that complain inside it marked."""
    field = stored_field(feedback, span.field)
    return Quotation(
        feedback_id=feedback.key,
        version=feedback.version,
        field=span.field,
        start=span.start,
        end=span.end,
        text=masked_span(field, span.start, span.end),
        marks=_marks(span, analysis),
        lang=_lang(feedback, analysis),
        channel=str(feedback.channel),
        date=feedback.created_at.astimezone(zone).date().isoformat(),
        rating=feedback.rating,
        variant=dict(sorted(feedback.attributes.items())),
    )


def masked_span(field: str, start: int, end: int) -> str:
    """The mask of ``field[start:end]``: what stands around the span helps to tell what a number is."""
    return mask(field)[start:end]


def stored_field(feedback: Feedback, field: str) -> str:
    """The stored title or text, empty where there is none."""
    return (feedback.title if field == "title" else feedback.text) or ""


def _lang(feedback: Feedback, analysis: Analysis | None) -> str:
    return analysis.lang if analysis else feedback.lang or "und"


def _preference(candidate: Candidate) -> tuple[int, bool, bool, float, str, str, int]:
    span = candidate.span
    return (
        -(candidate.week.year * 100 + candidate.week.number),
        span.end - span.start < _SHORT,
        not _marks(span, candidate.analysis),
        -round(candidate.similarity, 6),
        span.feedback,
        span.field,
        span.start,
    )


def _marks(span: Span, analysis: Analysis | None) -> Sequence[Mark]:
    """The negative trigger phrases inside a span, cut to it and not overlapping, the strongest first served."""
    if analysis is None:
        return ()
    inside = [
        (-round(trigger.score, 6), max(trigger.start, span.start), min(trigger.end, span.end), trigger.type)
        for trigger in analysis.triggers
        if trigger.field == span.field and trigger.polarity is Polarity.NEGATIVE
    ]
    kept: list[Mark] = []
    for _, start, end, kind in sorted(inside):
        if start < end and all(end <= mark.start or start >= mark.end for mark in kept):
            kept.append(Mark(start, end, kind))
    return tuple(sorted(kept, key=lambda mark: mark.start))
