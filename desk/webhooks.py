"""Webhooks: programs that koe.yaml names are told of new tickets.

The notice goes into the outbox in the unit of work that makes the ticket, and is delivered as replies are: at least
once, signed, with the same key in every try (see :mod:`desk.outbox`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from koe.settings import Settings
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.work import Work


def announce(work: Work, settings: Settings, tickets: Iterable[Ticket], now: datetime) -> int:
    """Put the notices of new tickets on their way; returns how many that are. The caller commits."""
    notices = [
        (uuid4().hex, ticket.id, hook.target)
        for ticket in tickets
        for hook in settings.webhooks
        if hook.hears_of(ticket)
    ]
    work.outbox.add_notices(notices, now)
    return len(notices)
