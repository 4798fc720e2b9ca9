"""Signing in: sessions, tokens (kept as hashes only), and how often attempts failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from koe.account import ApiToken, Role
from storage.models import ApiTokenRow, LoginAttemptRow, SessionRow, SetupTokenRow
from storage.statements import insert_new

_sessions = SessionRow.table()
_setups = SetupTokenRow.table()
_tokens = ApiTokenRow.table()
_attempts = LoginAttemptRow.table()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; it ends at ``expires_at`` at the latest."""

    account: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Failures:
    """How many attempts failed in a row, and when the last one was made."""

    count: int
    last_at: datetime


class SignInStore:
    """What lets people and applications in. Tokens come as hashes: this store never sees one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin_session(self, token_hash: str, account: str, now: datetime, expires_at: datetime) -> None:
        """Keep a session; those that are over are cleared away."""
        self._connection.execute(delete(_sessions).where(_sessions.c.expires_at <= now))
        self._connection.execute(
            insert(_sessions).values(
                token_hash=token_hash, account=account, created_at=now, last_seen_at=now, expires_at=expires_at
            )
        )

    def session(self, token_hash: str) -> Session | None:
        """The session of a token."""
        row = self._connection.execute(select(_sessions).where(_sessions.c.token_hash == token_hash)).first()
        return None if row is None else Session(row.account, row.created_at, row.last_seen_at, row.expires_at)

    def see_session(self, token_hash: str, now: datetime) -> None:
        """Note that a session is in use."""
        self._connection.execute(update(_sessions).where(_sessions.c.token_hash == token_hash).values(last_seen_at=now))

    def end_session(self, token_hash: str) -> None:
        """End one session."""
        self._connection.execute(delete(_sessions).where(_sessions.c.token_hash == token_hash))

    def end_sessions_of(self, account: str) -> int:
        """End all sessions of an account; returns how many there were."""
        return self._connection.execute(delete(_sessions).where(_sessions.c.account == account)).rowcount

    def keep_setup_token(self, token_hash: str, account: str, expires_at: datetime) -> None:
        """Keep a token that lets a person choose a password; an earlier one stops working."""
        self.drop_setup_tokens_of(account)
        self._connection.execute(insert(_setups).values(token_hash=token_hash, account=account, expires_at=expires_at))

    def take_setup_token(self, token_hash: str, now: datetime) -> str | None:
        """Use a token up; returns whose it was, or ``None`` when it is unknown or too old."""
        statement = delete(_setups).where(_setups.c.token_hash == token_hash)
        row = self._connection.execute(statement.returning(_setups.c.account, _setups.c.expires_at)).first()
        return row.account if row is not None and row.expires_at > now else None

    def drop_setup_tokens_of(self, account: str) -> None:
        """Let none of an account's tokens work any more."""
        self._connection.execute(delete(_setups).where(_setups.c.account == account))

    def keep_api_token(self, token_hash: str, token: ApiToken) -> None:
        """Keep an application's token in the place of the one it had."""
        self.drop_api_token(token.application)
        self._connection.execute(
            insert(_tokens).values(
                token_hash=token_hash,
                application=token.application,
                role=token.role.value,
                queues=list(token.queues),
                created_at=token.created_at,
                created_by=token.created_by,
                expires_at=token.expires_at,
            )
        )

    def api_token(self, token_hash: str) -> ApiToken | None:
        """What is known of a token."""
        row = self._connection.execute(select(_tokens).where(_tokens.c.token_hash == token_hash)).first()
        return None if row is None else _api_token(row)

    def api_tokens(self) -> Sequence[ApiToken]:
        """The tokens of all applications, by name."""
        rows = self._connection.execute(select(_tokens).order_by(_tokens.c.application))
        return [_api_token(row) for row in rows]

    def see_api_token(self, token_hash: str, now: datetime) -> None:
        """Note that a token is in use."""
        self._connection.execute(update(_tokens).where(_tokens.c.token_hash == token_hash).values(last_used_at=now))

    def drop_api_token(self, application: str) -> bool:
        """Let an application's token work no more; returns whether it had one."""
        return bool(self._connection.execute(delete(_tokens).where(_tokens.c.application == application)).rowcount)

    def hold_failures(self, subject: str, now: datetime) -> Failures:
        """How many attempts failed in a row for a name or an address; others who ask wait until this work ends."""
        insert_new(self._connection, _attempts, [{"subject": subject, "failures": 0, "last_at": now}])
        query = select(_attempts).where(_attempts.c.subject == subject).with_for_update()
        row = self._connection.execute(query).one()
        return Failures(row.failures, row.last_at)

    def set_failures(self, subject: str, count: int, now: datetime) -> None:
        """Keep how many failed so far."""
        statement = update(_attempts).where(_attempts.c.subject == subject)
        self._connection.execute(statement.values(failures=count, last_at=now))

    def forget_failures(self, before: datetime) -> None:
        """Forget those of long ago, of everybody."""
        self._connection.execute(delete(_attempts).where(_attempts.c.last_at < before))

    def clear_failures(self, subject: str) -> None:
        """Begin to count anew."""
        self._connection.execute(delete(_attempts).where(_attempts.c.subject == subject))


def _api_token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        row.application,
        Role(row.role),
        row.created_at,
        row.created_by,
        row.expires_at,
        row.last_used_at,
        tuple(row.queues),
    )
