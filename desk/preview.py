"""Preview: what the rules of now would do, without writing anything; ``koe route --dry-run`` and ``--explain``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk.explain import Explanation, explain
from desk.facts import gather
from desk.route_step import decide_pending, known_contacts
from desk.routing import RuleBook, route, rule_book
from koe.errors import NotFoundError
from koe.feedback import Feedback
from koe.settings import Settings
from koe.ticket import Priority, Routing

if TYPE_CHECKING:
    from storage.feedback_store import StoredFeedback
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class Change:
    """What the rules of now would do to a Feedback that was routed already."""

    feedback: str
    before: Routing
    after: Routing


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: how many tickets by queue and priority, and what was routed otherwise before.

    ``compared`` is how many routed Feedback dated from ``since`` on were looked at again.
    """

    routed: int
    tickets: Mapping[tuple[str, Priority], int]
    since: datetime
    compared: int
    changes: Sequence[Change]
    unread: int


def preview(work: Work, settings: Settings, model: str, back: timedelta, now: datetime) -> Preview:
    """What the rules of now would do, without writing: to what waits, and to the last time's worth of what was routed.

    ``back`` is counted from the newest Feedback that was routed, so that old data can be looked at too.

    Raises:
        SettingsError: when a rule of koe.yaml can never work.
    """
    book = rule_book(settings)
    routed = 0
    tickets: dict[tuple[str, Priority], int] = {}
    for page in decide_pending(work, settings, book, model, now):
        routed += len(page)
        for decision in page:
            queue = decision.routing.queue
            if queue is not None and decision.copy_of is None:
                tickets[queue, decision.routing.priority] = tickets.get((queue, decision.routing.priority), 0) + 1
    newest = min(work.routings.newest() or now, now)
    since, until = newest - back, newest + timedelta.resolution
    compared, changes = _changes(work, settings, book, model, since, until)
    return Preview(routed, tickets, since, compared, changes, work.routings.count_unread(model, now))


def explain_feedback(
    work: Work, settings: Settings, model: str, key: str, now: datetime, without: str | None = None
) -> tuple[StoredFeedback, Explanation]:
    """Why a Feedback is routed as it is, by the rules of now; ``without`` leaves out those that lead to a queue.

    Raises:
        NotFoundError: no such Feedback.
        SettingsError: when a rule of koe.yaml can never work.
    """
    stored = work.feedback.get(key)
    if stored is None:
        raise NotFoundError("feedback", key)
    book = rule_book(settings)
    book = replace(book, rules=tuple(ready for ready in book.rules if ready.rule.queue != without))
    earlier, answered = _known_of(work, settings, stored.feedback, now)
    analysis = work.analyses.load([stored.text_hash], model, embeddings=False).get(stored.text_hash)
    facts = gather(stored.feedback, analysis, earlier=earlier, answered=answered, names=book.names)
    return stored, explain(facts, book)


def _changes(
    work: Work, settings: Settings, book: RuleBook, model: str, since: datetime, until: datetime
) -> tuple[int, list[Change]]:
    within = settings.routing.repeat_within
    seen = list(work.feedback.seen(until, since=since))
    before = work.routings.load([stored.seq for stored in seen])
    analyses = work.analyses.load({stored.text_hash for stored in seen}, model, embeddings=False)
    answered = work.routings.parents(until)
    contacts = known_contacts(work, since - within, until, work.feedback.copies())
    changes = []
    for stored in seen:
        old, feedback = before.get(stored.seq), stored.feedback
        if old is None:
            continue
        after = route(
            feedback,
            analyses.get(stored.text_hash),
            book,
            earlier=contacts.earlier(feedback, within),
            answered=stored.key in answered,
        )
        if _essence(after) != _essence(old.routing):
            changes.append(Change(stored.key, old.routing, after))
    return len(before), changes


def _essence(routing: Routing) -> tuple[str | None, Priority, bool]:
    return routing.queue, routing.priority, routing.needs_response


def _known_of(work: Work, settings: Settings, feedback: Feedback, now: datetime) -> tuple[int, bool]:
    """For one Feedback: how often the same person needed a response before, and whether somebody answered it."""
    within = settings.routing.repeat_within
    contacts = known_contacts(work, feedback.created_at - within, feedback.created_at, work.feedback.copies())
    return contacts.earlier(feedback, within), feedback.key in work.routings.parents(now)
