"""What people do with a ticket: take it, reply, wait, solve it, close it, open it again, give it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from desk import queues
from desk.drafts.guard import StoppedError
from desk.due import keep_due
from desk.promises import OpenPromiseError
from desk.roles import MAY, Act
from desk.web import promising
from desk.web.doing import Doing
from desk.web.pages import after
from desk.web.tickets import ticket_response
from desk.web.visits import SentForm, Visit, require_hold
from desk.web.words import word
from koe.account import Account
from koe.errors import ConflictError, ForbiddenError, FullError, NotFoundError, UsageError
from koe.settings import QueueSettings
from koe.ticket import Ticket

router = APIRouter()


@router.post("/tickets/{case}/{act}")
def do(form: SentForm, case: str, act: str) -> Response:
    """Do something with a ticket of the visitor's queues; a refusal shows its page again, with what was typed."""
    if act not in _ACTS:
        raise NotFoundError("act", act, _ACTS)
    wanted, said, doing = _ACTS[act]
    visit = form.visit
    visit.require(wanted)
    now = visit.site.clock()
    try:
        with visit.site.database.work() as work:
            ticket = visit.require_ticket(work.tickets.get(case))
            doing(Doing(work, form, ticket, now))
            work.audit.add(now, visit.who, act, ticket.id)
            work.commit()
    except StoppedError as error:
        problem = visit.language.gettext("The reply is not sent: something in it may not go out.")
        return ticket_response(visit, case, 422, problem, form.get("text"), error.findings)
    except ConflictError as error:
        return ticket_response(visit, case, 409, _conflict(visit, case, now, error), form.get("text") or None)
    except ForbiddenError:
        problem = visit.language.gettext("Your role or your queues do not allow this.")
        return ticket_response(visit, case, 403, problem, form.get("text") or None)
    except NotFoundError:
        raise
    except UsageError:
        problem = visit.language.gettext("Nothing was stored: a field is empty or does not fit.")
        return ticket_response(visit, case, 400, problem, form.get("text"))
    if said == "moved" and not visit.sees(form.get("queue")):
        return after("/", said)
    return after(f"/tickets/{ticket.id}", said)


def _claim(doing: Doing) -> None:
    queues.claim(doing.work, doing.visit.site.settings, doing.ticket.id, doing.visit.who, doing.now)


def _reply(doing: Doing) -> None:
    text = doing.form.get("text").strip()
    queues.reply(doing.work, doing.visit.site.settings, doing.ticket.id, text, doing.visit.who, doing.now)


def _wait(doing: Doing) -> None:
    queues.wait(doing.work, doing.visit.site.settings, doing.ticket.id, doing.visit.who, doing.now, doing.note)


def _answered(doing: Doing) -> None:
    queues.answered(doing.work, doing.visit.site.settings, doing.ticket.id, doing.visit.who, doing.now, doing.note)


def _resolve(doing: Doing) -> None:
    promising.require_kept(doing)
    queues.resolve(doing.work, doing.ticket.id, doing.visit.who, doing.now, doing.note)


def _close(doing: Doing) -> None:
    promising.require_kept(doing)
    queues.close(doing.work, doing.ticket.id, doing.visit.who, doing.now, doing.note)


def _reopen(doing: Doing) -> None:
    queues.reopen(doing.work, doing.visit.site.settings, doing.ticket.id, doing.visit.who, doing.now, doing.note)


def _move(doing: Doing) -> None:
    queue, ticket = doing.form.get("queue"), doing.ticket
    if queue not in doing.visit.site.queues or queue == ticket.queue:
        raise UsageError("choose another queue")
    _require_ongoing(ticket)
    require_hold(doing.visit, ticket)
    doing.work.ticket_moves.move(ticket, queue, doing.visit.who, doing.now, doing.note)
    keep_due(doing.work, doing.visit.site.levels, ticket.id, doing.now)


def _hand_over(doing: Doing) -> None:
    ticket = doing.ticket
    _require_ongoing(ticket)
    require_hold(doing.visit, ticket)
    to = doing.work.accounts.find(doing.form.get("to"))
    if to is None or not _may_have(to, ticket):
        raise UsageError("choose somebody who is in the queue of this case")
    lease = doing.visit.site.queues.get(ticket.queue, QueueSettings()).lease
    doing.work.ticket_moves.hand_over(ticket, to.name, lease, doing.visit.who, doing.now, doing.note)
    keep_due(doing.work, doing.visit.site.levels, ticket.id, doing.now)


def _require_ongoing(ticket: Ticket) -> None:
    if ticket.state not in queues.ONGOING:
        raise ConflictError(f"{ticket.id} is {ticket.state.value}; open it again first")


def _may_have(account: Account, ticket: Ticket) -> bool:
    if account.disabled or Act.REPLY not in MAY[account.role]:
        return False
    return Act.ASSIGN in MAY[account.role] or not account.queues or ticket.queue in account.queues


#: What each act takes, what the page says afterwards, and what is done.
_ACTS: Mapping[str, tuple[Act, str, Callable[[Doing], None]]] = {
    "claim": (Act.CLAIM, "taken", _claim),
    "reply": (Act.REPLY, "replied", _reply),
    "wait": (Act.CLAIM, "waiting", _wait),
    "answered": (Act.CLAIM, "answered", _answered),
    "resolve": (Act.RESOLVE, "resolved", _resolve),
    "close": (Act.CLOSE, "closed", _close),
    "reopen": (Act.CLAIM, "reopened", _reopen),
    "move": (Act.CLAIM, "moved", _move),
    "hand-over": (Act.CLAIM, "handed-over", _hand_over),
    **promising.ACTS,
}


def _conflict(visit: Visit, case: str, now: datetime, error: ConflictError) -> str:
    """Why an act was refused, by how the ticket stands now."""
    if isinstance(error, FullError):
        said = visit.language.gettext(
            "You hold as many cases as your limit allows: %(held)s of %(limit)s. "
            "Reply to one, solve it or hand it over; then take this one."
        )
        return said % {"held": error.held, "limit": error.limit}
    if isinstance(error, OpenPromiseError):
        return visit.language.gettext("A promise is open: mark it kept, drop it, or end the case all the same.")
    with visit.site.database.work(write=False) as work:
        ticket = work.tickets.get(case)
    if queues.is_held(ticket, now) and ticket.assignee != visit.who:
        said = visit.language.gettext("%(who)s has this case until %(until)s.")
        return said % {"who": ticket.assignee, "until": visit.language.short(ticket.claimed_until)}
    said = visit.language.gettext("This does not go with the state the case is in: %(state)s.")
    return said % {"state": word(visit.language, "state", ticket.state)}
