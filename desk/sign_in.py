"""Signing in: from a name and a password to a session, and from a token to whose it is.

A session ends after 8 hours without use, after 7 days in any case, at signing out, when the account is disabled and
when its password changes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk import brake
from desk.accounts import token_hash
from desk.passwords import Passwords
from koe.account import Account, ApiToken, account_name
from koe.errors import AccessError, UsageError

if TYPE_CHECKING:
    from storage.database import Database

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
#: Being seen is noted this often at most: a page of twenty requests is one write.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; the token is kept by the browser alone."""

    token: str
    account: Account


def sign_in(
    database: Database, passwords: Passwords, name: str, password: str, address: str, now: datetime
) -> SignedIn:
    """Begin a session. The slow look at the password happens outside of any unit of work.

    Raises:
        AccessError: the name or the password is wrong, or the account is disabled; which of them is not told.
        TooManyAttemptsError: too many attempts failed for the name or from the address; the password was not looked at.
    """
    name = _as_name(name)
    with database.work() as work:
        attempt = brake.begin(work, name, address, now)
        account = work.accounts.find(name)
        known = work.accounts.password_hash(name) if account and not account.disabled else None
        work.commit()
    if not passwords.match(known, password) or known is None:
        with database.work() as work:
            # A name that nobody has may be a password that was typed into the wrong field.
            work.audit.add(now, account.name if account else "?", "sign-in failed", "desk", {"address": address})
            work.commit()
        raise _refused()
    renewed = passwords.rehash(password) if passwords.outdated(known) else None
    token = secrets.token_urlsafe(32)
    with database.work() as work:
        account = work.accounts.find(name)
        if account is None or account.disabled or work.accounts.password_hash(name) != known:
            raise _refused()  # changed while the password was looked at
        if renewed:
            work.accounts.set_password_hash(name, renewed)
        brake.release(work, attempt, now)
        work.sign_ins.begin_session(token_hash(token), name, now, now + LONGEST)
        work.audit.add(now, name, "signed in", "desk", {"address": address})
        work.commit()
    return SignedIn(token, account)


def account_of(database: Database, token: str, now: datetime) -> Account | None:
    """Whose session a token is; ``None`` when it is over or never was."""
    hashed = token_hash(token)
    with database.work(write=False) as work:
        session = work.sign_ins.session(hashed)
        account = work.accounts.find(session.account) if session else None
    if session is None or account is None or account.disabled:
        return None
    if now >= session.expires_at or now >= session.last_seen_at + IDLE:
        return None
    if now >= session.last_seen_at + SEEN_EVERY:
        with database.work() as work:
            work.sign_ins.see_session(hashed, now)
            work.commit()
    return account


def sign_out(database: Database, token: str, now: datetime) -> None:
    """End a session; one that is over already stays so."""
    hashed = token_hash(token)
    with database.work() as work:
        session = work.sign_ins.session(hashed)
        if session:
            work.sign_ins.end_session(hashed)
            work.audit.add(now, session.account, "signed out", "desk")
            work.commit()


def application_of(database: Database, token: str, now: datetime) -> ApiToken | None:
    """Which application a token is of; ``None`` when it is unknown, revoked or too old."""
    hashed = token_hash(token)
    with database.work(write=False) as work:
        found = work.sign_ins.api_token(hashed)
    if found is None or (found.expires_at is not None and now >= found.expires_at):
        return None
    if found.last_used_at is None or now >= found.last_used_at + SEEN_EVERY:
        with database.work() as work:
            work.sign_ins.see_api_token(hashed, now)
            work.commit()
    return found


def _as_name(text: str) -> str:
    try:
        return account_name(text)
    except UsageError:
        return text.casefold()  # nobody has such a name; it is refused like any other wrong one


def _refused() -> AccessError:
    return AccessError("the name or the password is wrong")
