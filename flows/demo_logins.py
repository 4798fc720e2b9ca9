"""The demo's log-ins: one for each role, with passwords that are made up, printed once and kept as hashes only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from koe.account import Role

if TYPE_CHECKING:
    from flows.wiring import Wiring

#: The queues of the demo's agent; the others see all.
_AGENT_QUEUES = ("support", "questions", "social")


@dataclass(frozen=True, slots=True)
class Login:
    """A way into the demo's desk. `koe desk` opens a demo on this machine only, so these open nothing elsewhere."""

    name: str
    role: Role
    password: str


def make_logins(wiring: Wiring) -> list[Login]:
    """Make an account for each role, named like it."""
    from desk import accounts
    from desk.passwords import Passwords, generated_password

    now, passwords = wiring.clock(), Passwords()
    logins = [Login(role.value, role, generated_password()) for role in Role]
    with wiring.database.work() as work:
        for login in logins:
            queues = _AGENT_QUEUES if login.role is Role.AGENT else ()
            accounts.add(work, wiring.settings, login.name, accounts.Changes(login.role, queues), "koe demo", now)
            accounts.set_password(work, passwords, login.name, login.password, "koe demo", now)
        work.commit()
    return logins


def in_words(logins: list[Login]) -> list[str]:
    """The log-ins as lines for the terminal."""
    width = max(len(login.name) for login in logins)
    return [f"    {login.name:<{width}}  {login.password}" for login in logins]
