"""The outbox: replies on their way to the customer, notices of new tickets on their way to programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from koe.feedback import Channel
from koe.ticket import Ticket


class DeliveryState(StrEnum):
    """Where a reply stands on its way; ``sending`` has a lease, after which the next try may begin."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A reply in the outbox. ``key`` stays the same over all tries, so that a receiver can tell repetitions."""

    key: str
    reply: int
    ticket: str
    target: str
    state: DeliveryState
    attempts: int
    failures: int
    next_try_at: datetime
    last_error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LeasedReply:
    """An entry that this process alone may deliver until its lease ends.

    ``attempt`` counts from 1; ``failures`` of the earlier ones ended with an error, the others never ended. The notice
    of a new ticket is leased in the same way; it has no ``text`` and no ``replied_at``.
    """

    key: str
    ticket: str
    feedback: str
    target: str
    lang: str | None
    text: str | None
    replied_at: datetime | None
    attempt: int
    failures: int


@dataclass(frozen=True, slots=True)
class OutgoingReply:
    """What a target gets to know: the reply, and what it answers."""

    key: str
    ticket: str
    source: str
    external_id: str
    channel: Channel | None
    product_id: str | None
    lang: str | None
    text: str
    replied_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewTicketNotice:
    """What a program gets to know of a new ticket: the ticket as it is when this is sent, and no customer's words."""

    key: str
    ticket: Ticket
    channel: Channel | None
    product_id: str | None
