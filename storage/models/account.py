"""Accounts: people and applications, their sessions and tokens, and the brake on guessed passwords."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class AccountRow(Base):
    """A person; without a ``password_hash`` (Argon2id, with its parameters) nobody can sign in yet."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str | None]
    role: Mapped[str]
    languages: Mapped[list[Any]]
    skills: Mapped[list[Any]]
    queues: Mapped[list[Any]]
    ticket_limit: Mapped[int | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SessionRow(Base):
    """Somebody who is signed in; only the SHA-256 of the token is kept."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "account"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.name"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SetupTokenRow(Base):
    """A token that lets a person choose a password, once."""

    __tablename__ = "setup_token"
    __table_args__ = (Index(None, "account"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.name"))
    expires_at: Mapped[datetime]


class ApiTokenRow(Base):
    """The token of an application; one for each application. ``queues`` are those it sees (none: all)."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    application: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    queues: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class LoginAttemptRow(Base):
    """How many attempts to sign in failed in a row: for a name (``name:mika``) or an address (``address:::1``)."""

    __tablename__ = "login_attempt"

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
