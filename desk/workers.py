"""Workers: who acts on tickets, and which tickets the queues give them.

On the terminal anybody who can read the database may act under any name; a name that has an account is held to that
account's role, queues, languages, skills and limit everywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desk.roles import MAY, Act, require
from desk.routing import all_queues
from koe.account import Account, account_name
from koe.errors import ForbiddenError, FullError, UsageError
from koe.settings import Settings

if TYPE_CHECKING:
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who acts; without an account nothing is closed to them."""

    name: str
    account: Account | None = None

    def queues(self, settings: Settings) -> Collection[str] | None:
        """The queues that this worker's tickets come from; ``None`` is all, also those that koe.yaml dropped."""
        if self.account is None:
            return None
        every = all_queues(settings)
        skills = set(self.account.skills)
        able = [name for name, queue in every.items() if skills.issuperset(queue.skills)]
        if self.account.queues:
            return [name for name in able if name in self.account.queues]
        return None if len(able) == len(every) else able

    def languages(self) -> Collection[str] | None:
        """The languages of this worker's tickets; ``None`` is all."""
        return (self.account.languages or None) if self.account else None


def worker(work: Work, who: str, act: Act) -> Worker:
    """Who acts under a name.

    Raises:
        UsageError: there is no name.
        ForbiddenError: the name has an account that is disabled or may not do this.
    """
    if not who.strip():
        raise UsageError("say who you are: --as NAME, or set USER in the environment")
    account = account_of(work, who)
    if account is None:
        return Worker(who)
    require(account, act)
    return Worker(account.name, account)


def account_of(work: Work, who: str) -> Account | None:
    """The account of a name as somebody typed it; most names on a terminal have none."""
    try:
        return work.accounts.find(account_name(who))
    except UsageError:
        return None  # nobody can have an account of such a name


def require_queue(one: Worker, settings: Settings, queue: str) -> None:
    """Make sure that a queue gives its tickets to somebody.

    Who gives tickets to others gets at all of them.

    Raises:
        ForbiddenError: it is none of the worker's queues, or asks for a skill that they do not have.
    """
    if one.account and Act.ASSIGN in MAY[one.account.role]:
        return
    queues = one.queues(settings)
    if queues is not None and queue not in queues:
        raise ForbiddenError(f"{one.name} gets no tickets of {queue}; theirs are {', '.join(queues) or 'none'}")


def require_room(work: Work, one: Worker, now: datetime) -> None:
    """Make sure that somebody may hold one more ticket; until this work ends, nobody else counts for the same person.

    Raises:
        FullError: they hold as many as they may.
    """
    if one.account is None or one.account.limit is None:
        return
    work.accounts.hold(one.name)
    held = work.tickets.count_held(one.name, now)
    if held >= one.account.limit:
        raise FullError(one.name, held, one.account.limit)
