"""Ticket: a Feedback that waits for an answer in a Queue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from koe.errors import UsageError

_ID = re.compile(r"CASE-(\d{6,})")


class Priority(StrEnum):
    """How soon somebody must look; ``rank`` 0 is the most urgent."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for urgent to 3 for low."""
        return list(Priority).index(self)


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    REPLIED = "replied"
    RESOLVED = "resolved"
    CLOSED = "closed"


def ticket_id(number: int) -> str:
    """The case number customers are told: ``CASE-000001``."""
    return f"CASE-{number:06d}"


def ticket_number(text: str) -> int:
    """The number in a case number.

    Raises:
        UsageError: when the text is no case number.
    """
    match = _ID.fullmatch(text.strip().upper())
    if not match:
        raise UsageError(f"{text!r} is not a case number; expected something like CASE-000001")
    return int(match[1])


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a Feedback goes and why.

    ``queue`` is ``None`` when it needs no ticket. ``rule`` names the rule that decided; ``reasons`` say it in words,
    one sentence for each fact that mattered.
    """

    queue: str | None
    priority: Priority
    needs_response: bool
    rule: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A Ticket to be made; the routing names a queue."""

    feedback: str
    routing: Routing
    due_at: datetime | None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One open case for one Feedback.

    ``lang`` is the language to answer in, ``None`` where nobody could tell it. ``removed_at`` is when it was taken off
    the desk, as spam or against the rules.
    """

    id: str
    feedback: str
    queue: str
    priority: Priority
    state: TicketState
    due_at: datetime | None
    reasons: Sequence[str]
    created_at: datetime
    rule: str = ""
    assignee: str | None = None
    claimed_until: datetime | None = None
    copies: Sequence[str] = ()
    lang: str | None = None
    removed_at: datetime | None = None
