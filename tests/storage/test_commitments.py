"""Promises to customers: open until kept or dropped; letters after a case; who was told of a fix."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest

from koe.errors import ConflictError, NotFoundError
from koe.feedback import Feedback
from koe.issue import Label
from koe.ticket import Priority, Routing, Ticket, TicketState
from storage.database import Database
from storage.work import Work

DAY = timedelta(days=1)


def _ticket(work: Work, review: Callable[..., Feedback], now: datetime, number: str = "1", queue: str = "q") -> Ticket:
    work.feedback.upsert([review(number)], now)
    routing = Routing(queue, Priority.NORMAL, needs_response=True, rule="any", reasons=("because",))
    return work.tickets.create(f"shop:{number}", routing, None, now)


def test_a_promise_is_open_until_it_is_kept_or_dropped(
    database: Database, review: Callable[..., Feedback], now: datetime
) -> None:
    with database.work() as work:
        case = _ticket(work, review, now).id
        work.tickets.reply(case, "金曜日までにご連絡します", "aki", now)
        reply = work.tickets.replies(case)[-1].id
        late = work.commitments.add(case, "ご連絡します", now + 2 * DAY, "aki", now, reply)
        soon = work.commitments.add(case, "a call", now + DAY, "ben", now)
        assert (late.reply, soon.reply, late.open) == (reply, None, True)
        assert [one.id for one in work.commitments.of_ticket(case)] == [soon.id, late.id]
        changed = work.commitments.change(soon.id, "a call, in the morning", now + 3 * DAY)
        assert (changed.words, changed.due_at) == ("a call, in the morning", now + 3 * DAY)
        kept = work.commitments.keep(late.id, "cho", now + DAY)
        assert (kept.kept_at, kept.ended_by, kept.open) == (now + DAY, "cho", False)
        assert work.commitments.drop(soon.id, "ben", now).dropped_at == now
        for act in (work.commitments.keep, work.commitments.drop):
            with pytest.raises(ConflictError, match=r"was kept already|was dropped already"):
                act(late.id, "aki", now)
        with pytest.raises(ConflictError, match="was dropped already"):
            work.commitments.change(soon.id, "x", now)
        with pytest.raises(NotFoundError):
            work.commitments.get(99)


def test_open_promises_by_queue_person_and_time(
    database: Database, review: Callable[..., Feedback], now: datetime
) -> None:
    with database.work() as work:
        one, other = _ticket(work, review, now).id, _ticket(work, review, now, "2", "r").id
        work.tickets.claim_ticket(other, "ben", DAY, now)
        first = work.commitments.add(one, "first", now + DAY, "aki", now).id
        second = work.commitments.add(other, "second", now + 2 * DAY, "aki", now).id

        def found(*queues: str, **wanted: object) -> list[int]:
            return [one.id for one in work.commitments.open(queues or None, **wanted)]  # type: ignore[arg-type]

        assert found() == [first, second]
        assert (found("r"), found("nowhere"), found(person="ben")) == ([second], [], [second])
        assert (found(person="aki"), found(until=now + DAY)) == ([first, second], [first])
        assert work.commitments.keep_all(one, "aki", now) == 1
        assert work.commitments.keep_all(one, "aki", now) == 0
        assert found() == [second]


def test_what_was_resolved_in_time_waits_for_one_follow_up(
    database: Database, review: Callable[..., Feedback], now: datetime
) -> None:
    with database.work() as work:
        case = _ticket(work, review, now).id
        _ticket(work, review, now, "2")
        work.tickets.transition(case, TicketState.RESOLVED, "aki", now + DAY)
        within = {"q": (now, now + 2 * DAY)}
        (found,) = work.follow_ups.resolved(within)
        assert (found.ticket.id, found.at) == (case, now + DAY)
        assert work.follow_ups.resolved({"q": (now, now)}) == []
        assert work.follow_ups.resolved({"other": (now, now + 2 * DAY)}) == []
        assert work.follow_ups.resolved(within, "CASE-000002") == []
        letter = work.follow_ups.write(found.ticket, "Did it help?", "followed up", "aki", now + 2 * DAY)
        assert work.follow_ups.end(found, "aki", now + 2 * DAY, letter)
        assert not work.follow_ups.end(found, "ben", now + 2 * DAY)
        assert work.follow_ups.resolved(within) == []
        assert work.tickets.get(case).state is TicketState.RESOLVED
        assert work.tickets.replies(case)[-1].id == letter
        assert work.tickets.history(case)[-1].kind == "followed up"
        # Opened again and resolved anew, it is another end that can be followed up.
        work.tickets.transition(case, TicketState.OPEN, "aki", now + 2 * DAY)
        work.tickets.transition(case, TicketState.RESOLVED, "aki", now + 2 * DAY)
        assert [one.ticket.id for one in work.follow_ups.resolved(within)] == [case]


def test_nobody_is_told_of_a_fix_twice(database: Database, review: Callable[..., Feedback], now: datetime) -> None:
    with database.work() as work:
        case = _ticket(work, review, now).id
        issue = work.issues.create("SPK-10", Label("無音"), now, np.ones(4, np.float32), now)
        work.issues.fix(issue.id, by="aki", effective_at=now)
        fix = work.issues.get(issue.id).issue.fix
        assert fix is not None
        assert work.follow_ups.tell_once(fix.event, "mia", case, "aki", now)
        assert not work.follow_ups.tell_once(fix.event, "mia", case, "ben", now)
        assert work.follow_ups.told(fix.event) == {"mia"}
        assert work.follow_ups.told(fix.event + 1) == frozenset()
