"""Acts: what an application may do with a ticket, by the same rules as people at the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from desk import queues
from desk.api.answers import answer
from desk.api.callers import Asking, Caller
from desk.api.problems import told_problems
from desk.api.shapes import TicketDetail
from desk.api.tickets import Case, detail
from desk.roles import Act
from desk.workers import require_queue
from koe.errors import UsageError
from storage.text import storable

if TYPE_CHECKING:
    from storage.work import Work

router = APIRouter(prefix="/tickets", tags=["acts"])

_REFUSED = told_problems(400, 403, 409, 411, 413)

IdempotencyKey = Annotated[
    str,
    Header(
        pattern=r"^[!-~]{1,200}$",
        description="A name of your own for this reply, such as a UUID: the same request again stores nothing again.",
    ),
]


class Note(BaseModel):
    """Words for the history."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=500, description="Kept in the history of the ticket.")


class Answer(BaseModel):
    """A reply to the customer."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=20_000, description="What the customer gets to read.")


@router.post("/{case}/claim", response_model=TicketDetail, responses=_REFUSED)
def claim(request: Request, caller: Asking, case: Case) -> Response:
    """Take a ticket; nobody else acts on it until the lease of its queue ends."""
    site = caller.site

    def take(work: Work, now: datetime) -> None:
        require_queue(caller.worker, site.settings, work.tickets.get(case).queue)
        queues.claim(work, site.settings, case, caller.who, now)

    return _done(request, caller, case, Act.CLAIM, take)


@router.post("/{case}/reply", response_model=TicketDetail, responses=_REFUSED)
def reply(request: Request, caller: Asking, case: Case, said: Answer, idempotency_key: IdempotencyKey) -> Response:
    """Store a reply and put it into the outbox. The guard stops what may not go out, as it does at the desk."""
    text, key = storable(said.text.strip()), _key(caller, case, idempotency_key)

    def store(work: Work, now: datetime) -> None:
        require_queue(caller.worker, caller.site.settings, work.tickets.get(case).queue)
        queues.reply(work, caller.site.settings, case, text, caller.who, now, key)

    with caller.site.database.work() as work:
        caller.require(Act.REPLY)
        ticket = caller.require_ticket(work.tickets.get(case))
        known = work.outbox.reply_of(key, case)
        if known is not None:
            if {one.id: one.text for one in work.tickets.replies(case)}[known] != text:
                raise UsageError("idempotency-key: it was used for another reply to this ticket")
            return answer(request, detail(work, ticket, caller), {"idempotent-replayed": "true"})
        return _acted(request, work, caller, case, Act.REPLY, store)


@router.post("/{case}/resolve", response_model=TicketDetail, responses=_REFUSED)
def resolve(request: Request, caller: Asking, case: Case, said: Note | None = None) -> Response:
    """Say that the customer's problem is solved."""
    note = said.note if said else ""
    return _done(
        request,
        caller,
        case,
        Act.RESOLVE,
        lambda work, now: queues.resolve(work, case, caller.who, now, note),
    )


@router.post("/{case}/reopen", response_model=TicketDetail, responses=_REFUSED)
def reopen(request: Request, caller: Asking, case: Case, said: Note | None = None) -> Response:
    """Open a ticket again that was resolved or closed."""
    note, settings = said.note if said else "", caller.site.settings
    return _done(
        request,
        caller,
        case,
        Act.CLAIM,
        lambda work, now: queues.reopen(work, settings, case, caller.who, now, note),
        told="reopen",
    )


def _done(
    request: Request, caller: Caller, case: str, act: Act, doing: Callable[[Work, datetime], object], told: str = ""
) -> Response:
    """Do something in a unit of work of its own."""
    caller.require(act)
    with caller.site.database.work() as work:
        caller.require_ticket(work.tickets.get(case))
        return _acted(request, work, caller, case, act, doing, told)


def _acted(
    request: Request,
    work: Work,
    caller: Caller,
    case: str,
    act: Act,
    doing: Callable[[Work, datetime], object],
    told: str = "",
) -> Response:
    """Do something, note it in the audit log, and answer with the ticket as it is then."""
    now = caller.site.clock()
    doing(work, now)
    work.audit.add(now, caller.who, told or act, case)
    work.commit()
    return answer(request, detail(work, work.tickets.get(case), caller))


def _key(caller: Caller, case: str, given: str) -> str:
    """The key of the outbox: each application has keys of its own for each ticket."""
    return hashlib.sha256(f"{caller.who}\0{case}\0{given}".encode()).hexdigest()[:32]
