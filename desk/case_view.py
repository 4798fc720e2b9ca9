"""What helps to answer a ticket beside the customer's words: issues with their trend, and cases answered before.

Everything is kept to the queues that the reader sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from koe.issue import Issue
from koe.ticket import Ticket
from koe.week import Week
from reports.report import TrendPoint

if TYPE_CHECKING:
    from desk.ticket_page import TicketPage
    from storage.feedback_store import StoredFeedback
    from storage.ticket_store import Reply
    from storage.work import Work

#: How far back a trend goes, in weeks.
TREND_WEEKS = 12
#: How many cases answered before are shown.
SIMILAR = 3


@dataclass(frozen=True, slots=True)
class IssueCard:
    """An issue as it concerns a ticket.

    ``count`` is how many different feedback are in it; ``trend`` how many of them each of the last weeks brought, the
    week of the newest last. ``workarounds`` are what people noted as such, by language.
    """

    issue: Issue
    count: int
    trend: Sequence[TrendPoint]
    workarounds: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Similar:
    """A case that was answered before, and its last reply; ``same_issue`` tells it from one that is only alike."""

    ticket: Ticket
    feedback: StoredFeedback
    reply: Reply
    same_issue: bool


def issue_cards(work: Work, issues: Iterable[Issue], zone: ZoneInfo, now: datetime) -> list[IssueCard]:
    """A card for each issue; copies and edits of a feedback count once."""
    cards = []
    for issue in issues:
        keys = {member.span.feedback for member in work.issues.members(issue=issue.id)}
        weeks = Counter(Week.at(moment, zone) for moment in work.feedback.dates(keys).values())
        cards.append(IssueCard(issue, len(keys), _trend(weeks, Week.at(now, zone)), work.issues.workarounds(issue.id)))
    return cards


def similar(work: Work, page: TicketPage, queues: Collection[str] | None) -> list[Similar]:
    """Cases answered before: first those of the same issue, then those of the same product and routing rule."""
    keys = {member.span.feedback for issue in page.issues for member in work.issues.members(issue=issue.id)}
    search = work.ticket_search
    same = search.answered(queues, SIMILAR, about=sorted(keys), but=[page.ticket.id]) if keys else []
    found = [(ticket, True) for ticket in same]
    product = page.feedback.feedback.product_id
    if len(found) < SIMILAR and product is not None:
        but = [page.ticket.id, *(ticket.id for ticket, _ in found)]
        alike = search.answered(queues, SIMILAR - len(found), product=product, rule=page.ticket.rule, but=but)
        found += [(ticket, False) for ticket in alike]
    said = work.feedback.load([ticket.feedback for ticket, _ in found])
    return [
        Similar(ticket, said[ticket.feedback], work.tickets.replies(ticket.id)[-1], same_issue)
        for ticket, same_issue in found
        if ticket.feedback in said
    ]


def seen_by(
    work: Work, earlier: Sequence[StoredFeedback], queues: Collection[str] | None
) -> tuple[list[tuple[StoredFeedback, Ticket | None]], int]:
    """What the same person said before, with its newest ticket; and how much of it is in queues out of sight."""
    tickets = work.filing.latest_for([one.key for one in earlier])
    shown = []
    for one in earlier:
        ticket = tickets.get(one.key)
        if ticket is None or queues is None or ticket.queue in queues:
            shown.append((one, ticket))
    return shown, len(earlier) - len(shown)


def _trend(weeks: Counter[Week], now: Week) -> list[TrendPoint]:
    if not weeks:
        return []
    last = min(max(weeks), now)
    return [
        TrendPoint(
            week=last - back, count=weeks[last - back], exposure=0, expected=None, low=None, high=None, alert=False
        )
        for back in range(TREND_WEEKS - 1, -1, -1)
    ]
