"""Figures of the desk: how fast and how surely it answers, from what happened to tickets.

=================  =================================================================================================
figure             what it says
=================  =================================================================================================
cases              tickets that came in within the time looked at
within target      of those whose first response was given or is overdue: the share that was not late
first response     business time from coming in to the first reply: median and 90th percentile
resolution         business time from coming in to the end, without waiting for the customer: the same two
reopened           how often one of them was opened again
time spent         from taking a ticket to the next act on it, each time no longer than a lease, summed up
backlog            tickets still to be done at the end of the week, or now
stars gained       how many stars more the customer gives now than before the first reply, on average; beside it the
                   same for tickets without one, since they came in (no trial: the two differ in more)
=================  =================================================================================================

A ticket counts in the week it came in, for the person who replied first (or holds it), in the queue it is in now.
Business time is that of the queue's calendar; without one it is elapsed time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median, quantiles
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from desk.due import ServiceLevels
from desk.ticket_clock import TargetClock
from koe.settings import QueueSettings
from koe.settings_clocks import Targets
from koe.ticket import Priority, TicketState
from koe.week import Week

if TYPE_CHECKING:
    from storage.rating_history import Ratings
    from storage.ticket_history import TicketEvent
    from storage.ticket_timeline import Timeline

_ENDED = (TicketState.RESOLVED, TicketState.CLOSED)
#: So that the time to a solution is measured also where none is promised.
_FAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as figures see it; ``gained`` are stars since the first reply, or without one since it came in."""

    queue: str
    product: str | None
    person: str | None
    created_at: datetime
    first: TargetClock | None
    resolution: TargetClock | None
    reopened: int
    spent: timedelta
    ends: tuple[tuple[datetime, bool], ...]
    kind: str | None = None
    replied: bool = False
    gained: float | None = None

    def waits_at(self, moment: datetime) -> bool:
        """Whether it was still to be done at a moment."""
        before = [ended for at, ended in self.ends if at <= moment]
        return self.created_at <= moment and not (before and before[-1])


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some tickets; ``None`` where there is nothing to measure. ``within`` runs from 0 to 1."""

    name: str
    cases: int
    answered: int
    within: float | None
    first_median: timedelta | None
    first_p90: timedelta | None
    resolved: int
    resolution_median: timedelta | None
    resolution_p90: timedelta | None
    reopened: int
    spent: timedelta
    backlog: int
    gained: float | None
    gained_unanswered: float | None


def cases(
    timelines: Iterable[Timeline],
    levels: ServiceLevels,
    now: datetime,
    kinds: Mapping[str, str] | None = None,
    ratings: Mapping[str, Ratings] | None = None,
) -> list[Case]:
    """Tickets as figures see them, by the service levels of now.

    ``kinds`` are those of customers, by ticket; ``ratings`` the stars and their changes, by feedback.
    """
    known, stars = kinds or {}, ratings or {}
    measuring = _measuring(levels)
    return [
        _case(one, measuring, now, known.get(one.ticket.id), stars.get(one.ticket.feedback))
        for one in timelines
        if one.events
    ]


def figures(name: str, some: Sequence[Case], backlog: int) -> Figures:
    """The figures of some cases."""
    first = [one.first for one in some if one.first is not None]
    met = [clock for clock in first if clock.met_at is not None]
    told = [clock for clock in first if clock.met_at is not None or clock.breached]
    solved = [one.resolution for one in some if one.resolution is not None and one.resolution.met_at is not None]
    return Figures(
        name=name,
        cases=len(some),
        answered=len(met),
        within=sum(not clock.breached for clock in told) / len(told) if told else None,
        first_median=_median([clock.elapsed for clock in met]),
        first_p90=_p90([clock.elapsed for clock in met]),
        resolved=len(solved),
        resolution_median=_median([clock.elapsed for clock in solved]),
        resolution_p90=_p90([clock.elapsed for clock in solved]),
        reopened=sum(one.reopened for one in some),
        spent=sum((one.spent for one in some), timedelta()),
        backlog=backlog,
        gained=_mean([one.gained for one in some if one.replied]),
        gained_unanswered=_mean([one.gained for one in some if not one.replied]),
    )


def by_week(every: Sequence[Case], weeks: Sequence[Week], zone: ZoneInfo, now: datetime) -> list[Figures]:
    """Figures for each week, with the backlog at its end (in the week that still runs: now)."""
    own: dict[Week, list[Case]] = {week: [] for week in weeks}
    for one in every:
        own.setdefault(Week.at(one.created_at, zone), []).append(one)
    ends = [min(week.end(zone), now) for week in weeks]
    return [
        figures(str(week), own[week], sum(one.waits_at(end) for one in every))
        for week, end in zip(weeks, ends, strict=True)
    ]


def by_group(
    every: Sequence[Case], since: datetime, name_of: Callable[[Case], str | None], now: datetime
) -> list[Figures]:
    """Figures of what came in since a moment, for each queue, person, product or kind; the largest first."""
    groups: dict[str, list[Case]] = {}
    for one in every:
        name = name_of(one)
        if name is not None:
            groups.setdefault(name, []).append(one)
    found = []
    for name, own in groups.items():
        new = [one for one in own if one.created_at >= since]
        found.append(figures(name, new, sum(one.waits_at(now) for one in own)))
    return sorted(found, key=lambda one: (-one.cases, -one.backlog, one.name))


def last_weeks(now: datetime, zone: ZoneInfo, count: int) -> list[Week]:
    """So many weeks up to the one that runs, oldest first."""
    running = Week.at(now, zone)
    return [running - back for back in range(count - 1, -1, -1)]


def _case(one: Timeline, measuring: ServiceLevels, now: datetime, kind: str | None, ratings: Ratings | None) -> Case:
    clock = measuring.clock(one.events, now)
    reply = next((event for event in one.events if event.kind == "reply"), None)
    ends: list[tuple[datetime, bool]] = []
    reopened = 0
    for event in one.events:
        ended = event.state in _ENDED
        if ended != (ends[-1][1] if ends else False):
            ends.append((event.at, ended))
            reopened += not ended
    return Case(
        queue=one.ticket.queue,
        product=one.product_id,
        person=reply.by if reply else one.ticket.assignee,
        created_at=one.ticket.created_at,
        first=clock.first_response,
        resolution=clock.resolution,
        reopened=reopened,
        spent=_spent(one.events, measuring),
        ends=tuple(ends),
        kind=kind,
        replied=reply is not None,
        gained=ratings.change_since(reply.at if reply else one.ticket.created_at) if ratings else None,
    )


def _spent(events: Sequence[TicketEvent], levels: ServiceLevels) -> timedelta:
    spent = timedelta()
    taken: datetime | None = None
    for event in events:
        if taken is not None:
            lease = levels.queues.get(event.queue, QueueSettings()).lease
            spent += min(event.at - taken, lease)
        taken = event.at if event.state is TicketState.CLAIMED else None
    return spent


def _measuring(levels: ServiceLevels) -> ServiceLevels:
    queues = {}
    for name, queue in levels.queues.items():
        targets = {
            priority: Targets.model_construct(
                first_response=queue.first_response(priority), resolution=queue.resolution(priority) or _FAR
            )
            for priority in Priority
        }
        queues[name] = queue.model_copy(update={"targets": targets, "due": {}})
    return ServiceLevels(queues, levels.calendars)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


def _p90(spans: Sequence[timedelta]) -> timedelta | None:
    if len(spans) < 2:
        return spans[0] if spans else None
    return timedelta(seconds=quantiles([span.total_seconds() for span in spans], n=10, method="inclusive")[8])
