from __future__ import annotations

import threading
from datetime import datetime, timedelta

from koe.outbox import DeliveryState
from koe.ticket import Priority, Routing
from storage.database import Database
from storage.work import Work

LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def _reply(work: Work, number: int, now: datetime, text: str = "お詫びします") -> str:
    """A reply on its way; the first one makes the ticket."""
    key = f"shop:{number}"
    ticket = work.tickets.open_for(key)
    if ticket is None:
        ticket = work.tickets.create(
            key, Routing("support", Priority.NORMAL, True, "any", ["because"]), None, now, "ja"
        )
    work.tickets.reply(ticket.id, text, "mika", now)
    reply = work.tickets.replies(ticket.id)[-1].id
    work.outbox.add(f"key-{reply}", reply, ticket.id, "shop", now)
    return f"key-{reply}"


def test_a_reply_is_leased_once_until_its_lease_ends(database: Database, now: datetime) -> None:
    with database.work() as work:
        key = _reply(work, 1, now)
        leased = work.outbox.lease(now, LEASE)
        assert leased is not None
        assert (leased.key, leased.ticket, leased.feedback, leased.lang) == (key, "CASE-000001", "shop:1", "ja")
        assert (leased.text, leased.attempt, leased.failures) == ("お詫びします", 1, 0)
        assert work.outbox.lease(now + LEASE - MINUTE, LEASE) is None
        again = work.outbox.lease(now + LEASE, LEASE)
        assert again is not None
        assert (again.key, again.attempt, again.failures) == (key, 2, 0)


def test_a_delivered_reply_is_never_leased_again(database: Database, now: datetime) -> None:
    with database.work() as work:
        key = _reply(work, 1, now)
        work.outbox.lease(now, LEASE)
        work.outbox.delivered(key, 1, "202 queued", now)
        assert work.outbox.lease(now + 100 * LEASE, LEASE) is None
        assert work.outbox.counts() == {DeliveryState.DELIVERED: 1}
        assert [(one.attempt, one.receipt, one.error) for one in work.outbox.deliveries(key)] == [
            (1, "202 queued", None)
        ]


def test_a_failure_waits_and_is_given_up_and_retried(database: Database, now: datetime) -> None:
    with database.work() as work:
        key = _reply(work, 1, now)
        work.outbox.lease(now, LEASE)
        work.outbox.failed(key, 1, "no answer", now, now + MINUTE)
        assert work.outbox.lease(now, LEASE) is None
        leased = work.outbox.lease(now + MINUTE, LEASE)
        assert leased is not None
        assert (leased.attempt, leased.failures) == (2, 1)
        work.outbox.failed(key, 2, "404", now, None)
        assert work.outbox.lease(now + 100 * LEASE, LEASE) is None
        entry = work.outbox.of_tickets(["CASE-000001"])["CASE-000001"][0]
        assert (entry.state, entry.last_error, entry.failures) == (DeliveryState.FAILED, "404", 2)
        assert [entry.key for entry in work.outbox.list([DeliveryState.FAILED])] == [key]
        assert work.outbox.retry_failed(now) == 1
        leased = work.outbox.lease(now, LEASE)
        assert leased is not None
        assert (leased.attempt, leased.failures) == (3, 0)


def test_who_comes_too_late_changes_nothing_but_a_success_stands(database: Database, now: datetime) -> None:
    with database.work() as work:
        key = _reply(work, 1, now)
        work.outbox.lease(now, LEASE)
        work.outbox.lease(now + LEASE, LEASE)
        work.outbox.failed(key, 1, "late", now + LEASE, None)
        assert work.outbox.counts() == {DeliveryState.SENDING: 1}
        work.outbox.delivered(key, 1, "200", now + LEASE)
        work.outbox.failed(key, 2, "refused", now + LEASE, None)
        assert work.outbox.counts() == {DeliveryState.DELIVERED: 1}


def test_a_customer_reads_replies_in_order(database: Database, now: datetime) -> None:
    with database.work() as work:
        first, second, other = (_reply(work, number, now) for number in (1, 1, 2))
        leased = [work.outbox.lease(now, LEASE) for _ in range(3)]
        assert [one and one.key for one in leased] == [first, other, None]
        work.outbox.failed(first, 1, "busy", now, now + MINUTE)
        assert work.outbox.lease(now, LEASE) is None
        work.outbox.lease(now + MINUTE, LEASE)
        work.outbox.failed(first, 2, "refused", now, None)
        leased_second = work.outbox.lease(now + MINUTE, LEASE)
        assert leased_second is not None
        assert leased_second.key == second


def test_many_senders_never_hold_the_same_reply(database: Database, now: datetime) -> None:
    with database.work() as work:
        expected = sorted(_reply(work, number % 10, now) for number in range(30))
        work.commit()
    sent: list[str] = []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        while len(sent) < len(expected):
            with database.work() as work:
                leased = work.outbox.lease(now, LEASE)
                work.commit()
            if leased is not None:
                sent.append(leased.key)
                with database.work() as work:
                    work.outbox.delivered(leased.key, leased.attempt, "200", now)
                    work.commit()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(sent) == expected
