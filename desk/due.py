"""Due times: which terms a ticket has by koe.yaml, and what its clock shows after all that happened to it.

A queue with a calendar counts business time, one without counts elapsed time. Where koe.yaml gives no first response,
the default of the queue and priority holds; a resolution is promised only where koe.yaml does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from desk.clock import ELAPSED, Calendar, Hours
from desk.default_table import DEFAULT_DUE, DEFAULT_DUE_IN_BUSINESS_TIME, DEFAULT_QUEUES
from desk.routing import all_queues
from desk.ticket_clock import ClockEvent, ClockKind, Terms, TicketClock, ticket_clock
from koe.errors import SettingsError
from koe.settings import QueueSettings, Settings
from koe.settings_clocks import WEEKDAYS, CalendarSettings, Shift
from koe.settings_file import place_of
from koe.ticket import Priority, TicketState

if TYPE_CHECKING:
    from storage.ticket_history import TicketEvent
    from storage.work import Work

_ENDED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class ServiceLevels:
    """What every queue promises, and the calendars by which that is counted."""

    queues: Mapping[str, QueueSettings]
    calendars: Mapping[str, Calendar]

    def terms(self, queue: str, priority: Priority) -> Terms:
        """The terms of a queue and a priority; the defaults for a queue that koe.yaml does not know any more."""
        settings = self.queues.get(queue, QueueSettings())
        calendar = self.calendars[settings.calendar] if settings.calendar else ELAPSED
        first = settings.first_response(priority)
        return Terms(
            calendar, _usual(queue, settings, priority) if first is None else first, settings.resolution(priority)
        )

    def clock(self, history: Sequence[TicketEvent], now: datetime) -> TicketClock:
        """The clock of a ticket, from what happened to it, by the terms of now."""
        return ticket_clock(list(self._events(history)), now)

    def due_at(self, queue: str, priority: Priority, start: datetime) -> datetime | None:
        """When a ticket that is made at ``start`` is due first."""
        return ticket_clock([ClockEvent(start, ClockKind.CREATED, self.terms(queue, priority))], start).due_at

    def _events(self, history: Sequence[TicketEvent]) -> Iterator[ClockEvent]:
        before: TicketEvent | None = None
        for event in history:
            terms = self.terms(event.queue, event.priority)
            if before is None:
                yield ClockEvent(event.at, ClockKind.CREATED, terms)
            elif (event.queue, event.priority) != (before.queue, before.priority):
                yield ClockEvent(event.at, ClockKind.MOVED, terms)
            for kind in _changes(before.state if before else TicketState.OPEN, event):
                yield ClockEvent(event.at, kind)
            before = event


def service_levels(settings: Settings) -> ServiceLevels:
    """The service levels of koe.yaml, over the defaults.

    Raises:
        SettingsError: with the line, when a queue names a calendar that there is not.
    """
    for name, queue in settings.queues.items():
        if queue.calendar and queue.calendar not in settings.calendars:
            known = ", ".join(settings.calendars) or "none yet"
            raise SettingsError(
                f"queues.{name}.calendar names the unknown calendar {queue.calendar!r}",
                where=place_of(settings, ["queues", name, "calendar"]),
                expected=f"one under calendars: ({known})",
                example="calendars: {office: {hours: {mon-fri: 09:00-18:00}, holidays: JP}}",
            )
    calendars = {name: calendar_of(name, one, settings.zone) for name, one in settings.calendars.items()}
    return ServiceLevels(all_queues(settings), calendars)


def calendar_of(name: str, settings: CalendarSettings, zone: ZoneInfo) -> Calendar:
    """A calendar as koe.yaml describes it; ``zone`` holds where it names none."""
    holidays = settings.holidays
    closed = [*settings.closed, *(holidays if isinstance(holidays, list) else ())]
    return Calendar(
        name=name,
        zone=ZoneInfo(settings.timezone) if settings.timezone else zone,
        week=[_hours(settings.hours.get(day, ())) for day in WEEKDAYS],
        special={**dict.fromkeys(closed, ()), **{day: _hours(shifts) for day, shifts in settings.open.items()}},
        country=holidays if isinstance(holidays, str) else None,
    )


def keep_due(work: Work, levels: ServiceLevels, ticket_id: str, now: datetime) -> None:
    """Bring the stored due time of a ticket up to its clock, after something happened to it."""
    due_at = levels.clock(work.tickets.history(ticket_id), now).due_at
    work.filing.set_due({ticket_id: due_at})


def keep_all_due(work: Work, levels: ServiceLevels, now: datetime) -> int:
    """Bring all stored due times up to koe.yaml, whose targets and calendars may have changed; returns how many did."""
    due = {}
    for ticket, history in work.filing.ongoing():
        due_at = levels.clock(history, now).due_at
        if due_at != ticket.due_at:
            due[ticket.id] = due_at
    work.filing.set_due(due)
    return len(due)


def _usual(name: str, queue: QueueSettings, priority: Priority) -> timedelta:
    """The default first response; what is counted in days of elapsed time is less in hours of work."""
    usual = DEFAULT_QUEUES.get(name, QueueSettings()).due.get(priority, DEFAULT_DUE[priority])
    return min(usual, DEFAULT_DUE_IN_BUSINESS_TIME[priority]) if queue.calendar else usual


def _changes(before: TicketState, event: TicketEvent) -> Iterator[ClockKind]:
    """What an event means for the clock, by the state that it left the ticket in."""
    after = event.state
    if before in _ENDED and after not in _ENDED:
        yield ClockKind.REOPENED
    if before is TicketState.WAITING and after is not TicketState.WAITING:
        yield ClockKind.ANSWERED
    if event.kind == "reply":
        yield ClockKind.REPLIED
    if before not in _ENDED and after in _ENDED:
        yield ClockKind.RESOLVED
    if before is not TicketState.WAITING and after is TicketState.WAITING:
        yield ClockKind.WAITING


def _hours(shifts: Sequence[Shift]) -> Hours:
    return tuple((shift.opens, shift.closes) for shift in shifts)
