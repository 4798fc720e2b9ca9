"""The page on which letters about a fix are approved, one, some or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from desk.drafts.draft import Draft
from desk.roles import Act
from desk.telling import Recipient, Telling, fixed_draft, tell_some, telling
from desk.web.pages import after, page
from desk.web.visits import ReadingVisit, SentForm, Visit
from koe.errors import ConflictError, SettingsError
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.work import Work

router = APIRouter()

#: How many letters stand on a page; the next come up when these are sent.
PAGE = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to a customer, and the ticket it belongs to."""

    ticket: Ticket
    draft: Draft


@router.get("/issues/{issue}/tell")
def show_letters(visit: ReadingVisit, issue: str) -> Response:
    """The drafts to everybody who reported an issue, once its fix is proved."""
    visit.require(Act.REPLY)
    return _letters(visit, issue)


@router.post("/issues/{issue}/tell")
def approve(form: SentForm, issue: str) -> Response:
    """Send the letters that were chosen, or all of them; what the guard stops stays."""
    visit = form.visit
    visit.require(Act.REPLY)
    site, now = visit.site, visit.site.clock()
    with site.database.work() as work:
        model = site.model(work)
        found = telling(work, site.settings, issue, model, now, visit.queues)
        chosen = form.every("ticket")
        if form.get("all"):
            chosen = [one.ticket.id for one in found.recipients]
        texts = {ticket: form.get(f"text-{ticket}") for ticket in chosen}
        told = tell_some(work, site.settings, found, texts, model, visit.who, now)
        for ticket in told.sent:
            work.audit.add(now, visit.who, "told of the fix", ticket, {"issue": found.issue.id})
        work.commit()
    if told.kept:
        said = visit.language.gettext("%(sent)s letters are sent; these could not go: %(tickets)s.")
        return _letters(visit, issue, 409, said % {"sent": len(told.sent), "tickets": ", ".join(told.kept)})
    return after(f"/issues/{found.issue.id}/tell", "told")


def _letters(visit: Visit, issue: str, status: int = 200, problem: str = "") -> Response:
    site, now = visit.site, visit.site.clock()
    found: Telling | None = None
    letters: Sequence[Letter] = ()
    with site.database.work(write=False) as work:
        name = work.issues.get(issue).issue
        model = site.model(work)
        try:
            found = telling(work, site.settings, issue, model, now, visit.queues)
            letters = [_letter(work, visit, found, one, model) for one in found.recipients[:PAGE]]
        except ConflictError:
            problem = visit.language.gettext("Nobody is told yet: the fix is not proved to work.")
        except SettingsError:
            problem = visit.language.gettext(
                "No draft: a template of koe.yaml cannot be used. Ask an admin to look at it."
            )
    return page(visit, "tell.html.j2", status, problem, issue=name, found=found, letters=letters)


def _letter(work: Work, visit: Visit, found: Telling, one: Recipient, model: str) -> Letter:
    return Letter(one.ticket, fixed_draft(work, visit.site.settings, found.issue, one.ticket, model))
