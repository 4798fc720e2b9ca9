"""Callers: which application asks, and what it may see and do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from desk import brake
from desk.roles import Act, require
from desk.sign_in import application_of
from desk.web.site import Site
from desk.workers import Worker
from koe.account import Account, Role
from koe.errors import AccessError, NotFoundError
from koe.ticket import Ticket

_bearer = HTTPBearer(
    scheme_name="token",
    description="The token that `koe token create` printed. Cookies of the desk open nothing here.",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """An application that asks; ``account`` says its role and its queues, and its name in the history."""

    site: Site
    account: Account

    @property
    def who(self) -> str:
        """Its name in the history of tickets and in the audit log."""
        return self.account.name

    @property
    def worker(self) -> Worker:
        """The application as somebody who acts on tickets: held to its queues; it has no skills."""
        return Worker(self.account.name, self.account)

    @property
    def queues(self) -> Collection[str] | None:
        """The queues whose tickets it sees; ``None`` is all of them."""
        if self.account.role in (Role.LEAD, Role.ADMIN) or not self.account.queues:
            return None
        return frozenset(self.account.queues)

    def require(self, act: Act) -> None:
        """Make sure that it may do something.

        Raises:
            ForbiddenError: its role may not.
        """
        require(self.account, act)

    def require_queue(self, name: str) -> None:
        """Make sure that it sees a queue.

        Raises:
            NotFoundError: otherwise; whether there is such a queue is not told.
        """
        if self.queues is not None and name not in self.queues:
            raise NotFoundError("queue", name)

    def require_ticket(self, ticket: Ticket) -> Ticket:
        """The ticket, when it sees its queue.

        Raises:
            NotFoundError: otherwise; whether there is such a ticket is not told.
        """
        if self.queues is not None and ticket.queue not in self.queues:
            raise NotFoundError("ticket", ticket.id)
        return ticket


def caller_of(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Which application asks.

    Raises:
        AccessError: there is no token, or it does not work (any more).
        TooManyAttemptsError: too many wrong tokens came from the address.
        ForbiddenError: its role may not read.
    """
    site: Site = request.app.state.site
    if given is None:
        raise AccessError("a token is missing; expected the header `Authorization: Bearer TOKEN`")
    now = site.clock()
    found = application_of(site.database, given.credentials, now)
    if found is None:
        with site.database.work() as work:
            brake.count_wrong_token(work, request.client.host if request.client else "?", now)
            work.commit()
        raise AccessError("this token does not work (any more); `koe token create` makes another one")
    caller = Caller(site, Account(found.actor, found.role, found.created_at, queues=found.queues))
    caller.require(Act.READ)
    return caller


#: What routes ask for.
Asking = Annotated[Caller, Depends(caller_of)]
