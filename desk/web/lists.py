"""The queues and the list of tickets, with filters and pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from desk import queues
from desk.follow_ups import due_follow_ups
from desk.promises import reminders
from desk.roles import Act
from desk.ticket_clock import TicketClock
from desk.web.pages import after, page
from desk.web.visits import ReadingVisit, SentForm, Visit
from koe.errors import FullError, NotFoundError
from koe.feedback import Feedback
from koe.ticket import Priority, Ticket, TicketState
from storage.ticket_search import Tally, TicketFilter

if TYPE_CHECKING:
    from storage.work import Work

router = APIRouter()

PAGE = 25
#: How many cases a list holds. Counting all that 100,000 cases have for a filter takes longer than showing these.
MOST = 1_000
#: How much of a customer's words a line of the list shows.
_GIST = 160
#: How many of the visitor's own cases stand on the first page.
_OWN = 10
_STATES: dict[str, Collection[TicketState] | None] = {
    "": queues.ONGOING,
    **{state.value: (state,) for state in TicketState},
    "all": None,
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """How a queue stands for a visitor: what is to be done, by what presses."""

    name: str
    title: str
    waiting: int
    free: int
    late: int
    urgent: int


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A line of the list: the ticket, what the customer said, and the clock."""

    ticket: Ticket
    feedback: Feedback | None
    gist: str
    clock: TicketClock
    late: bool


@router.get("/")
def show_queues(visit: ReadingVisit) -> Response:
    """The visitor's queues, and what is in the visitor's hands."""
    site, now = visit.site, visit.site.clock()
    with site.database.work(write=False) as work:
        tallies = work.ticket_search.tallies(visit.queues, queues.ONGOING, now)
        mine = TicketFilter(queues=visit.queues, states=queues.ONGOING, assignee=visit.who)
        held = work.ticket_search.numbers(mine, MOST)
        own = rows(work, visit, work.ticket_search.load(held[:_OWN]))
        to_do = _to_do(work, visit, visit.queues, visit.who)
        failed = work.failed_deliveries.count(visit.queues)
    counted = {"own_count": len(held), "failed": failed, **to_do}
    return page(visit, "queues.html.j2", rows=_queue_rows(visit, tallies), own=own, **counted)


@router.get("/tickets")
def show_tickets(
    visit: ReadingVisit,
    queue: str = "",
    state: str = "",
    priority: str = "",
    mine: str = "",
    text: str = "",
    product: str = "",
    at: str = "1",
) -> Response:
    """The tickets of the visitor's queues, the most urgent first; every filter is in the address.

    A list holds the most urgent thousand that fit; filters reach the others.
    """
    site = visit.site
    if queue and not visit.sees(queue):
        raise NotFoundError("queue", queue)
    chosen = {"queue": queue, "state": state, "priority": priority, "mine": mine, "text": text, "product": product}
    wanted = TicketFilter(
        queues=visit.queues if not queue else {queue},
        states=_STATES.get(state, queues.ONGOING),
        priority=Priority(priority) if priority in list(Priority) else None,
        assignee=visit.who if mine else None,
        product=product or None,
        text=text.strip()[:200] or None,
    )
    number = int(at) if at.isdecimal() and len(at) < 7 else 1
    with site.database.work(write=False) as work:
        fitting = work.ticket_search.numbers(wanted, MOST + 1)
        count = min(len(fitting), MOST)
        last = max(1, -(-count // PAGE))
        number = min(max(number, 1), last)
        found = rows(work, visit, work.ticket_search.load(fitting[(number - 1) * PAGE : min(number * PAGE, count)]))
        products = work.ticket_search.products(visit.queues)
        to_do = _to_do(work, visit, {queue} if queue else visit.queues, visit.who if mine or not queue else None)
    given = {name: value for name, value in chosen.items() if value}
    return page(
        visit,
        "tickets.html.j2",
        rows=found,
        **to_do,
        count=count,
        more=len(fitting) > MOST,
        at=number,
        last=last,
        chosen=chosen,
        products=products,
        queues=visible_queues(visit),
        states=_STATES,
        priorities=Priority,
        link=lambda to: "/tickets?" + urlencode(given | {"at": to}),
    )


@router.post("/tickets/next")
def take_next(form: SentForm) -> Response:
    """Take the most urgent free ticket that fits the visitor, of one queue or of all of theirs."""
    visit, queue = form.visit, form.get("queue")
    visit.require(Act.CLAIM)
    if queue and not visit.sees(queue):
        raise NotFoundError("queue", queue)
    site = visit.site
    try:
        with site.database.work() as work:
            ticket = queues.next_ticket(work, site.settings, queue or None, visit.who, site.clock())
            if ticket is not None:
                work.audit.add(site.clock(), visit.who, Act.CLAIM, ticket.id)
            work.commit()
    except FullError:
        return after("/", "full")
    return after(f"/tickets/{ticket.id}", "taken") if ticket else after("/", "nothing")


def visible_queues(visit: Visit) -> dict[str, str]:
    """The titles of the queues that the visitor sees, by name."""
    return {name: visit.site.queue_title(name, visit.language) for name in visit.site.queues if visit.sees(name)}


def rows(work: Work, visit: Visit, tickets: Collection[Ticket]) -> list[TicketRow]:
    """Lines of a list."""
    now = visit.site.clock()
    said = work.feedback.load([ticket.feedback for ticket in tickets])
    told = work.filing.histories(tickets)
    found = []
    for ticket in tickets:
        stored = said.get(ticket.feedback)
        clock = visit.site.levels.clock(told[ticket.id], now)
        found.append(
            TicketRow(
                ticket=ticket,
                feedback=stored.feedback if stored else None,
                gist=_gist(stored.feedback) if stored else "",
                clock=clock,
                late=clock.next is not None and clock.next.breached,
            )
        )
    return found


def _to_do(work: Work, visit: Visit, some: Collection[str] | None, person: str | None) -> dict[str, Any]:
    """What stands above the list: promises that are due, of a person or of queues, and follow-ups."""
    site, now = visit.site, visit.site.clock()
    waiting = due_follow_ups(work, site.settings, site.model(work), now, some)
    mine = [one for one in waiting if person is None or one.ticket.assignee in (None, person)]
    return {"promises": reminders(work, now, some, person), "follow_ups": mine}


def _queue_rows(visit: Visit, tallies: Collection[Tally]) -> list[QueueRow]:
    titles = visible_queues(visit)
    dropped = sorted({tally.queue for tally in tallies} - titles.keys())
    found = []
    for name in [*titles, *dropped]:
        own = [tally for tally in tallies if tally.queue == name]
        found.append(
            QueueRow(
                name=name,
                title=titles.get(name, name),
                waiting=sum(tally.count for tally in own),
                free=sum(tally.count for tally in own if tally.state is TicketState.OPEN),
                late=sum(tally.overdue for tally in own),
                urgent=sum(tally.count for tally in own if tally.priority is Priority.URGENT),
            )
        )
    return found


def _gist(feedback: Feedback) -> str:
    words = " ".join(" ".join(part for part in (feedback.title, feedback.text) if part).split())
    return words if len(words) <= _GIST else words[: _GIST - 1] + "…"
