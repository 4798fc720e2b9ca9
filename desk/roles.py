"""Roles: what each may do at the desk.

=======  ==================================================================================
role     may also
=======  ==================================================================================
viewer   read queues, tickets and reports
agent    claim tickets, reply, resolve and close, try a failed delivery of their queues again
lead     give tickets to others and take them away, correct issues, try all deliveries again
admin    manage users and tokens, read the audit log
=======  ==================================================================================
"""

from __future__ import annotations

from enum import StrEnum

from koe.account import Account, Role
from koe.errors import ForbiddenError


class Act(StrEnum):
    """Something that not everybody may do; also what the audit log calls it."""

    READ = "read"
    CLAIM = "claim"
    REPLY = "reply"
    RESOLVE = "resolve"
    CLOSE = "close"
    ASSIGN = "assign"
    CORRECT = "correct"
    RETRY = "retry deliveries"
    USERS = "manage users"
    TOKENS = "manage tokens"
    AUDIT = "read the audit log"


#: What each role may do beside what the roles before it may.
_ADDS: dict[Role, frozenset[Act]] = {
    Role.VIEWER: frozenset({Act.READ}),
    Role.AGENT: frozenset({Act.CLAIM, Act.REPLY, Act.RESOLVE, Act.CLOSE}),
    Role.LEAD: frozenset({Act.ASSIGN, Act.CORRECT, Act.RETRY}),
    Role.ADMIN: frozenset({Act.USERS, Act.TOKENS, Act.AUDIT}),
}

#: Everything that each role may do.
MAY: dict[Role, frozenset[Act]] = {
    role: frozenset().union(*(_ADDS[lower] for lower in list(Role)[: rank + 1])) for rank, role in enumerate(Role)
}


def require(account: Account, act: Act) -> None:
    """Make sure that somebody may do something.

    Raises:
        ForbiddenError: when the account is disabled, or its role may not.
    """
    if account.disabled:
        raise ForbiddenError(f"{account.name} is disabled")
    if act not in MAY[account.role]:
        able = ", ".join(role.value for role in Role if act in MAY[role])
        raise ForbiddenError(f"{account.name} is {account.role.value} and may not {act.value}; that takes: {able}")
