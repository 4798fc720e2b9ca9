"""Boards: all figures of a page, counted when somebody looks, and kept a while where the counting takes long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from desk.figures import Figures, by_group, by_week, cases, last_weeks
from desk.kinds import kinds_of

if TYPE_CHECKING:
    from desk.web.site import Site

#: Counting that takes so many seconds is not done anew for everybody who looks, but after a while.
_LONG = 1.0
_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Board:
    """All figures of a page at a moment; names are those of the store."""

    at: datetime
    weeks: Sequence[Figures]
    queues: Sequence[Figures]
    people: Sequence[Figures]
    products: Sequence[Figures]
    kinds: Sequence[Figures]


class Boards:
    """The boards of a desk; who asks while one is counted waits for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[int, frozenset[str] | None], Board] = {}

    def of(self, site: Site, weeks: int, queues: frozenset[str] | None) -> Board:
        """The board of some queues (``None``: of all) over so many weeks; at most ten minutes old."""
        with self._lock:
            now = site.clock()
            self._kept = {key: board for key, board in self._kept.items() if now - board.at < _KEPT}
            known = self._kept.get((weeks, queues))
            if known is not None:
                return known
            begin = time.perf_counter()
            board = count(site, weeks, queues)
            if time.perf_counter() - begin >= _LONG:
                self._kept[weeks, queues] = board
            return board


def count(site: Site, weeks: int, queues: frozenset[str] | None) -> Board:
    """Count a board from the tickets and what happened to them."""
    now, zone = site.clock(), site.settings.zone
    every_week = last_weeks(now, zone, weeks)
    since = every_week[0].start(zone)
    with site.database.work(write=False) as work:
        timelines = work.timelines.since(since, queues)
        kinds = kinds_of(work, site.settings, [one.ticket for one in timelines], site.model(work))
        ratings = work.ratings.of(one.ticket.feedback for one in timelines)
    every = cases(timelines, site.levels, now, kinds, ratings)
    return Board(
        at=now,
        weeks=by_week(every, every_week, zone, now),
        queues=by_group(every, since, lambda one: one.queue, now),
        people=by_group(every, since, lambda one: one.person, now),
        products=by_group(every, since, lambda one: one.product, now),
        kinds=by_group(every, since, lambda one: one.kind, now),
    )
