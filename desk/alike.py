"""Cases answered before that are like a ticket: by what their texts complain of, then by the issue they share.

The vectors of complaint segments are those that the model stored when it read the texts; no model runs here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koe.settings import DiscoverySettings
from koe.ticket import Ticket, TicketState

if TYPE_CHECKING:
    from desk.ticket_page import TicketPage
    from storage.feedback_store import StoredFeedback
    from storage.ticket_history import TicketEvent
    from storage.ticket_store import Reply
    from storage.work import Work

#: How many cases answered before are shown.
SIMILAR = 3
#: How many of the cases answered last are compared.
COMPARED = 200
_ENDED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class Similar:
    """A case that was answered before, its last reply, and how it ended (``None`` while it goes on).

    ``nearness`` is the cosine of the two complaint segments that are nearest; ``None`` where only the issue is shared.
    """

    ticket: Ticket
    feedback: StoredFeedback
    reply: Reply
    same_issue: bool
    nearness: float | None
    ended: TicketEvent | None


def similar(
    work: Work, page: TicketPage, model: str, discovery: DiscoverySettings, queues: Collection[str] | None
) -> list[Similar]:
    """Cases of some queues (``None``: of all) that were answered, at most three.

    First those with a segment at least as near as ``discovery.found``, the nearest first, among the last answered ones
    of the same product; then those of the same issue, the last answered first.
    """
    about = {member.span.feedback for issue in page.issues for member in work.issues.members(issue=issue.id)}
    near = _nearest(work, page, model, discovery, queues)
    found: list[tuple[Ticket, float | None]] = [(ticket, nearness) for nearness, ticket in near[:SIMILAR]]
    if len(found) < SIMILAR and about:
        but = [page.ticket.id, *(ticket.id for ticket, _ in found)]
        same = work.ticket_search.answered(queues, SIMILAR - len(found), about=sorted(about), but=but)
        found += [(ticket, None) for ticket in same]
    said = work.feedback.load([ticket.feedback for ticket, _ in found])
    told = work.filing.histories([ticket for ticket, _ in found])
    return [
        Similar(
            ticket=ticket,
            feedback=said[ticket.feedback],
            reply=work.tickets.replies(ticket.id)[-1],
            same_issue=ticket.feedback in about,
            nearness=nearness,
            ended=_end(told[ticket.id]) if ticket.state in _ENDED else None,
        )
        for ticket, nearness in found
        if ticket.feedback in said
    ]


def _nearest(
    work: Work, page: TicketPage, model: str, discovery: DiscoverySettings, queues: Collection[str] | None
) -> list[tuple[float, Ticket]]:
    own = page.feedback.text_hash
    mine = work.segment_vectors.of_complaints([own], model, discovery.complaint).get(own)
    if mine is None:
        return []
    product = page.feedback.feedback.product_id
    tickets = work.ticket_search.answered(queues, COMPARED, product=product, but=[page.ticket.id])
    hashes = work.feedback.text_hashes([ticket.feedback for ticket in tickets])
    theirs = work.segment_vectors.of_complaints(hashes.values(), model, discovery.complaint)
    found = []
    for ticket in tickets:
        vectors = theirs.get(hashes.get(ticket.feedback, ""))
        if vectors is not None and (nearness := float((mine @ vectors.T).max())) >= discovery.found:
            found.append((nearness, ticket))
    return sorted(found, key=lambda one: (-one[0], one[1].id))


def _end(history: Sequence[TicketEvent]) -> TicketEvent | None:
    return next((event for event in reversed(history) if event.state in _ENDED), None)
