"""The page of a ticket: what the customer said, what helps to answer it, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from desk import queues
from desk.alike import Similar, similar
from desk.case_view import IssueCard, issue_cards, seen_by
from desk.follow_ups import follow_up_of
from desk.issue_search import FoundIssue, find_issues
from desk.moderation import MODERATION
from desk.ticket_clock import TicketClock
from desk.ticket_page import TicketPage, ticket_page
from desk.web.drafting import drafted
from desk.web.lists import visible_queues
from desk.web.pages import page
from desk.web.reasons import in_words, note_in_words
from desk.web.visits import ReadingVisit, Visit
from koe.account import Account, Role
from koe.issue import Correction
from koe.ticket import Ticket
from reports.charts import trend_svg

if TYPE_CHECKING:
    from desk.drafts.guard import Finding
    from koe.outbox import OutboxEntry
    from storage.feedback_store import StoredFeedback
    from storage.work import Work

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Around:
    """Everything around a ticket that its page shows.

    ``hidden`` counts what the same person said in queues that the reader does not see. ``colleagues`` may get the
    ticket; ``deliveries`` are the replies on their way.
    """

    clock: TicketClock
    cards: Sequence[IssueCard]
    similar: Sequence[Similar]
    earlier: Sequence[tuple[StoredFeedback, Ticket | None]]
    hidden: int
    corrections: Sequence[Correction]
    colleagues: Sequence[str]
    deliveries: dict[int, OutboxEntry]


@router.get("/tickets/{case}")
def show_ticket(visit: ReadingVisit, case: str, find: str | None = None) -> Response:
    """A ticket of the visitor's queues; ``find`` are words of the issue that it is really about."""
    return ticket_response(visit, case, find=find if visit.may("claim") else None)


def ticket_response(
    visit: Visit,
    case: str,
    status: int = 200,
    problem: str = "",
    text: str | None = None,
    findings: Sequence[Finding] = (),
    find: str | None = None,
) -> Response:
    """The page of a ticket; after a refused act with what was wrong and what was typed.

    With ``find`` it shows the issues of the same product with these words, to choose the right one.

    Raises:
        NotFoundError: no such ticket, or it is in a queue that the visitor does not see.
    """
    site, now = visit.site, visit.site.clock()
    with site.database.work(write=False) as work:
        found = _found(work, visit, case)
        around = _around(work, visit, found)
        promises = work.commitments.of_ticket(found.ticket.id)
        follow_up = follow_up_of(work, site.settings, found.ticket, site.model(work), now)
        draft = drafted(work, visit, found, follow_up is not None)
        choice = None if find is None else _choice(work, found, find)
    ticket = found.ticket
    return page(
        visit,
        "ticket.html.j2",
        status,
        problem,
        found=found,
        ticket=ticket,
        feedback=found.feedback.feedback,
        around=around,
        find=find or "",
        choice=choice,
        promises=promises,
        follow_up=follow_up,
        draft=draft if text is None else replace(draft, text=text, findings=findings, is_draft=False),
        reasons=[in_words(reason, visit.language, site.labels) for reason in ticket.reasons],
        told=lambda event: note_in_words(event.note, visit.language),
        chart=lambda card: _chart(card, visit),
        mine=ticket.assignee == visit.who,
        held=queues.is_held(ticket, now) and ticket.assignee != visit.who,
        moderated=ticket.queue == MODERATION,
        done=ticket.state not in queues.ONGOING,
        other_queues={name: title for name, title in visible_queues(visit).items() if name != ticket.queue},
    )


def _found(work: Work, visit: Visit, case: str) -> TicketPage:
    visit.require_ticket(work.tickets.get(case))
    return ticket_page(work, case, visit.site.model(work))


def _around(work: Work, visit: Visit, found: TicketPage) -> Around:
    site, now = visit.site, visit.site.clock()
    earlier, hidden = seen_by(work, found.earlier, visit.queues)
    entries = work.outbox.of_tickets([found.ticket.id]).get(found.ticket.id, ())
    return Around(
        clock=site.levels.clock(found.history, now),
        cards=issue_cards(work, found.issues, site.settings.zone, now),
        similar=similar(work, found, site.model(work), site.settings.discovery, visit.queues),
        earlier=earlier,
        hidden=hidden,
        corrections=work.reading_corrections.of(found.ticket.feedback),
        colleagues=[one.name for one in work.accounts.list() if _can_have(one, found.ticket)],
        deliveries={entry.reply: entry for entry in entries},
    )


def _choice(work: Work, found: TicketPage, words: str) -> Sequence[FoundIssue]:
    """Issues that a ticket's feedback may be about and is not said to be yet."""
    here = {issue.id for issue in found.issues}
    every = find_issues(work, found.feedback.feedback.product_id, words[:200])
    return [one for one in every if one.issue.id not in here]


def _can_have(account: Account, ticket: Ticket) -> bool:
    """Whether somebody may get a ticket: no viewer, and in its queue."""
    if account.disabled or account.role is Role.VIEWER or account.name == ticket.assignee:
        return False
    return account.role in (Role.LEAD, Role.ADMIN) or not account.queues or ticket.queue in account.queues


def _chart(card: IssueCard, visit: Visit) -> Markup:
    if not card.trend:
        return Markup("")
    said = visit.language.gettext("Feedback on this issue by week: %(count)s in the week %(week)s, at most %(peak)s.")
    last, peak = card.trend[-1], max(point.count for point in card.trend)
    return trend_svg(card.trend, said % {"count": last.count, "week": last.week, "peak": peak})
