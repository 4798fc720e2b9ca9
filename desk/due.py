"""Due times: until when a ticket of a queue and a priority must be answered (elapsed time)."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.default_table import DEFAULT_DUE
from koe.settings import QueueSettings
from koe.ticket import Priority


def time_allowed(priority: Priority, queue: QueueSettings) -> timedelta:
    """How long a ticket may wait: what the queue says, else the default."""
    return queue.due.get(priority, DEFAULT_DUE[priority])


def due_at(priority: Priority, queue: QueueSettings, start: datetime) -> datetime:
    """When a ticket whose clock started at ``start`` is due."""
    return start + time_allowed(priority, queue)
