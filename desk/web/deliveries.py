"""Replies that did not get through: their list, and the button that tries one again."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from desk.failed import try_again
from desk.roles import Act
from desk.web.pages import after, page
from desk.web.visits import ReadingVisit, SentForm
from koe.errors import NotFoundError

router = APIRouter()

_MOST = 200


@router.get("/deliveries")
def show_failed(visit: ReadingVisit) -> Response:
    """Replies of the visitor's queues that were given up, the oldest first."""
    with visit.site.database.work(write=False) as work:
        failed = work.failed_deliveries.list(visit.queues, _MOST)
        count = work.failed_deliveries.count(visit.queues)
    return page(visit, "deliveries.html.j2", failed=failed, count=count)


@router.post("/deliveries/{reply}/again")
def send_again(form: SentForm, reply: str) -> Response:
    """Try a reply again; the next run of the sender takes it."""
    visit = form.visit
    visit.require(Act.REPLY)
    if not reply.isdecimal() or len(reply) > 15:
        raise NotFoundError("reply", reply)
    with visit.site.database.work() as work:
        found = work.failed_deliveries.get(int(reply))
        visit.require_ticket(work.tickets.get(found.ticket))
        try_again(work, visit.site.settings, found.reply, visit.who, visit.site.clock())
        work.commit()
    return after(f"/tickets/{found.ticket}" if form.get("case") else "/deliveries", "again")
