"""Accounts: the people of the desk, and their passwords as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from koe.account import Account, Role
from koe.errors import NotFoundError
from storage.models import AccountRow

_table = AccountRow.table()


class AccountStore:
    """Who works at the desk."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, account: Account) -> None:
        """Keep a new account, with no password yet. The caller makes sure that there is none of that name."""
        self._connection.execute(
            insert(_table).values(name=account.name, created_at=account.created_at, **_values(account))
        )

    def change(self, account: Account) -> None:
        """Keep the role, queues, languages, skills and limit that an account has now."""
        self._connection.execute(update(_table).where(_table.c.name == account.name).values(**_values(account)))

    def find(self, name: str) -> Account | None:
        """The account of a name, also a disabled one."""
        row = self._connection.execute(select(_table).where(_table.c.name == name)).first()
        return None if row is None else _account(row)

    def get(self, name: str) -> Account:
        """The account of a name, also a disabled one.

        Raises:
            NotFoundError: when there is none.
        """
        found = self.find(name)
        if found is None:
            raise NotFoundError("user", name, [account.name for account in self.list()])
        return found

    def hold(self, name: str) -> None:
        """Wait until no other unit of work holds the account, so that what is counted for it stays so."""
        self._connection.execute(select(_table.c.name).where(_table.c.name == name).with_for_update())

    def list(self) -> Sequence[Account]:
        """All accounts by name, disabled ones too."""
        return [_account(row) for row in self._connection.execute(select(_table).order_by(_table.c.name))]

    def count(self) -> int:
        """How many accounts there are."""
        return int(self._connection.execute(select(func.count()).select_from(_table)).scalar_one())

    def password_hash(self, name: str) -> str | None:
        """The hash of a password; ``None`` when the account has none, or there is no such account."""
        return self._connection.execute(select(_table.c.password_hash).where(_table.c.name == name)).scalar()

    def set_password_hash(self, name: str, password_hash: str) -> None:
        """Keep another hash."""
        self._connection.execute(update(_table).where(_table.c.name == name).values(password_hash=password_hash))

    def set_disabled(self, name: str, at: datetime | None) -> None:
        """Disable an account, or (``None``) let it in again."""
        self._connection.execute(update(_table).where(_table.c.name == name).values(disabled_at=at))


def _values(account: Account) -> dict[str, object]:
    return {
        "role": account.role.value,
        "languages": list(account.languages),
        "skills": list(account.skills),
        "queues": list(account.queues),
        "ticket_limit": account.limit,
    }


def _account(row: Row[Any]) -> Account:
    return Account(
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        languages=tuple(row.languages),
        skills=tuple(row.skills),
        queues=tuple(row.queues),
        limit=row.ticket_limit,
        disabled=row.disabled_at is not None,
    )
