"""A ticket's clock in words: "due in 3 h 20 min of business time, Tue 10:15"."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from desk.ticket_clock import TargetClock, TicketClock

_MINUTE = timedelta(minutes=1)
#: From here on elapsed time is said in days.
_TWO_DAYS = 2 * 24 * 60
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def due_in_words(clock: TicketClock, zone: tzinfo, now: datetime) -> str:
    """What is due next; ``-`` when nothing is."""
    return "-" if clock.next is None else target_in_words(clock.next, clock, zone, now)


def target_in_words(target: TargetClock, clock: TicketClock, zone: tzinfo, now: datetime) -> str:
    """How one target of a clock stands; moments are shown in ``zone``."""
    if target.met_at is not None:
        taken = f"{_day_and_time(target.met_at, zone, now)} after {_counted(target.elapsed, target)}"
        return f"met {taken}" + (f", late: {_span(target.target, target)} were allowed" if target.breached else "")
    due = "" if target.due_at is None else _day_and_time(target.due_at, zone, now)
    if target.breached:
        over = f" by {_counted(-target.remaining, target)}" if target.remaining <= -_MINUTE else ""
        return f"late{over}" + (f", was due {due}" if due else f"; {_why_it_stands(clock)}")
    if due:
        return f"due in {_counted(target.remaining, target)}, {due}"
    return f"{_why_it_stands(clock)}, {_counted(target.remaining, target)} left"


def _why_it_stands(clock: TicketClock) -> str:
    return "ended without it" if clock.ended else "waits for the customer"


def _counted(span: timedelta, target: TargetClock) -> str:
    return _span(span, target) + (" of business time" if target.business else "")


def _span(span: timedelta, target: TargetClock) -> str:
    """Days and hours, or hours and minutes; days are of elapsed time only."""
    minutes = span // _MINUTE
    days = 0 if target.business or minutes < _TWO_DAYS else minutes // (24 * 60)
    hours, rest = divmod(minutes - days * 24 * 60, 60)
    parts = [(days, "d"), (hours, "h"), (0 if days else rest, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def _day_and_time(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """The weekday alone is enough within a week."""
    local = moment.astimezone(zone)
    date = "" if abs((local.date() - now.astimezone(zone).date()).days) < 7 else f" {local:%Y-%m-%d}"
    return f"{_DAYS[local.weekday()]}{date} {local:%H:%M}"
