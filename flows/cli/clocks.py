"""The clocks of tickets on the terminal: what is due when, in words and in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk.ticket_clock import TargetClock, TicketClock
    from flows.wiring import Wiring
    from koe.ticket import Ticket
    from storage.ticket_history import TicketEvent
    from storage.work import Work


def clocks_of(work: Work, wiring: Wiring, tickets: Sequence[Ticket], now: datetime) -> dict[str, TicketClock]:
    """The clock of each ticket, by its number."""
    from desk.due import service_levels

    levels = service_levels(wiring.settings)
    told = work.filing.histories(tickets)
    return {ticket.id: levels.clock(told[ticket.id], now) for ticket in tickets}


def clock_of(history: Sequence[TicketEvent], wiring: Wiring, now: datetime) -> TicketClock:
    """The clock of a ticket with this history."""
    from desk.due import service_levels

    return service_levels(wiring.settings).clock(history, now)


def due_words(clock: TicketClock, wiring: Wiring, now: datetime) -> str:
    """What is due next and when."""
    from desk.due_words import due_in_words

    return due_in_words(clock, wiring.settings.zone, now)


def target_lines(clock: TicketClock, wiring: Wiring, now: datetime) -> list[str]:
    """A line for each target."""
    from desk.due_words import target_in_words

    named = (("first response", clock.first_response), ("resolution", clock.resolution))
    return [f"{name}: {target_in_words(one, clock, wiring.settings.zone, now)}" for name, one in named if one]


def clock_as_json(clock: TicketClock) -> dict[str, object]:
    """The clock with its durations in seconds."""
    return {
        "first_response": _target_as_json(clock.first_response),
        "resolution": _target_as_json(clock.resolution),
        "waiting": clock.waiting,
        "ended": clock.ended,
    }


def _target_as_json(target: TargetClock | None) -> dict[str, object] | None:
    if target is None:
        return None
    return {
        "target_seconds": round(target.target.total_seconds()),
        "elapsed_seconds": round(target.elapsed.total_seconds()),
        "remaining_seconds": round(target.remaining.total_seconds()),
        "business_time": target.business,
        "due_at": target.due_at,
        "met_at": target.met_at,
        "breached": target.breached,
    }
