"""The outbox: a reply is stored first and sent then, so that none is lost, whenever koe is killed.

A reply goes into the outbox in the unit of work that stores it. A sender takes it for a while (its lease), delivers
it, and notes how that ended. A sender that was killed notes nothing: when the lease has run out, the next one tries
again, with the same key. So a reply is delivered at least once, and once to a receiver that remembers keys.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from desk.delivery.adapter import Adapters
from desk.roles import Act
from koe.errors import DelayError, DeliveryError
from koe.outbox import LeasedReply, NewTicketNotice, OutgoingReply
from koe.settings import Settings
from koe.settings_delivery import DeliverySettings

if TYPE_CHECKING:
    from storage.database import Database
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender did with one reply: delivered it, or not, and when the next try begins (``None``: never)."""

    key: str
    ticket: str
    target: str
    delivered: bool
    error: str | None = None
    next_try_at: datetime | None = None


def enqueue(
    work: Work, settings: Settings, ticket: str, feedback: str, reply: int, now: datetime, key: str | None = None
) -> str:
    """Put a stored reply (by its id) on its way; returns its key. The caller commits reply and entry together."""
    stored = work.feedback.get(feedback)
    channel = stored.feedback.channel if stored else None
    key = key or uuid4().hex
    target = settings.delivery.target_for(feedback.partition(":")[0], channel)
    work.outbox.add(key, reply, ticket, target, now)
    return key


def send_one(
    database: Database,
    settings: DeliverySettings,
    targets: Adapters,
    clock: Callable[[], datetime],
    chance: random.Random,
) -> Sent | None:
    """Deliver the reply or notice that is due first; ``None`` when none is due.

    No unit of work is open while the receiver is spoken to, so a slow one blocks nobody.
    """
    now = clock()
    with database.work() as work:
        leased = work.outbox.lease(now, settings.lease)
        if leased is None:
            return None
        message = _outgoing(work, leased)
        work.commit()
    try:
        if isinstance(message, NewTicketNotice):
            receipt = targets.webhook(leased.target).deliver(message)
        else:
            receipt = targets.adapter(leased.target).deliver(message)
    except DeliveryError as error:
        return _failed(database, settings, leased, error, clock(), chance)
    except Exception as error:  # noqa: BLE001 (one reply that breaks an adapter must not keep the others back)
        broken = DelayError(f"unexpected {type(error).__name__}: {error}")
        return _failed(database, settings, leased, broken, clock(), chance)
    with database.work() as work:
        work.outbox.delivered(leased.key, leased.attempt, receipt, clock())
        work.commit()
    return Sent(leased.key, leased.ticket, leased.target, delivered=True)


def retry_failed(work: Work, by: str, now: datetime) -> int:
    """Put everything that was given up on its way again; returns how much that is. The caller commits."""
    count = work.outbox.retry_failed(now)
    work.audit.add(now, by, Act.RETRY, "outbox", {"deliveries": count})
    return count


def wait_before(failures: int, settings: DeliverySettings, chance: random.Random) -> timedelta:
    """How long to wait after so many failures: doubled each time, a half of it by chance.

    By chance, or replies that failed together would all come back together (exponential backoff with equal jitter,
    AWS Architecture Blog, 2015).
    """
    longest = settings.longest_wait / settings.first_wait
    wait = settings.first_wait * min(2.0 ** min(failures - 1, 60), longest)
    return wait * chance.uniform(0.5, 1.0)


def _failed(
    database: Database,
    settings: DeliverySettings,
    leased: LeasedReply,
    error: DeliveryError,
    now: datetime,
    chance: random.Random,
) -> Sent:
    failures = leased.failures + 1
    next_try_at = None
    if error.transient and failures < settings.tries:
        asked = error.wait if isinstance(error, DelayError) and error.wait else timedelta()
        next_try_at = now + max(asked, wait_before(failures, settings, chance))
    with database.work() as work:
        work.outbox.failed(leased.key, leased.attempt, str(error), now, next_try_at)
        work.commit()
    return Sent(leased.key, leased.ticket, leased.target, delivered=False, error=str(error), next_try_at=next_try_at)


def _outgoing(work: Work, leased: LeasedReply) -> OutgoingReply | NewTicketNotice:
    stored = work.feedback.get(leased.feedback)
    source, _, external_id = leased.feedback.partition(":")
    feedback = stored.feedback if stored else None
    if leased.text is None or leased.replied_at is None:
        channel, product = (feedback.channel, feedback.product_id) if feedback else (None, None)
        return NewTicketNotice(leased.key, work.tickets.get(leased.ticket), channel, product)
    return OutgoingReply(
        key=leased.key,
        ticket=leased.ticket,
        source=source,
        external_id=external_id,
        channel=feedback.channel if feedback else None,
        product_id=feedback.product_id if feedback else None,
        lang=leased.lang,
        text=leased.text,
        replied_at=leased.replied_at,
        attributes=feedback.attributes if feedback else {},
    )
