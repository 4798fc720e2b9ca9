"""Replies that were given up, and tickets that were taken off the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from koe.errors import ConflictError, NotFoundError
from koe.ticket import Priority, Routing, TicketState
from storage.database import Database
from storage.ticket_search import TicketFilter
from storage.work import Work

LEASE = timedelta(minutes=5)


def _ticket(work: Work, number: int, queue: str, now: datetime) -> str:
    routing = Routing(queue, Priority.NORMAL, needs_response=True, rule="any", reasons=["because"])
    return work.tickets.create(f"shop:{number}", routing, None, now).id


def test_what_was_given_up_is_listed_by_queue_and_tried_again_once(database: Database, now: datetime) -> None:
    with database.work() as work:
        for number, queue in ((1, "support"), (2, "social"), (3, "support")):
            ticket = _ticket(work, number, queue, now)
            work.tickets.reply(ticket, "sorry", "aki", now)
            work.outbox.add(f"key-{number}", work.tickets.replies(ticket)[-1].id, ticket, "shop", now)
        for _ in range(2):
            leased = work.outbox.lease(now, LEASE)
            assert leased is not None
            work.outbox.failed(leased.key, leased.attempt, "gone", now + LEASE, None)
        failed = work.failed_deliveries
        (first,) = failed.list(["support"])
        assert (first.ticket, first.queue, first.target, first.attempts) == ("CASE-000001", "support", "shop", 1)
        assert (first.error, first.by, first.replied_at, first.failed_at) == ("gone", "aki", now, now + LEASE)
        assert [one.ticket for one in failed.list()] == ["CASE-000001", "CASE-000002"]
        assert (failed.count(), failed.count(["social"]), failed.count([])) == (2, 1, 0)
        with pytest.raises(ConflictError, match="pending"):
            failed.get(work.tickets.replies("CASE-000003")[-1].id)
        with pytest.raises(NotFoundError):
            failed.get(99)
        assert failed.retry(first.reply, now + LEASE)
        assert not failed.retry(first.reply, now + LEASE)
        assert failed.count() == 1


def test_a_removed_ticket_is_in_no_list_until_it_is_opened_again(database: Database, now: datetime) -> None:
    with database.work() as work:
        case = _ticket(work, 1, "moderation", now)

        def shown() -> list[int]:
            every = list(TicketState)
            return [
                len(work.tickets.list(states=every)),
                len(work.tickets.counts()),
                len(work.ticket_search.numbers(TicketFilter(), 9)),
                len(work.timelines.since(now - LEASE)),
            ]

        assert shown() == [1, 1, 1, 1]
        work.ticket_moves.remove(work.tickets.get(case), "mika", now)
        removed = work.tickets.get(case)
        assert (removed.state, removed.removed_at) == (TicketState.CLOSED, now)
        assert shown() == [0, 0, 0, 0]
        told = work.tickets.history(case)[-1]
        assert (told.kind, told.by, told.note) == ("closed", "mika", "removed")
        assert work.tickets.transition(case, TicketState.OPEN, "mika", now).removed_at is None
        assert shown() == [1, 1, 1, 1]
