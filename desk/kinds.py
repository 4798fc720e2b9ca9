"""Kinds of customers by ticket, for figures: the same rules as in drafts (:mod:`desk.drafts.customer`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from desk.drafts.customer import CustomerKind, customer_kind
from desk.facts import TypeNames, gather
from desk.persons import NOBODY
from koe.feedback import Feedback
from koe.settings import Settings
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.work import Work


def kinds_of(work: Work, settings: Settings, tickets: Iterable[Ticket], model: str) -> dict[str, CustomerKind]:
    """Of which kind the customer of each ticket is, by the ticket's id; tickets without feedback are left out."""
    every = list(tickets)
    said = work.feedback.load({ticket.feedback for ticket in every})
    read = work.analyses.load({one.text_hash for one in said.values()}, model, embeddings=False)
    names = TypeNames(settings.taxonomy.rename, frozenset(settings.taxonomy.off))
    found = {}
    for ticket in every:
        stored = said.get(ticket.feedback)
        if stored is None:
            continue
        facts = gather(stored.feedback, read.get(stored.text_hash), names=names)
        kind, _ = customer_kind(facts, priority=ticket.priority)
        if kind is CustomerKind.NEW:
            # Only here what they said before can change the kind; so it is looked up for few.
            kind, _ = customer_kind(facts, _earlier(work, stored.feedback), ticket.priority)
        found[ticket.id] = kind
    return found


def _earlier(work: Work, feedback: Feedback) -> list[Feedback]:
    found: dict[str, Feedback] = {}
    if feedback.customer_id:
        said = work.feedback.by_customer(feedback.customer_id, feedback.created_at)
        found |= {one.key: one.feedback for one in said}
    if feedback.author and feedback.author.strip().casefold() not in NOBODY:
        said = work.feedback.by_author(feedback.source, feedback.author, feedback.created_at)
        found |= {one.key: one.feedback for one in said}
    found.pop(feedback.key, None)
    return list(found.values())
