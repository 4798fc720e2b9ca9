"""The step that routes: every Feedback that was not routed yet gets a decision, and a ticket where it needs one.

Running it again changes nothing: each version is decided on once, and the decision is stored beside it. What is still
to be done follows changed targets and calendars of koe.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desk.due import ServiceLevels, keep_all_due, keep_due, service_levels
from desk.persons import Contacts
from desk.routing import RuleBook, route, rule_book
from desk.webhooks import announce
from koe.settings import Settings
from koe.ticket import NewTicket, Routing, Ticket

if TYPE_CHECKING:
    from koe.analysis import Analysis
    from storage.feedback_store import StoredFeedback
    from storage.work import Work

#: Feedback decided on with one set of queries.
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class RouteCounts:
    """What a run did: versions decided on, tickets made, open tickets updated, copies attached to a ticket.

    ``unread`` is what waits because the model has not read it yet.
    """

    routed: int = 0
    tickets: int = 0
    updated: int = 0
    copies: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """A version and what the rules say of it; ``copy_of`` is the original's key when it is a copy."""

    stored: StoredFeedback
    analysis: Analysis | None
    routing: Routing
    copy_of: str | None = None


def route_pending(
    work: Work, settings: Settings, model: str, now: datetime, until: datetime | None = None
) -> RouteCounts:
    """Route all feedback dated before ``until`` (default: ``now``) that was not routed yet. The caller commits.

    Raises:
        SettingsError: when a rule of koe.yaml can never work, or a queue names a calendar that there is not.
    """
    book, levels = rule_book(settings), service_levels(settings)
    until = until or now
    desk = _Desk(work, settings, levels, now)
    routed = 0
    for page in decide_pending(work, settings, book, model, until):
        work.routings.add([(decision.stored.seq, decision.routing) for decision in page], now)
        desk.take(page)
        routed += len(page)
    desk.attach_copies()
    keep_all_due(work, levels, now)
    return RouteCounts(routed, desk.created, desk.updated, desk.copies, work.routings.count_unread(model, until))


def decide_pending(
    work: Work, settings: Settings, book: RuleBook, model: str, until: datetime
) -> Iterator[list[Decision]]:
    """What the rules say of everything not yet routed, in pages by date; nothing is written."""
    within = settings.routing.repeat_within
    copies = work.feedback.copies()
    answered: set[str] | None = None
    contacts: Contacts | None = None
    last: StoredFeedback | None = None
    while page := work.routings.pending(model, until, PAGE, last):
        last = page[-1]
        if contacts is None or answered is None:
            answered = work.routings.parents(until)
            contacts = known_contacts(work, page[0].feedback.created_at - within, until, copies)
        analyses = work.analyses.load({stored.text_hash for stored in page}, model, embeddings=False)
        decisions = []
        for stored in page:
            feedback, analysis = stored.feedback, analyses.get(stored.text_hash)
            original = copies.get(stored.key)
            earlier = contacts.earlier(feedback, within)
            routing = route(feedback, analysis, book, earlier=earlier, answered=stored.key in answered)
            if routing.needs_response and original is None:
                contacts.add(feedback)
            decisions.append(Decision(stored, analysis, routing, original))
        yield decisions


def known_contacts(work: Work, since: datetime, until: datetime, copies: Mapping[str, str]) -> Contacts:
    """Everybody who needed a response in that time; copies are no contacts."""
    contacts = Contacts()
    for one in work.routings.contacts(since, until):
        if one.key not in copies:
            contacts.remember(one.key, one.created_at, one.source, one.author, one.customer_id)
    return contacts


def _language(decision: Decision) -> str | None:
    """The language to answer in: what the source says, else what the model read in the text."""
    if decision.stored.feedback.lang:
        return decision.stored.feedback.lang.replace("_", "-").split("-")[0].lower()
    read = decision.analysis.lang if decision.analysis else None
    return None if read == "und" else read


class _Desk:
    """Turns decisions into tickets, a page at a time."""

    def __init__(self, work: Work, settings: Settings, levels: ServiceLevels, now: datetime) -> None:
        self._work = work
        self._settings = settings
        self._levels = levels
        self._now = now
        self._late: list[Decision] = []
        self.created = self.updated = self.copies = 0

    def take(self, page: Sequence[Decision]) -> None:
        """Make and update tickets; copies wait until every original has its own."""
        self._late += [decision for decision in page if decision.copy_of is not None]
        self._file([decision for decision in page if decision.copy_of is None])

    def attach_copies(self) -> None:
        """Attach copies to their original's ticket; a copy whose original has none is treated by itself."""
        originals = {decision.copy_of for decision in self._late if decision.copy_of is not None}
        tickets = self._work.filing.latest_for(originals)
        pairs, alone = [], []
        for decision in self._late:
            ticket = tickets.get(decision.copy_of or "")
            if ticket is None:
                alone.append(decision)
            else:
                pairs.append((ticket, decision.stored.key))
        self.copies += self._work.filing.attach_copies(pairs, self._now)
        self._file(alone)

    def _file(self, decisions: Sequence[Decision]) -> None:
        filing = self._work.filing
        ongoing = filing.ongoing_for({decision.stored.key for decision in decisions})
        new = []
        for decision in decisions:
            ticket = ongoing.get(decision.stored.key)
            if ticket is not None:
                self.updated += self._update(ticket, decision)
            elif decision.routing.queue is not None:
                routing = decision.routing
                due = self._levels.due_at(decision.routing.queue, routing.priority, self._now)
                new.append(NewTicket(decision.stored.key, routing, due, _language(decision)))
        made = filing.create_many(new, self._now)
        announce(self._work, self._settings, made, self._now)
        self.created += len(made)

    def _update(self, ticket: Ticket, decision: Decision) -> bool:
        """A new version moves an unclaimed ticket; one that somebody holds keeps its queue.

        A ticket never disappears because its author edited the review: a person looks at it.
        """
        routing = decision.routing
        queue = ticket.queue if ticket.assignee or routing.queue is None else routing.queue
        same = (queue, routing.priority, list(routing.reasons)) == (ticket.queue, ticket.priority, list(ticket.reasons))
        if same:
            return False
        moved = Routing(queue, routing.priority, routing.needs_response, routing.rule, routing.reasons)
        note = f"version {decision.stored.feedback.version} of the feedback was routed again"
        self._work.filing.reroute(ticket, moved, self._now, note)
        keep_due(self._work, self._levels, ticket.id, self._now)
        return True
