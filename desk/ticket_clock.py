"""The clock of a ticket: how long it has waited and until when it must be answered and solved, from its events.

===============  ===================================================================================
event            what it does
===============  ===================================================================================
created          the clock begins, under the terms of the queue and priority
waiting          for the customer: the clock stands
answered         by the customer: it goes on
replied          the first response is met, for good
resolved         the resolution is met; the clock stands
reopened         the resolution goes on from where it stood
moved            to other terms (queue, priority, targets): what has passed is kept, the rest counts anew
edited           the customer wrote otherwise: nothing changes
===============  ===================================================================================

Nothing is stored as a running number, so that the same events and the same moment always give the same clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from desk.clock import Calendar, add_business, business_between

_NOTHING = timedelta(0)


class ClockKind(StrEnum):
    """What happened, as far as a clock cares."""

    CREATED = "created"
    WAITING = "waiting"
    ANSWERED = "answered"
    REPLIED = "replied"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MOVED = "moved"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a queue promises at a priority, in the business time of a calendar; ``None`` is no promise."""

    calendar: Calendar
    first_response: timedelta | None = None
    resolution: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One thing that happened; ``terms`` come with ``created`` and ``moved`` and hold from then on."""

    at: datetime
    kind: ClockKind
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class TargetClock:
    """How one target stands.

    Attributes:
        target: The business time that is allowed.
        elapsed: What has passed of it, until it was met.
        remaining: What is left; negative once more than that has passed.
        due_at: When it is due, or was; ``None`` while the clock stands, or when it was met meanwhile.
        met_at: When it was met.
        breached: It was met, or is still open, after it was due.
        business: Whether it counts business time; otherwise elapsed time.
    """

    target: timedelta
    elapsed: timedelta
    remaining: timedelta
    due_at: datetime | None
    met_at: datetime | None
    breached: bool
    business: bool


@dataclass(frozen=True, slots=True)
class TicketClock:
    """Both targets; ``None`` where nothing is promised. ``waiting`` for the customer, ``ended``: resolved or closed."""

    first_response: TargetClock | None
    resolution: TargetClock | None
    waiting: bool
    ended: bool

    @property
    def next(self) -> TargetClock | None:
        """The open target that is due first; ``None`` once the ticket has ended."""
        if self.ended:
            return None
        targets = (self.first_response, self.resolution)
        return min(
            (one for one in targets if one is not None and one.met_at is None),
            key=lambda one: one.target,
            default=None,
        )

    @property
    def due_at(self) -> datetime | None:
        """When somebody must have done something; ``None`` when nothing is promised or the clock stands."""
        return self.next.due_at if self.next else None


def ticket_clock(events: Sequence[ClockEvent], now: datetime) -> TicketClock:
    """The clock at a moment, from what had happened by then.

    An event that is dated before the one ahead of it (two machines, two clocks) counts as of the same time.

    Raises:
        ValueError: when the events do not begin with ``created``, or a change of terms does not bring them.
    """
    if not events or events[0].kind is not ClockKind.CREATED:
        raise ValueError("a ticket's clock begins with the event created")
    run = _Run(_terms_of(events[0]), events[0].at)
    for event in events[1:]:
        if event.at <= now:
            run.take(event)
    run.now = max(run.now, now)
    return TicketClock(
        first_response=run.first_response(),
        resolution=run.resolution(),
        waiting=run.waiting,
        ended=run.ended is not None,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch in which the clock went on, under one calendar."""

    calendar: Calendar
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Stand:
    """How the clock stood at a moment: the terms, the pieces that had passed, and whether it went on."""

    at: datetime
    terms: Terms
    pieces: tuple[_Piece, ...]
    running: bool


@dataclass
class _Run:
    """The state machine: goes on while nobody waits for the customer and the ticket has not ended."""

    terms: Terms
    now: datetime
    waiting: bool = False
    ended: _Stand | None = None
    replied: _Stand | None = None
    done: list[_Piece] = field(default_factory=list)
    since: datetime | None = None

    def __post_init__(self) -> None:
        self.since = self.now

    def take(self, event: ClockEvent) -> None:
        """Go to the time of an event and do what it does; what changes nothing is passed over."""
        self.now = max(self.now, event.at)
        match event.kind:
            case ClockKind.WAITING if not self.ended:
                self._stop()
                self.waiting = True
            case ClockKind.ANSWERED if self.waiting:
                self.waiting = False
                self._go_on()
            case ClockKind.REPLIED if not self.replied:
                self.replied = self.stand()
            case ClockKind.RESOLVED if not self.ended:
                self.ended = self.stand()
                self._stop()
                self.waiting = False
            case ClockKind.REOPENED if self.ended:
                self.ended = None
                self._go_on()
            case ClockKind.MOVED:
                running = self.since is not None
                self._stop()
                self.terms = _terms_of(event)
                if running:
                    self._go_on()
            case _:
                pass

    def first_response(self) -> TargetClock | None:
        """Met by the first reply; a ticket that ended without one leaves it open, and its clock stands."""
        stand = self.replied or self.stand()
        return _target(stand.terms.first_response, stand, met=self.replied is not None)

    def resolution(self) -> TargetClock | None:
        """Met by the end, until the ticket is opened again."""
        stand = self.ended or self.stand()
        return _target(stand.terms.resolution, stand, met=self.ended is not None)

    def stand(self) -> _Stand:
        """How the clock stands now."""
        running = [] if self.since is None else [_Piece(self.terms.calendar, self.since, self.now)]
        return _Stand(self.now, self.terms, (*self.done, *running), self.since is not None)

    def _stop(self) -> None:
        if self.since is not None:
            self.done.append(_Piece(self.terms.calendar, self.since, self.now))
            self.since = None

    def _go_on(self) -> None:
        self.since = self.now


def _terms_of(event: ClockEvent) -> Terms:
    if event.terms is None:
        raise ValueError(f"the event {event.kind.value} brings no terms")
    return event.terms


def _target(target: timedelta | None, stand: _Stand, met: bool) -> TargetClock | None:
    if target is None:
        return None
    elapsed = sum((_worked(piece) for piece in stand.pieces), _NOTHING)
    due = _due(stand.pieces, target)
    return TargetClock(
        target=target,
        elapsed=elapsed,
        remaining=target - elapsed,
        due_at=due if stand.running else None,
        met_at=stand.at if met else None,
        breached=due < stand.pieces[-1].end,
        business=bool(stand.terms.calendar.name),
    )


def _due(pieces: Sequence[_Piece], target: timedelta) -> datetime:
    """When the target is reached: within a piece, or after the last one if its clock goes on."""
    left = target
    for piece in pieces[:-1]:
        worked = _worked(piece)
        if left <= worked:
            due = add_business(piece.calendar, piece.start, left)
            # What is reached just as the clock stops is not late yet: it is due when the clock goes on.
            if due < piece.end:
                return due
        left -= worked
    return add_business(pieces[-1].calendar, pieces[-1].start, left)


def _worked(piece: _Piece) -> timedelta:
    return business_between(piece.calendar, piece.start, piece.end)
