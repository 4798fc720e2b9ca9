"""Accounts: who may work at the desk, what they get to do there, and how they come to a password.

Every change is noted in the audit log in the same unit of work; the caller commits.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk.passwords import Passwords
from desk.routing import all_queues
from koe.account import Account, ApiToken, Role, account_name
from koe.errors import AccessError, ConflictError, NotFoundError, UsageError
from koe.settings import Settings

if TYPE_CHECKING:
    from storage.work import Work

#: How long a set-up token can be used.
SETUP_FOR = timedelta(days=1)

_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Changes:
    """What an account gets instead of what it has; ``None`` leaves it. A ``limit`` of 0 is no limit."""

    role: Role | None = None
    queues: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    skills: Sequence[str] | None = None
    limit: int | None = None


def add(work: Work, settings: Settings, name: str, wanted: Changes, by: str, now: datetime) -> Account:
    """Make an account (by default a viewer's); nobody can sign in with it before it has a password.

    Raises:
        UsageError: the name cannot be one, or a queue, a language or the limit is wrong.
        ConflictError: there is such an account.
    """
    name = account_name(name)
    if work.accounts.find(name):
        raise ConflictError(f"there is a user {name} already; `koe user change` changes what they get")
    account = _changed(Account(name, Role.VIEWER, now), wanted, settings)
    work.accounts.add(account)
    work.audit.add(now, by, "user added", name, _told(account))
    return account


def change(work: Work, settings: Settings, name: str, wanted: Changes, by: str, now: datetime) -> Account:
    """Give an account another role, queues, languages, skills or limit; it holds from the next request on.

    Raises:
        NotFoundError: no such user or queue.
        UsageError: a language or the limit is wrong.
        ConflictError: nobody would be left to manage users.
    """
    before = work.accounts.get(account_name(name))
    account = _changed(before, wanted, settings)
    if account.role is not Role.ADMIN:
        _keep_an_admin(work, before)
    work.accounts.change(account)
    if account != before:
        work.audit.add(now, by, "user changed", account.name, {"before": _told(before), "after": _told(account)})
    return account


def disable(work: Work, name: str, by: str, now: datetime) -> Account:
    """Keep somebody out: sessions end at once, and a set-up token no longer works. Tickets go back with their lease.

    Raises:
        NotFoundError: no such user.
        ConflictError: nobody would be left to manage users.
    """
    account = work.accounts.get(account_name(name))
    if account.disabled:
        return account
    _keep_an_admin(work, account)
    work.accounts.set_disabled(account.name, now)
    ended = _lock_out(work, account.name)
    work.audit.add(now, by, "user disabled", account.name, {"sessions ended": ended})
    return replace(account, disabled=True)


def enable(work: Work, name: str, by: str, now: datetime) -> Account:
    """Let somebody in again, with the password they had.

    Raises:
        NotFoundError: no such user.
    """
    account = work.accounts.get(account_name(name))
    if account.disabled:
        work.accounts.set_disabled(account.name, None)
        work.audit.add(now, by, "user enabled", account.name)
    return replace(account, disabled=False)


def set_password(work: Work, passwords: Passwords, name: str, password: str, by: str, now: datetime) -> Account:
    """Give an account another password; all its sessions end.

    Raises:
        NotFoundError: no such user.
        UsageError: the password is too short or too easy.
    """
    account = work.accounts.get(account_name(name))
    work.accounts.set_password_hash(account.name, passwords.hash(account.name, password))
    ended = _lock_out(work, account.name)
    work.audit.add(now, by, "password set", account.name, {"sessions ended": ended})
    return account


def make_setup_token(work: Work, name: str, by: str, now: datetime) -> str:
    """A token with which somebody chooses a password, once and within a day. It is returned here and kept nowhere.

    Raises:
        NotFoundError: no such user.
        ConflictError: the user is disabled.
    """
    account = work.accounts.get(account_name(name))
    if account.disabled:
        raise ConflictError(f"{account.name} is disabled; `koe user disable {account.name} --undo` lets them in again")
    token = secrets.token_urlsafe(32)
    work.sign_ins.keep_setup_token(token_hash(token), account.name, now + SETUP_FOR)
    work.audit.add(now, by, "set-up token made", account.name)
    return token


def use_setup_token(work: Work, passwords: Passwords, token: str, password: str, now: datetime) -> Account:
    """Choose a password with a set-up token, which is used up then.

    Raises:
        AccessError: the token is unknown, used up or too old, or its user is disabled.
        UsageError: the password is too short or too easy; the token still works when nothing is committed.
    """
    name = work.sign_ins.take_setup_token(token_hash(token), now)
    account = work.accounts.find(name) if name else None
    if account is None or account.disabled:
        raise AccessError("this set-up token does not work (any more); `koe user token NAME` makes another one")
    return set_password(work, passwords, account.name, password, account.name, now)


def make_api_token(
    work: Work,
    application: str,
    role: Role,
    by: str,
    now: datetime,
    valid: timedelta | None = None,
    queues: Sequence[str] = (),
) -> str:
    """A token for an application, in the place of the one it had. It is returned here and kept nowhere.

    Raises:
        UsageError: the name cannot be one.
    """
    application = account_name(application)
    token = f"koe_{secrets.token_urlsafe(32)}"
    until = None if valid is None else now + valid
    made = ApiToken(application, role, now, by, until, queues=tuple(dict.fromkeys(queues)))
    work.sign_ins.keep_api_token(token_hash(token), made)
    details = {"role": role.value, "queues": list(made.queues), "expires_at": until.isoformat() if until else None}
    work.audit.add(now, by, "API token made", made.actor, details)
    return token


def revoke_api_token(work: Work, application: str, by: str, now: datetime) -> None:
    """Let an application's token work no more.

    Raises:
        NotFoundError: the application has none.
    """
    application = account_name(application)
    if not work.sign_ins.drop_api_token(application):
        raise NotFoundError("application", application, [one.application for one in work.sign_ins.api_tokens()])
    work.audit.add(now, by, "API token revoked", f"app:{application}")


def token_hash(token: str) -> str:
    """What is kept of a token. Tokens are 256 random bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def require_queues(settings: Settings, names: Iterable[str]) -> None:
    """Make sure that there are queues of these names.

    Raises:
        NotFoundError: one of them there is not.
    """
    queues = all_queues(settings)
    for name in names:
        if name not in queues:
            raise NotFoundError("queue", name, queues)


def _changed(account: Account, wanted: Changes, settings: Settings) -> Account:
    require_queues(settings, wanted.queues or ())
    for language in wanted.languages or ():
        if not _LANGUAGE.fullmatch(language):
            raise UsageError(f"{language!r} is no language; expected a code such as ja or en")
    if wanted.limit is not None and wanted.limit < 0:
        raise UsageError(f"a limit of {wanted.limit} tickets; expected 1 or more, or 0 for no limit")
    return replace(
        account,
        role=wanted.role or account.role,
        queues=account.queues if wanted.queues is None else tuple(dict.fromkeys(wanted.queues)),
        languages=account.languages if wanted.languages is None else tuple(dict.fromkeys(wanted.languages)),
        skills=account.skills if wanted.skills is None else tuple(dict.fromkeys(wanted.skills)),
        limit=account.limit if wanted.limit is None else wanted.limit or None,
    )


def _keep_an_admin(work: Work, leaving: Account) -> None:
    """Refuse to let the last one go who manages users."""
    if leaving.role is Role.ADMIN and not leaving.disabled:
        others = [one for one in work.accounts.list() if one.role is Role.ADMIN and one.name != leaving.name]
        if all(other.disabled for other in others):
            raise ConflictError(f"{leaving.name} is the only admin; make somebody else one first")


def _lock_out(work: Work, name: str) -> int:
    work.sign_ins.drop_setup_tokens_of(name)
    return work.sign_ins.end_sessions_of(name)


def _told(account: Account) -> dict[str, object]:
    return {
        "role": account.role.value,
        "queues": list(account.queues),
        "languages": list(account.languages),
        "skills": list(account.skills),
        "limit": account.limit,
    }
