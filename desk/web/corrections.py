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
from koe.issue import Correction
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
    """Out of an issue, or from it into another one; the discovery does not take it back."""
    wrong, to = form.get("issue"), form.get("to").strip() or None
    spans = [member.span for member in work.issues.members(issue=wrong) if member.span.feedback == ticket.feedback]
    if not spans:
        raise ConflictError(f"{ticket.feedback} is not in {wrong} any more")
    if to is not None and work.issues.get(to).issue.product_id != stored.feedback.product_id:
        raise UsageError(f"{to} is about another product")
    work.issues.move(spans, to, by=form.visit.who, effective_at=now)
    return {"from": wrong, "to": to}


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
