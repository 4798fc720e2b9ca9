"""Tickets: the list, walked page by page, and one ticket with all that was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from desk import queues
from desk.api.answers import TOLD, answer, link_to, next_page
from desk.api.callers import Asking, Caller
from desk.api.cursors import Moment, ticket_cursor, ticket_place
from desk.api.problems import told_problems
from desk.api.shapes import Event, IssueName, Name, ReplySent, Said, TicketDetail, TicketLine, Tickets
from koe.feedback import Feedback
from koe.issue import issue_number
from koe.ticket import Priority, Ticket, TicketState
from storage.ticket_search import TicketFilter
from storage.ticket_walk import Order, Place

if TYPE_CHECKING:
    from storage.work import Work

router = APIRouter(prefix="/tickets", tags=["tickets"])

#: A case number; longer ones there are none of.
Case = Annotated[str, Path(pattern=r"^CASE-[0-9]{6,15}$", description="A case number.", examples=["CASE-000001"])]
#: The text of a cursor.
CURSOR = r"^[A-Za-z0-9_-]{1,400}$"


class Wanted(BaseModel):
    """Which tickets are wanted; several values of one filter are alternatives."""

    model_config = ConfigDict(extra="forbid")

    queue: list[str] = Field(default=[], description="Only these queues.", max_length=100)
    state: list[TicketState] = Field(default=[], description="Only these states (default: all).")
    priority: Priority | None = Field(default=None, description="Only this priority.")
    lang: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$", description="Only this language, such as ja.")
    product: str | None = Field(default=None, max_length=500, description="Only this product.")
    assignee: str | None = Field(default=None, max_length=100, description="Only those that somebody has.")
    issue: str | None = Field(
        default=None, pattern=r"^ISSUE-[0-9]{4,9}$", description="Only feedback of this issue, or of the one it is now."
    )
    since: Moment | None = Field(
        default=None, description="Made at this moment or later, such as 2026-11-20T00:00:00Z."
    )
    until: Moment | None = Field(default=None, description="Made before this moment.")
    sort: Order = Field(default=Order.OLDEST, description="urgency is the most urgent first, then the one due first.")
    limit: int = Field(default=50, ge=1, le=200, description="The most tickets of a page.")
    cursor: str | None = Field(default=None, pattern=CURSOR, description="From `next` of the page before.")


@router.get("", response_model=Tickets, responses={**TOLD, **told_problems()})
def list_tickets(request: Request, caller: Asking, wanted: Annotated[Wanted, Query()]) -> Response:
    """The tickets of the token's queues, page by page. What is made meanwhile makes no gap and no double."""
    site = caller.site
    for queue in wanted.queue:
        caller.require_queue(queue)
    after = ticket_place(wanted.cursor, wanted.sort) if wanted.cursor else None
    with site.database.work(write=False) as work:
        issue = issue_number(work.issues.get(wanted.issue).id) if wanted.issue else None
        filter_ = TicketFilter(
            queues=wanted.queue or caller.queues,
            states=wanted.state or None,
            priority=wanted.priority,
            assignee=wanted.assignee,
            product=wanted.product,
            lang=wanted.lang,
            issue=issue,
            since=wanted.since,
            until=wanted.until,
        )
        # One more than is shown tells whether there is a next page.
        found = work.ticket_search.walk(filter_, wanted.sort, wanted.limit + 1, after)
        shown = found[: wanted.limit]
        lines = _lines(work, shown, site.clock())
    cursor = ticket_cursor(wanted.sort, Place.of(shown[-1])) if len(found) > len(shown) else None
    address = next_page(request, cursor)
    return answer(request, Tickets(items=lines, next=address), link_to(address))


@router.get("/{case}", response_model=TicketDetail, responses={**TOLD, **told_problems()})
def show_ticket(request: Request, caller: Asking, case: Case) -> Response:
    """One ticket with what the customer said, the replies and the history."""
    with caller.site.database.work(write=False) as work:
        ticket = caller.require_ticket(work.tickets.get(case))
        return answer(request, detail(work, ticket, caller))


def detail(work: Work, ticket: Ticket, caller: Caller) -> TicketDetail:
    """A ticket with all that was said."""
    stored = work.feedback.get(ticket.feedback)
    feedback = stored.feedback if stored else None
    ways = {entry.reply: entry.state for entry in work.outbox.of_tickets([ticket.id]).get(ticket.id, ())}
    return TicketDetail(
        **_line(ticket, feedback, caller.site.clock()),
        said=_said(feedback) if feedback else None,
        copies=ticket.copies,
        issues=[
            IssueName(id=one.id, label=Name.of(one.issue.label)) for one in work.issues.of_feedback(ticket.feedback)
        ],
        replies=[
            ReplySent(text=one.text, by=one.by, at=one.at, delivery=ways.get(one.id))
            for one in work.tickets.replies(ticket.id)
        ],
        history=[
            Event(
                at=one.at,
                kind=one.kind,
                by=one.by,
                state=one.state,
                queue=one.queue,
                priority=one.priority,
                note=one.note,
            )
            for one in work.tickets.history(ticket.id)
        ],
    )


def _lines(work: Work, tickets: Collection[Ticket], now: datetime) -> Sequence[TicketLine]:
    said = work.feedback.load([ticket.feedback for ticket in tickets])
    return [
        TicketLine(**_line(ticket, stored.feedback if (stored := said.get(ticket.feedback)) else None, now))
        for ticket in tickets
    ]


def _line(ticket: Ticket, feedback: Feedback | None, now: datetime) -> dict[str, object]:
    return {
        "case": ticket.id,
        "state": ticket.state,
        "queue": ticket.queue,
        "priority": ticket.priority,
        "reasons": ticket.reasons,
        "rule": ticket.rule,
        "lang": ticket.lang,
        "assignee": ticket.assignee,
        "claimed_until": ticket.claimed_until,
        "created_at": ticket.created_at,
        "due_at": ticket.due_at,
        "late": queues.is_late(ticket, now),
        "feedback": ticket.feedback,
        "channel": feedback.channel if feedback else None,
        "product_id": feedback.product_id if feedback else None,
    }


def _said(feedback: Feedback) -> Said:
    return Said(
        version=feedback.version,
        title=feedback.title,
        text=feedback.text,
        rating=feedback.rating,
        score=feedback.score,
        scale=feedback.scale,
        author=feedback.author,
        customer_id=feedback.customer_id,
        created_at=feedback.created_at,
        attributes=feedback.attributes,
    )
