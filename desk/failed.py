"""Failed deliveries: one reply that was given up is tried again, by somebody of its ticket's queue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from desk.roles import Act
from desk.workers import require_queue, worker
from koe.errors import ConflictError
from koe.settings import Settings

if TYPE_CHECKING:
    from storage.failed_deliveries import FailedDelivery
    from storage.work import Work


def try_again(work: Work, settings: Settings, reply: int, who: str, now: datetime) -> FailedDelivery:
    """Put a reply (by its id) that was given up on its way again, with the key it had; kept in the audit log.

    The next ``koe send`` delivers it. The caller commits.

    Raises:
        NotFoundError: no such reply is in the outbox.
        ConflictError: it was not given up.
        ForbiddenError: the account may not reply, or gets no tickets of this queue.
    """
    one = worker(work, who, Act.REPLY)
    found = work.failed_deliveries.get(reply)
    require_queue(one, settings, found.queue)
    if not work.failed_deliveries.retry(reply, now):
        raise ConflictError(f"the reply {reply} is on its way already")
    work.audit.add(now, one.name, "try again", found.ticket, {"reply": reply})
    return found
