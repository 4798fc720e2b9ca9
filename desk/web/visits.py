"""Visits: who asks, in which language, and what they may see and do.

Cookies: the session (its token opens everything its account may do), the language, and before signing in a secret
that the tokens of forms are made from.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.responses import Response

from desk.roles import MAY, Act, require
from desk.sign_in import LONGEST, account_of
from desk.web.language import Language, chosen
from desk.web.security import form_token, same_token
from desk.web.site import Site
from koe.account import Account, Role
from koe.errors import AccessError, ForbiddenError, NotFoundError, UsageError
from koe.ticket import Ticket

LANGUAGE_COOKIE = "koe_language"
_YEAR = 365 * 24 * 3600
#: More fields than any form has.
_MOST_FIELDS = 100


class NotSignedInError(AccessError):
    """The page is for people who are signed in."""


class ForgedFormError(AccessError):
    """A form without the visitor's token: not from our page, or from one opened before signing in."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody; ``secret`` is what the visitor's cookie holds and tokens of forms are made from."""

    request: Request
    site: Site
    language: Language
    account: Account | None
    secret: str

    @property
    def form_token(self) -> str:
        """The token that every form of this visitor carries."""
        return form_token(self.secret)

    @property
    def who(self) -> str:
        """The name of who is signed in.

        Raises:
            NotSignedInError: when nobody is.
        """
        return self.signed_in.name

    @property
    def signed_in(self) -> Account:
        """Who is signed in.

        Raises:
            NotSignedInError: when nobody is.
        """
        if self.account is None:
            raise NotSignedInError("sign in first")
        return self.account

    @property
    def queues(self) -> Collection[str] | None:
        """The queues whose tickets the visitor sees; ``None`` is all of them."""
        account = self.signed_in
        if account.role in (Role.LEAD, Role.ADMIN) or not account.queues:
            return None
        return frozenset(account.queues)

    def may(self, act: str) -> bool:
        """Whether the visitor may do something, by the name of its act."""
        return self.account is not None and Act(act) in MAY[self.account.role]

    def sees(self, queue: str) -> bool:
        """Whether the visitor sees the tickets of a queue."""
        return self.queues is None or queue in self.queues

    def require(self, act: Act) -> None:
        """Make sure that the visitor may do something.

        Raises:
            NotSignedInError: when nobody is signed in.
            ForbiddenError: when the role may not.
        """
        require(self.signed_in, act)

    def require_ticket(self, ticket: Ticket) -> Ticket:
        """The ticket, when the visitor sees its queue.

        Raises:
            NotFoundError: otherwise; whether there is such a ticket is not told.
        """
        if not self.sees(ticket.queue):
            raise NotFoundError("ticket", ticket.id)
        return ticket


def session_cookie(site: Site) -> str:
    """The name of the session's cookie; over TLS one that no other host can set."""
    return "__Host-koe_session" if site.secure else "koe_session"


def form_cookie(site: Site) -> str:
    """The name of the cookie that forms are made safe with before anybody signed in."""
    return "__Host-koe_form" if site.secure else "koe_form"


def set_cookie(response: Response, site: Site, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie that no script reads and no other site sends along."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=site.secure, httponly=True, samesite="lax")


def begin_session(response: Response, site: Site, token: str) -> None:
    """Give the browser its session."""
    set_cookie(response, site, session_cookie(site), token, int(LONGEST.total_seconds()))
    response.delete_cookie(form_cookie(site), path="/", secure=site.secure, httponly=True, samesite="lax")


def end_session(response: Response, site: Site) -> None:
    """Take the session from the browser."""
    response.delete_cookie(session_cookie(site), path="/", secure=site.secure, httponly=True, samesite="lax")


def keep_language(response: Response, site: Site, code: str) -> None:
    """Remember which language was chosen."""
    set_cookie(response, site, LANGUAGE_COOKIE, code, _YEAR)


def visit_of(request: Request) -> Visit:
    """Who asks; nobody may be signed in."""
    site: Site = request.app.state.site
    code = chosen(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))
    token = request.cookies.get(session_cookie(site), "")
    account = account_of(site.database, token, site.clock()) if token else None
    secret = token if account else request.cookies.get(form_cookie(site), "") or secrets.token_urlsafe(32)
    visit = Visit(request, site, site.languages[code], account, secret)
    request.state.visit = visit
    return visit


def reading_visit(visit: Annotated[Visit, Depends(visit_of)]) -> Visit:
    """Who asks for a page that takes a signed-in reader."""
    visit.require(Act.READ)
    return visit


async def body_of(request: Request) -> bytes:
    """What a form sent; its size was looked at before."""
    return await request.body()


def form_of(
    request: Request, body: Annotated[bytes, Depends(body_of)], visit: Annotated[Visit, Depends(visit_of)]
) -> Form:
    """The fields of a form that one of our own pages sent.

    Raises:
        ForgedFormError: when the token is missing or of somebody else.
        UsageError: when it is no form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UsageError("this is no form")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise UsageError("this is no form") from error
    form = Form(visit, pairs)
    if not same_token(form.get("form_token"), visit.secret):
        raise ForgedFormError("this form is not from a page that was open here")
    return form


class Form:
    """The fields of a form, and who sent it."""

    def __init__(self, visit: Visit, pairs: Collection[tuple[str, str]]) -> None:
        self.visit = visit
        self._pairs = pairs

    def get(self, name: str) -> str:
        """A field; empty when it is missing. Line ends are as in the text that was typed."""
        return next((value.replace("\r\n", "\n") for key, value in self._pairs if key == name), "")

    def every(self, name: str) -> list[str]:
        """All values of a field, without empty ones."""
        return [value for key, value in self._pairs if key == name and value]


def require_hold(visit: Visit, ticket: Ticket) -> None:
    """Make sure that a ticket may be given away: one's own or a free one by agents, any by leads.

    Raises:
        ForbiddenError: when somebody else holds it.
    """
    if ticket.assignee not in (None, visit.who) and not visit.may(Act.ASSIGN):
        raise ForbiddenError(f"{ticket.id} is with {ticket.assignee}")


#: What routes ask for.
AnyVisit = Annotated[Visit, Depends(visit_of)]
ReadingVisit = Annotated[Visit, Depends(reading_visit)]
SentForm = Annotated[Form, Depends(form_of)]
