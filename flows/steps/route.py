"""The step ``route``: feedback that needs somebody becomes a ticket in a queue."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.route_step import RouteCounts
    from flows.wiring import Wiring


def route(wiring: Wiring, until: datetime | None = None) -> RouteCounts:
    """Route all feedback before ``until`` (default: now) that has not been routed yet."""
    from desk.route_step import route_pending

    with wiring.database.work() as work:
        counts = route_pending(work, wiring.settings, wiring.model_version, wiring.clock(), until)
        work.commit()
    return counts
