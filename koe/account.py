"""Account: somebody who works at the desk, and an application that works through it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koe.errors import UsageError

_NAME = re.compile(r"\w(?:[\w.@-]{0,62}\w)?")


class Role(StrEnum):
    """What somebody is at the desk; each may do all that the one before may."""

    VIEWER = "viewer"
    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in.

    ``queues`` and ``languages`` are those that the person's tickets come from (none: all); ``skills`` open the queues
    that ask for them; ``limit`` is how many tickets the person may hold at once.
    """

    name: str
    role: Role
    created_at: datetime
    languages: Sequence[str] = ()
    skills: Sequence[str] = ()
    queues: Sequence[str] = ()
    limit: int | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An application's way in; the token itself is shown once and kept by nobody but the application.

    ``queues`` are those whose tickets it sees (none: all).
    """

    application: str
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    queues: Sequence[str] = ()

    @property
    def actor(self) -> str:
        """The name under which it acts; no person can have such a name."""
        return f"app:{self.application}"


def account_name(text: str) -> str:
    """A name as it is stored: full width and capitals make no other person.

    Raises:
        UsageError: when it cannot be one.
    """
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{text!r} cannot be a name; expected 1 to 64 letters, digits, dots, dashes or @, such as mika.tanaka"
        )
    return name
