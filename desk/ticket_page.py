"""The page of one ticket: the customer's words with the trigger phrases marked, and all that helps to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.marking import Piece, marked
from koe.analysis import Analysis
from koe.errors import StorageError
from koe.issue import Issue
from koe.outbox import OutboxEntry
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.feedback_store import StoredFeedback
    from storage.ticket_history import TicketEvent
    from storage.ticket_store import Reply
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket with everything around it.

    ``versions`` are all wordings of the feedback, the first one first; ``earlier`` is what the same person said
    before in any channel, newest first; ``copies`` are the feedback that repeats it; ``deliveries`` tell by the id of a
    reply how far it got.
    """

    ticket: Ticket
    feedback: StoredFeedback
    title: Sequence[Piece]
    text: Sequence[Piece]
    analysis: Analysis | None
    issues: Sequence[Issue]
    versions: Sequence[StoredFeedback]
    earlier: Sequence[StoredFeedback]
    copies: Sequence[StoredFeedback]
    history: Sequence[TicketEvent]
    replies: Sequence[Reply]
    deliveries: Mapping[int, OutboxEntry]


def ticket_page(work: Work, ticket_id: str, model: str) -> TicketPage:
    """Gather the page of a ticket.

    Raises:
        NotFoundError: no such ticket.
    """
    ticket = work.tickets.get(ticket_id)
    versions = work.feedback.history(ticket.feedback)
    stored = work.feedback.get(ticket.feedback)
    if stored is None:
        raise StorageError(f"{ticket.id} is about {ticket.feedback}, which is not in the store any more")
    feedback = stored.feedback
    analysis = work.analyses.load([stored.text_hash], model, embeddings=False).get(stored.text_hash)
    phrases = analysis.triggers if analysis else ()
    copies = work.feedback.load(ticket.copies)
    return TicketPage(
        ticket=ticket,
        feedback=stored,
        title=marked(feedback.title or "", "title", phrases),
        text=marked(feedback.text or "", "text", phrases),
        analysis=analysis,
        issues=[found.issue for found in work.issues.of_feedback(ticket.feedback)],
        versions=versions,
        earlier=_earlier(work, stored),
        copies=[copies[key] for key in ticket.copies if key in copies],
        history=work.tickets.history(ticket.id),
        replies=work.tickets.replies(ticket.id),
        deliveries={entry.reply: entry for entry in work.outbox.of_tickets([ticket.id]).get(ticket.id, ())},
    )


def _earlier(work: Work, stored: StoredFeedback) -> list[StoredFeedback]:
    feedback = stored.feedback
    found: dict[str, StoredFeedback] = {}
    if feedback.customer_id:
        found |= {one.key: one for one in work.feedback.by_customer(feedback.customer_id, feedback.created_at)}
    if feedback.author:
        said = work.feedback.by_author(feedback.source, feedback.author, feedback.created_at)
        found |= {one.key: one for one in said}
    found.pop(stored.key, None)
    return sorted(found.values(), key=lambda one: (one.feedback.created_at, one.key), reverse=True)
