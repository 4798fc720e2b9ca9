"""A ticket's clock: what pauses it, what meets its targets, and what never loses what has passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.clock import ELAPSED, Calendar
from desk.ticket_clock import ClockEvent, ClockKind, Terms, TicketClock, ticket_clock

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
#: Nine to six, Monday to Friday; the 24th of November 2026 is a Tuesday.
OFFICE = Calendar("office", ZoneInfo("UTC"), ([[(540, 1080)]] * 5) + [[], []])
MORNING = Calendar("morning", ZoneInfo("UTC"), [[(480, 720)]] * 7)
NORMAL = Terms(OFFICE, 4 * HOUR, 16 * HOUR)
URGENT = Terms(OFFICE, 1 * HOUR, 8 * HOUR)
SOFT = Terms(ELAPSED, 24 * HOUR)


def at(text: str) -> datetime:
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2026-11-{day} {clock}").replace(tzinfo=UTC)


def clock(
    now: str, *events: tuple[str, ClockKind] | tuple[str, ClockKind, Terms], terms: Terms = NORMAL
) -> TicketClock:
    """The clock of a ticket that was made on Tuesday at ten."""
    told = [ClockEvent(at("24 10:00"), ClockKind.CREATED, terms)]
    told += [ClockEvent(at(event[0]), event[1], event[2] if len(event) == 3 else None) for event in events]
    return ticket_clock(told, at(now))


WAITING, ANSWERED, REPLIED = ClockKind.WAITING, ClockKind.ANSWERED, ClockKind.REPLIED
RESOLVED, REOPENED, MOVED, EDITED = ClockKind.RESOLVED, ClockKind.REOPENED, ClockKind.MOVED, ClockKind.EDITED


def standing(found: TicketClock, name: str = "resolution") -> tuple[timedelta, timedelta, datetime | None, bool]:
    target = found.first_response if name == "first_response" else found.resolution
    assert target is not None
    assert target.elapsed + target.remaining == target.target
    return target.elapsed, target.remaining, target.due_at, target.breached


def test_a_new_ticket_is_due_by_both_targets() -> None:
    found = clock("24 11:00")
    assert standing(found, "first_response") == (1 * HOUR, 3 * HOUR, at("24 14:00"), False)
    assert standing(found) == (1 * HOUR, 15 * HOUR, at("25 17:00"), False)
    assert found.due_at == at("24 14:00")
    assert found.next == found.first_response


def test_what_nobody_did_in_time_is_breached() -> None:
    found = clock("24 14:00")
    assert standing(found, "first_response") == (4 * HOUR, 0 * HOUR, at("24 14:00"), False)
    found = clock("24 15:30")
    assert standing(found, "first_response") == (5.5 * HOUR, -1.5 * HOUR, at("24 14:00"), True)
    assert not standing(found)[3]


def test_after_the_last_shift_it_is_late_although_no_business_time_passes() -> None:
    terms = Terms(OFFICE, 8 * HOUR)
    assert standing(clock("24 19:00", terms=terms), "first_response") == (8 * HOUR, 0 * HOUR, at("24 18:00"), True)


def test_the_first_reply_meets_the_first_response_for_good() -> None:
    found = clock("25 12:00", ("24 12:00", REPLIED), ("24 17:00", REPLIED))
    assert found.first_response is not None
    assert (found.first_response.met_at, found.first_response.breached) == (at("24 12:00"), False)
    assert found.first_response.elapsed == 2 * HOUR
    assert found.due_at == at("25 17:00")
    late = clock("25 12:00", ("24 16:00", REPLIED)).first_response
    assert late is not None
    assert (late.met_at, late.due_at, late.breached) == (at("24 16:00"), at("24 14:00"), True)


def test_a_reply_just_in_time_is_in_time() -> None:
    met = clock("25 12:00", ("24 14:00", REPLIED)).first_response
    assert met is not None
    assert not met.breached


def test_the_clock_stands_while_it_waits_for_the_customer() -> None:
    events = (("24 12:00", REPLIED), ("24 12:00", WAITING))
    found = clock("27 12:00", *events)
    assert found.waiting
    assert standing(found) == (2 * HOUR, 14 * HOUR, None, False)
    assert found.due_at is None
    found = clock("27 12:00", *events, ("26 17:00", ANSWERED))
    assert not found.waiting
    assert standing(found) == (6 * HOUR - 2 * HOUR + 2 * HOUR, 10 * HOUR, at("30 13:00"), False)


def test_what_was_late_before_the_pause_stays_late() -> None:
    found = clock("27 12:00", ("24 15:00", WAITING))
    assert standing(found, "first_response") == (5 * HOUR, -1 * HOUR, None, True)
    on_the_dot = clock("27 12:00", ("24 14:00", WAITING))
    assert standing(on_the_dot, "first_response") == (4 * HOUR, 0 * HOUR, None, False)
    again = clock("27 12:00", ("24 14:00", WAITING), ("27 12:00", ANSWERED))
    assert standing(again, "first_response") == (4 * HOUR, 0 * HOUR, at("27 12:00"), False)


def test_what_is_solved_while_waiting_is_judged_by_what_had_passed() -> None:
    found = clock("30 12:00", ("24 12:00", REPLIED), ("24 12:00", WAITING), ("30 11:00", RESOLVED))
    assert found.resolution is not None
    assert (found.resolution.met_at, found.resolution.elapsed) == (at("30 11:00"), 2 * HOUR)
    assert (found.resolution.due_at, found.resolution.breached) == (None, False)


def test_a_ticket_opened_again_goes_on_where_it_stood() -> None:
    events = (("24 11:00", REPLIED), ("24 15:00", RESOLVED), ("26 09:00", REOPENED))
    done = clock("25 12:00", *events)
    assert done.ended
    assert done.next is None
    assert done.resolution is not None
    assert (done.resolution.met_at, done.resolution.elapsed) == (at("24 15:00"), 5 * HOUR)
    found = clock("26 12:00", *events)
    assert standing(found) == (8 * HOUR, 8 * HOUR, at("27 11:00"), False)
    assert found.first_response is not None
    assert found.first_response.met_at == at("24 11:00")


def test_an_end_without_a_reply_leaves_the_first_response_open() -> None:
    found = clock("27 12:00", ("24 12:00", RESOLVED))
    assert standing(found, "first_response") == (2 * HOUR, 2 * HOUR, None, False)
    assert found.due_at is None
    found = clock("27 10:00", ("24 12:00", RESOLVED), ("27 09:00", REOPENED))
    assert standing(found, "first_response") == (3 * HOUR, 1 * HOUR, at("27 11:00"), False)


def test_other_terms_apply_to_the_same_start() -> None:
    found = clock("24 11:00", ("24 10:30", MOVED, URGENT))
    assert standing(found, "first_response") == (1 * HOUR, 0 * HOUR, at("24 11:00"), False)
    found = clock("24 13:00", ("24 12:00", MOVED, URGENT))
    assert standing(found, "first_response") == (3 * HOUR, -2 * HOUR, at("24 11:00"), True)
    # and back again: what was promised first is kept
    found = clock("24 13:00", ("24 12:00", MOVED, URGENT), ("24 12:30", MOVED, NORMAL))
    assert standing(found, "first_response") == (3 * HOUR, 1 * HOUR, at("24 14:00"), False)


def test_another_calendar_counts_from_the_move_on() -> None:
    terms = Terms(MORNING, 6 * HOUR)
    found = clock("25 09:00", ("24 11:00", MOVED, terms))
    # one hour of the office, one until noon, one of Wednesday's morning
    assert standing(found, "first_response") == (3 * HOUR, 3 * HOUR, at("25 12:00"), False)


def test_what_was_met_is_judged_by_the_terms_of_then() -> None:
    found = clock("24 16:00", ("24 12:00", REPLIED), ("24 13:00", MOVED, URGENT))
    assert found.first_response is not None
    assert (found.first_response.target, found.first_response.breached) == (4 * HOUR, False)
    assert found.resolution is not None
    assert found.resolution.target == 8 * HOUR


def test_a_move_while_the_clock_stands_does_not_start_it() -> None:
    found = clock("27 12:00", ("24 12:00", WAITING), ("25 12:00", MOVED, URGENT))
    assert found.waiting
    assert standing(found) == (2 * HOUR, 6 * HOUR, None, False)


def test_a_queue_that_promises_nothing_has_no_target() -> None:
    found = clock("25 12:00", terms=Terms(ELAPSED))
    assert (found.first_response, found.resolution, found.next, found.due_at) == (None, None, None, None)
    assert clock("25 12:00", ("24 11:00", MOVED, SOFT), terms=Terms(ELAPSED)).due_at == at("25 10:00")


def test_an_edit_of_the_review_changes_nothing() -> None:
    assert clock("25 12:00", ("24 12:00", EDITED)) == clock("25 12:00")


def test_what_does_not_fit_the_state_is_passed_over() -> None:
    odd = (("24 11:00", ANSWERED), ("24 11:00", REOPENED), ("24 12:00", WAITING), ("24 13:00", WAITING))
    assert clock("25 12:00", *odd) == clock("25 12:00", ("24 12:00", WAITING))
    ended = (("24 12:00", RESOLVED), ("24 13:00", WAITING), ("24 14:00", ANSWERED), ("24 15:00", RESOLVED))
    assert clock("25 12:00", *ended) == clock("25 12:00", ("24 12:00", RESOLVED))


def test_an_event_that_comes_dated_too_early_counts_as_of_the_one_before() -> None:
    found = clock("24 15:00", ("24 12:00", WAITING), ("24 11:00", ANSWERED))
    assert standing(found) == standing(clock("24 15:00"))


def test_the_clock_of_a_moment_knows_nothing_of_later() -> None:
    events = (("24 12:00", REPLIED), ("24 16:00", RESOLVED))
    assert clock("24 11:00", *events) == clock("24 11:00")
    assert clock("24 09:00").resolution == clock("24 10:00").resolution


def test_a_history_without_a_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with the event created"):
        ticket_clock([ClockEvent(at("24 10:00"), REPLIED)], at("24 11:00"))
    with pytest.raises(ValueError, match="moved brings no terms"):
        clock("25 10:00", ("24 11:00", MOVED))


TERMS = (NORMAL, URGENT, Terms(MORNING, 90 * MINUTE, 5 * HOUR), Terms(ELAPSED, 26 * HOUR, 50 * HOUR))
steps = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.sampled_from([kind for kind in ClockKind if kind is not ClockKind.CREATED]),
        st.sampled_from(TERMS),
    ),
    max_size=8,
)


def _as_events(taken: Sequence[tuple[int, ClockKind, Terms]]) -> list[ClockEvent]:
    now = at("24 10:00")
    events = [ClockEvent(now, ClockKind.CREATED, NORMAL)]
    for minutes, kind, terms in taken:
        now += minutes * MINUTE
        events.append(ClockEvent(now, kind, terms if kind is MOVED else None))
    return events


class Stopwatch:
    """The reference: holds a state and walks the minutes, adding one while it runs and somebody works."""

    def __init__(self, events: Sequence[ClockEvent], end: datetime) -> None:
        self.terms, self.waiting, self.ended = NORMAL, False, False
        self.elapsed = timedelta(0)
        self.first: tuple[timedelta, Terms] | None = None
        self.last: tuple[timedelta, Terms] | None = None
        now = events[0].at
        for event in events[1:]:
            now = self._walk(now, event.at)
            self._take(event)
        self._walk(now, end)

    def _walk(self, now: datetime, until: datetime) -> datetime:
        while now < until:
            if not self.waiting and not self.ended and self._works(now):
                self.elapsed += MINUTE
            now += MINUTE
        return now

    def _works(self, now: datetime) -> bool:
        minute = now.hour * 60 + now.minute
        return any(opens <= minute < closes for opens, closes in self.terms.calendar.week[now.weekday()])

    def _take(self, event: ClockEvent) -> None:
        if event.kind is REPLIED and self.first is None:
            self.first = self.elapsed, self.terms
        elif event.kind is WAITING and not self.ended:
            self.waiting = True
        elif event.kind is ANSWERED:
            self.waiting = False
        elif event.kind is RESOLVED and not self.ended:
            self.waiting, self.ended, self.last = False, True, (self.elapsed, self.terms)
        elif event.kind is REOPENED and self.ended:
            self.ended, self.last = False, None
        elif event.kind is MOVED and event.terms is not None:
            self.terms = event.terms


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 900))
def test_the_clock_agrees_with_a_stopwatch(taken: Sequence[tuple[int, ClockKind, Terms]], more: int) -> None:
    events = _as_events(taken)
    now = events[-1].at + more * MINUTE
    found, watch = ticket_clock(events, now), Stopwatch(events, now)
    assert found.first_response is not None
    assert found.resolution is not None
    first, terms = watch.first or (watch.elapsed, watch.terms)
    assert (found.first_response.elapsed, found.first_response.target) == (first, terms.first_response)
    last, terms = watch.last or (watch.elapsed, watch.terms)
    assert (found.resolution.elapsed, found.resolution.target) == (last, terms.resolution)
    assert (found.waiting, found.ended) == (watch.waiting, watch.ended)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_who_waits_until_it_is_due_has_used_up_the_target(taken: Sequence[tuple[int, ClockKind, Terms]]) -> None:
    events = _as_events(taken)
    due = ticket_clock(events, events[-1].at).next
    if due is None or due.due_at is None or due.breached:
        return
    then = ticket_clock(events, due.due_at).next
    assert then is not None
    assert (then.remaining, then.breached) == (timedelta(0), False)
    later = ticket_clock(events, due.due_at + MINUTE).next
    assert later is not None
    assert later.breached
