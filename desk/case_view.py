"""What helps to answer a ticket beside the customer's words: issues with their trend, and what the same person said.

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
    from storage.feedback_store import StoredFeedback
    from storage.work import Work

#: How far back a trend goes, in weeks.
TREND_WEEKS = 12


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


def issue_cards(work: Work, issues: Iterable[Issue], zone: ZoneInfo, now: datetime) -> list[IssueCard]:
    """A card for each issue; copies and edits of a feedback count once."""
    cards = []
    for issue in issues:
        keys = {member.span.feedback for member in work.issues.members(issue=issue.id)}
        weeks = Counter(Week.at(moment, zone) for moment in work.feedback.dates(keys).values())
        cards.append(IssueCard(issue, len(keys), _trend(weeks, Week.at(now, zone)), work.issues.workarounds(issue.id)))
    return cards


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
