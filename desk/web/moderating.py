"""Moderation on a ticket's page: not spam, or taken off the desk."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from desk import moderation
from desk.roles import Act
from desk.web.pages import after
from desk.web.visits import SentForm
from koe.errors import NotFoundError

router = APIRouter()

_ACTS = ("not-spam", "remove")


@router.post("/tickets/{case}/moderate/{act}")
def moderate(form: SentForm, case: str, act: str) -> Response:
    """Send a ticket of the queue of moderation on, or take it off the desk."""
    if act not in _ACTS:
        raise NotFoundError("act", act, _ACTS)
    visit, site = form.visit, form.visit.site
    visit.require(Act.CLOSE)
    now = site.clock()
    with site.database.work() as work:
        ticket = visit.require_ticket(work.tickets.get(case))
        if act == "remove":
            ticket = moderation.remove(work, site.settings, ticket.id, visit.who, now)
        else:
            ticket = moderation.send_on(work, site.settings, ticket.id, site.model(work), visit.who, now)
        work.commit()
    if act == "remove" or not visit.sees(ticket.queue):
        return after("/", "removed" if act == "remove" else "moved")
    return after(f"/tickets/{ticket.id}", "moved")
