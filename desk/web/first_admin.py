"""The first admin: on a store where nobody can sign in yet, a one-time token that lets one person choose a password."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from desk import accounts
from koe.account import Role
from koe.settings import Settings

if TYPE_CHECKING:
    from storage.work import Work

#: What the first admin is called; others can be added under any name.
NAME = "admin"


def first_token(work: Work, settings: Settings, now: datetime) -> str | None:
    """A token for the first admin, who is made where there is none; ``None`` once anybody has a password.

    The caller commits. A token that was printed before stops working.
    """
    if any(work.accounts.password_hash(account.name) for account in work.accounts.list()):
        return None
    if work.accounts.find(NAME) is None:
        accounts.add(work, settings, NAME, accounts.Changes(role=Role.ADMIN), "koe desk", now)
    return accounts.make_setup_token(work, NAME, "koe desk", now)
