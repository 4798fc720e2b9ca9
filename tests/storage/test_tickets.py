from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from koe.errors import ConflictError, NotFoundError
from koe.ticket import Priority, Routing, Ticket, TicketState
from storage.database import Database
from storage.ticket_store import TicketStore

LEASE = timedelta(minutes=30)


def _make(tickets: TicketStore, number: int, now: datetime, priority: Priority = Priority.NORMAL) -> Ticket:
    routing = Routing("support", priority, True, "rule", ["a refund is demanded", "the post is public"])
    return tickets.create(f"shop:{number}", routing, now + timedelta(hours=number), now)


def test_a_ticket_says_where_why_and_until_when(database: Database, now: datetime) -> None:
    with database.work() as work:
        made = _make(work.tickets, 1, now, Priority.HIGH)
        assert made == Ticket(
            id="CASE-000001",
            feedback="shop:1",
            queue="support",
            priority=Priority.HIGH,
            state=TicketState.OPEN,
            due_at=now + timedelta(hours=1),
            reasons=("a refund is demanded", "the post is public"),
            created_at=now,
            rule="rule",
        )
        assert work.tickets.get("case-000001") == made
        with pytest.raises(NotFoundError):
            work.tickets.get("CASE-000002")


def test_a_feedback_has_one_open_ticket_at_most(database: Database, now: datetime) -> None:
    with database.work() as work:
        made = _make(work.tickets, 1, now)
        work.tickets.attach_copy(made.id, "shop:2", now)
        work.tickets.attach_copy(made.id, "shop:2", now)
        for number in (1, 2):
            with pytest.raises(ConflictError, match="CASE-000001"):
                _make(work.tickets, number, now)
        assert work.tickets.open_for("shop:2") == work.tickets.open_for("shop:1") == work.tickets.get(made.id)
        assert work.tickets.get(made.id).copies == ("shop:2",)
        work.tickets.transition(made.id, TicketState.RESOLVED, "hana", now)
        assert work.tickets.open_for("shop:1") is None
        again = _make(work.tickets, 1, now)
        with pytest.raises(ConflictError, match="another open ticket"):
            work.tickets.transition(made.id, TicketState.OPEN, "hana", now)
        assert work.tickets.states() == {"shop:1": TicketState.OPEN, "shop:2": TicketState.RESOLVED}
        assert work.tickets.states(["shop:2"]) == {"shop:2": TicketState.RESOLVED}
        assert again.id == "CASE-000002"


def test_the_most_urgent_is_claimed_first_then_what_is_due_first(database: Database, now: datetime) -> None:
    with database.work() as work:
        for number, priority in ((3, Priority.NORMAL), (2, Priority.NORMAL), (9, Priority.URGENT)):
            _make(work.tickets, number, now, priority)
        claimed = [work.tickets.claim("support", who, LEASE, now) for who in "abcd"]
        assert [ticket and ticket.feedback for ticket in claimed] == ["shop:9", "shop:2", "shop:3", None]
        assert claimed[0] is not None
        assert (claimed[0].assignee, claimed[0].claimed_until) == ("a", now + LEASE)
        assert work.tickets.claim("other queue", "a", LEASE, now) is None


def test_a_claim_ends_with_its_lease(database: Database, now: datetime) -> None:
    with database.work() as work:
        made = _make(work.tickets, 1, now)
        work.tickets.claim("support", "hana", LEASE, now)
        with pytest.raises(ConflictError, match="with hana until"):
            work.tickets.claim_ticket(made.id, "taro", LEASE, now)
        with pytest.raises(ConflictError, match="hana"):
            work.tickets.reply(made.id, "hello", "taro", now)
        assert work.tickets.claim_ticket(made.id, "hana", LEASE * 2, now).claimed_until == now + LEASE * 2
        later = now + LEASE * 2
        taken = work.tickets.claim("support", "taro", LEASE, later)
        assert taken is not None
        assert taken.assignee == "taro"


def test_no_two_people_get_the_same_ticket(database: Database, now: datetime) -> None:
    with database.work() as work:
        for number in range(12):
            _make(work.tickets, number, now)
        work.commit()
    claimed: list[str] = []
    start = threading.Barrier(4)

    def take(who: str) -> None:
        start.wait()
        while True:
            with database.work() as work:
                ticket = work.tickets.claim("support", who, LEASE, now)
                work.commit()
            if ticket is None:
                return
            claimed.append(ticket.id)

    people = [threading.Thread(target=take, args=(who,)) for who in "abcd"]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(claimed) == [f"CASE-{number:06d}" for number in range(1, 13)]


def test_a_reply_is_kept_and_the_history_tells_all(database: Database, now: datetime) -> None:
    with database.work() as work:
        made = _make(work.tickets, 1, now)
        work.tickets.claim("support", "hana", LEASE, now)
        replied = work.tickets.reply(made.id, "申し訳\x00ございません", "hana", now)
        assert (replied.state, replied.claimed_until) == (TicketState.REPLIED, None)
        work.tickets.transition(made.id, TicketState.CLOSED, "hana", now, "thanked us")
        assert [reply.text for reply in work.tickets.replies(made.id)] == ["申し訳\ufffdございません"]
        told = [(event.kind, event.by, event.state.value) for event in work.tickets.history(made.id)]
        assert told == [
            ("created", "koe", "open"),
            ("claimed", "hana", "claimed"),
            ("reply", "hana", "replied"),
            ("closed", "hana", "closed"),
        ]
        with pytest.raises(ConflictError, match="it can become open"):
            work.tickets.reply(made.id, "again", "hana", now)


def test_queues_are_listed_and_counted(database: Database, now: datetime) -> None:
    with database.work() as work:
        for number in range(3):
            _make(work.tickets, number, now)
        work.tickets.transition("CASE-000002", TicketState.CLOSED, "hana", now)
        work.tickets.claim("support", "hana", LEASE, now)
        assert work.tickets.counts() == {
            "support": {TicketState.CLAIMED: 1, TicketState.CLOSED: 1, TicketState.OPEN: 1}
        }
        assert [ticket.id for ticket in work.tickets.list("support")] == ["CASE-000001", "CASE-000003"]
        assert [ticket.id for ticket in work.tickets.list(states=[TicketState.CLOSED])] == ["CASE-000002"]
        assert len(work.tickets.list(limit=1)) == 1


def test_the_history_says_how_each_event_left_the_ticket(database: Database, now: datetime) -> None:
    with database.work() as work:
        made = _make(work.tickets, 1, now)
        other = _make(work.tickets, 2, now)
        work.filing.reroute(made, Routing("safety", Priority.URGENT, True, "danger", ["smoke"]), now, "version 2")
        work.tickets.transition(made.id, TicketState.WAITING, "hana", now + LEASE)
        told = work.filing.histories([made, other])
        assert [(event.kind, event.queue, event.priority, event.state) for event in told[made.id]] == [
            ("created", "support", Priority.NORMAL, TicketState.OPEN),
            ("routed", "safety", Priority.URGENT, TicketState.OPEN),
            ("waiting", "safety", Priority.URGENT, TicketState.WAITING),
        ]
        assert told[made.id] == work.tickets.history(made.id)
        assert len(told[other.id]) == 1
        work.tickets.transition(other.id, TicketState.CLOSED, "hana", now)
        assert [(ticket.id, len(history)) for ticket, history in work.filing.ongoing()] == [(made.id, 3)]


def test_due_times_are_changed_without_a_word_in_the_history(database: Database, now: datetime) -> None:
    with database.work() as work:
        made, other, third = (_make(work.tickets, number, now) for number in (1, 2, 3))
        work.filing.set_due({made.id: None, other.id: now + 9 * LEASE})
        work.filing.set_due({})
        due = {ticket.id: ticket.due_at for ticket in work.tickets.list()}
        assert due == {made.id: None, other.id: now + 9 * LEASE, third.id: now + timedelta(hours=3)}
        assert [event.kind for event in work.tickets.history(made.id)] == ["created"]
