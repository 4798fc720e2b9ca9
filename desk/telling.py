"""Telling: when a fix is proved, everybody who reported the issue can be told, one letter for each customer.

The letters are drafts. Who approves one sends it like any reply: past the guard, within the length of its outlet, by
the outbox. The store keeps who was told of which fix, so that nobody is told twice. Where a ticket is still to be done,
the letter is a reply to it; one that has ended stays as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from desk import queues
from desk.contact import why_no_contact
from desk.drafts.case import draft_case
from desk.drafts.draft import Draft, require_sendable, write
from desk.drafts.guard import StoppedError
from desk.drafts.subject import ISSUE_FIXED
from desk.outbox import enqueue
from desk.persons import NOBODY
from desk.roles import Act
from desk.ticket_page import ticket_page
from desk.workers import require_queue, worker
from koe.errors import ConflictError, ForbiddenError
from koe.feedback import Feedback
from koe.issue import Fix, Issue
from koe.settings import Settings
from koe.ticket import Ticket
from reports.fix_now import fix_now
from reports.fix_verdict import Verdict

if TYPE_CHECKING:
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class Recipient:
    """A customer who reported an issue: the newest ticket, and ``person``, a hash that tells who it is."""

    ticket: Ticket
    person: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is still to be told of a fix.

    ``told`` counts those who were; ``left_out`` says why some are not written to, by ticket; ``elsewhere`` counts those
    whose ticket is in a queue out of sight.
    """

    issue: Issue
    fix: Fix
    recipients: Sequence[Recipient]
    told: int
    left_out: Mapping[str, str]
    elsewhere: int


def telling(
    work: Work, settings: Settings, issue_id: str, model: str, now: datetime, see: Collection[str] | None = None
) -> Telling:
    """Who reported an issue that is proved to be fixed; ``see`` are the queues in sight (``None``: all).

    Raises:
        NotFoundError: no such issue.
        ConflictError: it has no fix, or the verdict on the fix is not "fixed".
    """
    issue = work.issues.get(issue_id).issue
    fix, verdict = issue.fix, fix_now(work, settings, issue_id, model, now)
    if fix is None or verdict is None:
        raise ConflictError(f"{issue.id} has no fix that holds; say it with `koe issues fix {issue.id} --from DAY`")
    if verdict.judgement.verdict is not Verdict.FIXED:
        raise ConflictError(
            f"the verdict on the fix of {issue.id} is {verdict.judgement.verdict.value!r} and not yet 'fixed'; "
            f"more weeks it may take: {verdict.judgement.weeks_needed or 'not known'}"
        )
    everybody = _recipients(work, issue.id)
    told = work.follow_ups.told(fix.event)
    left = [one for one in everybody if one.person not in told]
    seen = [one for one in left if see is None or one.ticket.queue in see]
    quiet = why_no_contact(work, [one.ticket for one in seen], model)
    return Telling(
        issue=issue,
        fix=fix,
        recipients=[one for one in seen if one.ticket.id not in quiet],
        told=len(everybody) - len(left),
        left_out=quiet,
        elsewhere=len(left) - len(seen),
    )


def fixed_draft(work: Work, settings: Settings, issue: Issue, ticket: Ticket, model: str) -> Draft:
    """A draft that tells a customer of the fix.

    Raises:
        SettingsError: a template of one's own cannot be used; says which and why.
    """
    case = draft_case(work, settings, ticket_page(work, ticket.id, model))
    label = (issue.label.ja if case.lang == "ja" else issue.label.en) or ""
    return write(replace(case, subject=ISSUE_FIXED, apology=False, issue=issue.id, label=label), settings)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of letters: the tickets they went to, and why others did not go, by ticket."""

    sent: Sequence[str]
    kept: Mapping[str, str]


def tell_some(
    work: Work,
    settings: Settings,
    found: Telling,
    texts: Mapping[str, str],
    model: str,
    who: str,
    now: datetime,
) -> Told:
    """Tell customers of a fix, by their tickets; an empty text sends the draft. One that cannot go keeps no other."""
    sent: list[str] = []
    kept: dict[str, str] = {}
    by_ticket = {one.ticket.id: one for one in found.recipients}
    for ticket, text in texts.items():
        one = by_ticket.get(ticket)
        if one is None:
            kept[ticket] = "there is nothing to tell here any more"
            continue
        try:
            words = text.strip() or fixed_draft(work, settings, found.issue, one.ticket, model).text
            _require_ready(work, settings, one.ticket, words, who, now)
        except (StoppedError, ConflictError, ForbiddenError) as error:
            kept[ticket] = str(error)
            continue
        # From here on an error must undo all of it: a customer counts as told only with a letter in the outbox.
        if _send(work, settings, found.fix, one, words, who, now):
            sent.append(ticket)
    return Told(sent, kept)


def _require_ready(work: Work, settings: Settings, ticket: Ticket, text: str, who: str, now: datetime) -> None:
    one = worker(work, who, Act.REPLY)
    require_queue(one, settings, ticket.queue)
    if queues.is_held(ticket, now) and ticket.assignee != one.name:
        raise ConflictError(f"{ticket.assignee} holds it")
    require_sendable(work, settings, ticket, text)


def _send(work: Work, settings: Settings, fix: Fix, one: Recipient, text: str, who: str, now: datetime) -> bool:
    """Send a letter; false when the customer was told by somebody else meanwhile, and nothing is sent then."""
    ticket, name = one.ticket, worker(work, who, Act.REPLY).name
    if not work.follow_ups.tell_once(fix.event, one.person, ticket.id, name, now):
        return False
    if ticket.state in queues.ONGOING:
        queues.reply(work, settings, ticket.id, text, who, now)
    else:
        reply = work.follow_ups.write(ticket, text, "told of the fix", name, now)
        enqueue(work, settings, ticket.id, ticket.feedback, reply, now)
    return True


def _recipients(work: Work, issue: str) -> list[Recipient]:
    """The newest ticket of each customer with a member in the issue; who has no ticket cannot be written to."""
    keys = {member.span.feedback for member in work.issues.members(issue=issue)}
    tickets = work.filing.latest_for(sorted(keys))
    said = work.feedback.load(tickets)
    newest: dict[str, Ticket] = {}
    for key, ticket in sorted(tickets.items(), key=lambda pair: pair[1].id):
        if key in said:
            newest[_person(said[key].feedback)] = ticket
    return sorted((Recipient(ticket, person) for person, ticket in newest.items()), key=lambda one: one.ticket.id)


def _person(feedback: Feedback) -> str:
    """A hash of who wrote: the customer, else the author within the source, else whoever wrote this one feedback."""
    author = (feedback.author or "").strip()
    if feedback.customer_id and feedback.customer_id.strip():
        who = f"customer\n{feedback.customer_id.strip()}"
    elif author.casefold() not in NOBODY:
        who = f"author\n{feedback.source}\n{author}"
    else:
        who = f"feedback\n{feedback.key}"
    return hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()
