"""Searching tickets: what lists and "answered before" show, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from koe.feedback import Feedback
from koe.ticket import Priority, Routing, TicketState
from storage.database import Database
from storage.ticket_search import TicketFilter, TicketSearch
from storage.work import Work

LEASE = timedelta(hours=1)
#: Feedback, product, queue, priority.
CASES = (
    ("1", "B-2", "support", Priority.NORMAL),
    ("2", "A-1", "support", Priority.URGENT),
    ("3", "A-1", "safety", Priority.HIGH),
    ("4", None, "support", Priority.NORMAL),
    ("5", "C-3", "safety", Priority.NORMAL),
)


@pytest.fixture
def filled(database: Database, now: datetime, review: Callable[..., Feedback]) -> Database:
    with database.work() as work:
        reviews = [review(number, f"text {number}", product_id=product) for number, product, _, _ in CASES]
        work.feedback.upsert([*reviews, review("6", "nobody answers this", product_id="D-4")], now)
        for number, _, queue, priority in CASES:
            routing = Routing(queue, priority, True, "rule", ["a reason"])
            work.tickets.create(f"shop:{number}", routing, now + timedelta(hours=int(number)), now, "ja")
        work.commit()
    return database


def _answer(work: Work, number: int, now: datetime) -> None:
    case = f"CASE-{number:06}"
    work.tickets.claim_ticket(case, "aki", LEASE, now)
    work.tickets.reply(case, "answer", "aki", now)


def _found(search: TicketSearch, **fields: object) -> list[str]:
    numbers = search.numbers(TicketFilter(**fields), 10)  # type: ignore[arg-type]
    return [ticket.feedback.removeprefix("shop:") for ticket in search.load(numbers)]


def test_a_list_is_in_order_of_harm_then_of_time(filled: Database, now: datetime) -> None:
    with filled.work() as work:
        work.tickets.transition("CASE-000005", TicketState.RESOLVED, "aki", now)
        search = work.ticket_search
        assert _found(search) == ["2", "3", "1", "4", "5"]
        assert _found(search, states=[TicketState.OPEN]) == ["2", "3", "1", "4"]
        assert _found(search, queues=["safety"]) == ["3", "5"]
        assert _found(search, queues=[]) == []
        assert _found(search, product="A-1") == ["2", "3"]
        assert _found(search, text="TEXT 4") == ["4"]
        assert search.numbers(TicketFilter(), 2) == [2, 3]
        assert [ticket.feedback for ticket in search.load([4, 99, 1])] == ["shop:4", "shop:1"]


def test_products_are_those_that_tickets_of_the_queues_are_about(filled: Database) -> None:
    with filled.work(write=False) as work:
        assert work.ticket_search.products(None) == ["A-1", "B-2", "C-3"]
        assert work.ticket_search.products(["support"]) == ["A-1", "B-2"]
        assert work.ticket_search.products([]) == []


def test_no_feedback_means_no_products(database: Database) -> None:
    with database.work(write=False) as work:
        assert work.ticket_search.products(None) == []


def test_answered_tickets_come_once_the_last_answered_first(filled: Database, now: datetime) -> None:
    with filled.work() as work:
        for place, number in enumerate((2, 1, 4, 3, 2)):
            _answer(work, number, now + timedelta(minutes=place))
        search = work.ticket_search

        def answered(**wishes: object) -> list[str]:
            return [ticket.id[-1] for ticket in search.answered(limit=3, **{"queues": None} | wishes)]  # type: ignore[arg-type]

        assert answered() == ["2", "3", "4"]
        assert answered(queues=["support"]) == ["2", "4", "1"]
        assert answered(product="A-1") == ["2", "3"]
        assert answered(but=["CASE-000002"]) == ["3", "4", "1"]
        assert answered(about=["shop:1", "shop:5"]) == ["1"]


def test_dates_are_those_of_the_latest_wording(
    filled: Database, now: datetime, review: Callable[..., Feedback]
) -> None:
    later = now + timedelta(days=1)
    with filled.work() as work:
        work.feedback.upsert([review("1", "edited", product_id="B-2", created_at=now, updated_at=later)], later)
        loaded = work.feedback.load(["shop:1", "shop:2"])
        assert work.feedback.dates(["shop:1", "shop:2", "shop:99"]) == {
            key: one.feedback.created_at for key, one in loaded.items()
        }
        assert work.feedback.dates([]) == {}
