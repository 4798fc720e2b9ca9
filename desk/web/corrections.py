"""Corrections in one click: koe read the mood, a phrase or the issue wrongly, or nobody has to answer.

Each is kept as a Correction; readings are never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from desk import queues
from desk.roles import Act
from desk.web.pages import after
from desk.web.visits import Form, SentForm
from koe.errors import ConflictError, NotFoundError, UsageError
from koe.issue import Correction, Span
from koe.taxonomy import Sentiment
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.feedback_store import StoredFeedback
    from storage.work import Work

router = APIRouter()


@router.post("/tickets/{case}/correct/{what}")
def correct(form: SentForm, case: str, what: str) -> Response:
    """Keep a correction of what koe read in a ticket's feedback."""
    if what not in _KINDS:
        raise NotFoundError("correction", what, _KINDS)
    visit, now = form.visit, form.visit.site.clock()
    visit.require(Act.CLAIM)
    with visit.site.database.work() as work:
        ticket = visit.require_ticket(work.tickets.get(case))
        stored = work.feedback.get(ticket.feedback)
        if stored is None:
            raise NotFoundError("feedback", ticket.feedback)
        details = _KINDS[what](work, form, ticket, stored, now)
        if what != "issue":
            work.reading_corrections.add(Correction(ticket.feedback, what, now, visit.who, details))
        work.audit.add(now, visit.who, f"corrected {what}", ticket.id, _without_words(details))
        work.commit()
    return after(f"/tickets/{ticket.id}", "corrected")


def _sentiment(work: Work, form: Form, ticket: Ticket, stored: StoredFeedback, now: datetime) -> Mapping[str, object]:
    right = form.get("sentiment")
    if right not in list(Sentiment):
        raise UsageError(f"unknown mood {right!r}")
    model = form.visit.site.model(work)
    read = work.analyses.load([stored.text_hash], model, embeddings=False).get(stored.text_hash)
    return {
        "sentiment": right,
        "read": read.sentiment.label.value if read else None,
        "model": model,
        "version": stored.feedback.version,
    }


def _trigger(work: Work, form: Form, ticket: Ticket, stored: StoredFeedback, now: datetime) -> Mapping[str, object]:
    model = form.visit.site.model(work)
    read = work.analyses.load([stored.text_hash], model, embeddings=False).get(stored.text_hash)
    for phrase in read.triggers if read else ():
        if f"{phrase.field}-{phrase.start}-{phrase.end}-{phrase.type}" == form.get("phrase"):
            return {
                "field": phrase.field,
                "start": phrase.start,
                "end": phrase.end,
                "type": phrase.type,
                "text": phrase.text,
                "model": model,
                "version": stored.feedback.version,
            }
    raise UsageError("there is no such phrase any more")


def _issue(work: Work, form: Form, ticket: Ticket, stored: StoredFeedback, now: datetime) -> Mapping[str, object]:
    """Out of an issue, from it into another one, or into one from none; the discovery does not take it back."""
    wrong, to = form.get("issue") or None, form.get("to").strip() or None
    if wrong is None and to is None:
        raise UsageError("choose the right issue")
    if to is not None:
        right = work.issues.get(to)
        if right.issue.product_id != stored.feedback.product_id:
            raise UsageError(f"{to} is about another product")
        if not right.alive:
            raise ConflictError(f"{right.id} is dismissed, so that it takes nothing")
        to = right.id
    spans = [span for span, place in work.issues.places(ticket.feedback).items() if place == wrong]
    if wrong is None:
        spans = spans or _complaints(work, form, stored)
    elif not spans:
        raise ConflictError(f"{ticket.feedback} is not in {wrong} any more")
    work.issues.move(spans, to, by=form.visit.who, effective_at=now)
    return {"from": wrong, "to": to}


def _complaints(work: Work, form: Form, stored: StoredFeedback) -> list[Span]:
    """Where a feedback that the discovery did not look at complains; all of it where the model found nothing."""
    feedback, site = stored.feedback, form.visit.site
    model = site.model(work)
    read = work.analyses.load([stored.text_hash], model, embeddings=False).get(stored.text_hash)
    bad = [part for part in (read.segments if read else ()) if part.complaint >= site.settings.discovery.complaint]
    if bad:
        return [Span(stored.key, feedback.version, part.field, part.start, part.end) for part in bad]
    if feedback.text:
        return [Span(stored.key, feedback.version, "text", 0, len(feedback.text))]
    if feedback.title:
        return [Span(stored.key, feedback.version, "title", 0, len(feedback.title))]
    raise UsageError(f"{stored.key} has no words that could be about an issue")


def _no_answer(work: Work, form: Form, ticket: Ticket, stored: StoredFeedback, now: datetime) -> Mapping[str, object]:
    if ticket.state in queues.ONGOING:
        queues.close(work, ticket.id, form.visit.who, now, "needs no answer")
    return {"rule": ticket.rule, "queue": ticket.queue, "version": stored.feedback.version}


_Details = Callable[["Work", Form, Ticket, "StoredFeedback", datetime], Mapping[str, object]]
_KINDS: Mapping[str, _Details] = {
    "sentiment": _sentiment,
    "trigger": _trigger,
    "issue": _issue,
    "no-answer": _no_answer,
}


def _without_words(details: Mapping[str, object]) -> dict[str, object]:
    """What the audit log gets: no words of customers."""
    return {name: value for name, value in details.items() if name != "text"}
