"""People, settings and the audit log: pages for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from desk import accounts
from desk.roles import Act
from desk.web.pages import after, page
from desk.web.visits import Form, ReadingVisit, SentForm, Visit
from desk.web.words import is_known
from koe.account import Role
from koe.errors import ConflictError, NotFoundError, UsageError
from koe.ticket import Priority

if TYPE_CHECKING:
    from storage.work import Work

router = APIRouter()

_ENTRIES = 100


@router.get("/people")
def show_people(visit: ReadingVisit) -> Response:
    """Who works at the desk, and the form that adds somebody."""
    visit.require(Act.USERS)
    return _people(visit)


@router.post("/people")
def add_person(form: SentForm) -> Response:
    """Make an account; its set-up token is shown once, here."""
    visit = form.visit
    visit.require(Act.USERS)
    now = visit.site.clock()
    try:
        with visit.site.database.work() as work:
            account = accounts.add(work, visit.site.settings, form.get("name"), _wanted(form), visit.who, now)
            token = accounts.make_setup_token(work, account.name, visit.who, now)
            work.commit()
    except ConflictError:
        return _people(visit, 409, visit.language.gettext("There is an account of this name already."))
    except UsageError:
        problem = visit.language.gettext("Nothing was stored: the name, a queue, a language or the limit does not fit.")
        return _people(visit, 400, problem)
    return _people(visit, token=token, token_of=account.name)


@router.post("/people/{name}/{act}")
def change_person(form: SentForm, name: str, act: str) -> Response:
    """Disable an account or let it in again, change what it gets, or make another set-up token for it."""
    visit = form.visit
    visit.require(Act.USERS)
    if act not in ("disable", "enable", "change", "token"):
        raise NotFoundError("act", act)
    token = ""
    try:
        with visit.site.database.work() as work:
            token = _do(work, form, name, act)
            work.commit()
    except ConflictError:
        problem = visit.language.gettext("This does not work: it is the only admin, or the account is disabled.")
        return _people(visit, 409, problem)
    if token:
        return _people(visit, token=token, token_of=name)
    return after("/people", {"disable": "disabled", "enable": "enabled", "change": "changed"}[act])


@router.get("/settings")
def show_settings(visit: ReadingVisit) -> Response:
    """What koe.yaml says of the desk; it is changed there, and nowhere else."""
    visit.require(Act.USERS)
    with visit.site.database.work(write=False) as work:
        outbox = work.outbox.counts()
    return page(
        visit,
        "settings.html.j2",
        settings=visit.site.settings,
        queues=visit.site.queues,
        priorities=Priority,
        outbox=outbox,
    )


@router.get("/audit")
def show_audit(visit: ReadingVisit, who: str = "", subject: str = "", before: str = "") -> Response:
    """Who did what, the newest first."""
    visit.require(Act.AUDIT)
    start = int(before) if before.isdecimal() and len(before) < 16 else None
    with visit.site.database.work(write=False) as work:
        entries = work.audit.list(who=who or None, subject=subject or None, limit=_ENTRIES, before=start)
    more = entries[-1].id if len(entries) == _ENTRIES else None
    return page(
        visit,
        "audit.html.j2",
        entries=entries,
        chosen={"who": who, "subject": subject},
        more=more,
        known_act=lambda act: is_known("act", act),
    )


def _people(visit: Visit, status: int = 200, problem: str = "", token: str = "", token_of: str = "") -> Response:
    with visit.site.database.work(write=False) as work:
        everybody = work.accounts.list()
    queues = {name: visit.site.queue_title(name, visit.language) for name in visit.site.queues}
    return page(
        visit,
        "people.html.j2",
        status,
        problem,
        people=everybody,
        roles=Role,
        queues=queues,
        token=token,
        token_of=token_of,
    )


def _do(work: Work, form: Form, name: str, act: str) -> str:
    visit, now = form.visit, form.visit.site.clock()
    if act == "token":
        return accounts.make_setup_token(work, name, visit.who, now)
    if act == "disable":
        accounts.disable(work, name, visit.who, now)
    elif act == "enable":
        accounts.enable(work, name, visit.who, now)
    else:
        accounts.change(work, visit.site.settings, name, _wanted(form), visit.who, now)
    return ""


def _wanted(form: Form) -> accounts.Changes:
    role, limit = form.get("role"), form.get("limit").strip()
    if role not in list(Role):
        raise UsageError(f"unknown role {role!r}")
    if limit and not limit.isdecimal():
        raise UsageError(f"{limit!r} is no number")
    return accounts.Changes(
        role=Role(role), queues=form.every("queue"), languages=form.every("lang"), limit=int(limit or 0)
    )
