"""Routing what waits: once for each version, with copies, edits and the same person again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.preview import explain_feedback, preview
from desk.route_step import RouteCounts, route_pending
from koe.errors import NotFoundError
from koe.feedback import Channel, Feedback
from koe.settings import Condition, QueueSettings, RoutingRule, RoutingSettings, Settings
from koe.settings_clocks import CalendarSettings, Targets
from koe.ticket import Priority, TicketState
from storage.database import Database, open_database

Make = Callable[..., Any]
MODEL = "hand-made-1"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
BROKEN = "急に音が出なくなりました"
SETTINGS = Settings()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    database.migrate()
    yield database
    database.close()


class Shop:
    """Stores feedback with its analysis, and routes."""

    def __init__(self, database: Database, feedback: Make, analysis: Make) -> None:
        self.database = database
        self.feedback, self.analysis = feedback, analysis

    def hears(self, external_id: str, text: str | None = BROKEN, *, read: bool = True, **fields: Any) -> Feedback:
        item: Feedback = self.feedback(text, external_id=external_id, **fields)
        with self.database.work() as work:
            work.feedback.upsert([item], NOW)
            if text and read:
                work.analyses.save([(item.text_hash, self._read(text))])
            work.commit()
        return item

    def edits(self, item: Feedback, text: str, **fields: Any) -> None:
        edited = replace(item, text=text, **{"updated_at": item.created_at + timedelta(days=2)} | fields)
        with self.database.work() as work:
            work.feedback.upsert([edited], NOW)
            work.analyses.save([(edited.text_hash, self._read(text))])
            work.commit()

    def routes(self, until: datetime | None = None, settings: Settings = SETTINGS, now: datetime = NOW) -> RouteCounts:
        with self.database.work() as work:
            counts = route_pending(work, settings, MODEL, now, until)
            work.commit()
        return counts

    def tickets(self) -> list[Any]:
        with self.database.work(write=False) as work:
            return list(work.tickets.list(states=list(TicketState), limit=100))

    def _read(self, text: str) -> Any:
        if "返金" in text:
            return self.analysis(text, ("返金", "refund_request"))
        if "音が出なく" in text:
            return self.analysis(text, ("音が出なく", "defect"), intents=("complaint",))
        return self.analysis(text, sentiment="positive", intents=("praise",))


@pytest.fixture
def shop(database: Database, feedback: Make, analysis: Make) -> Shop:
    return Shop(database, feedback, analysis)


def test_what_waits_is_routed_once(shop: Shop) -> None:
    shop.hears("1", rating=2)
    shop.hears("2", "最高です", rating=5)
    shop.hears("3", None, rating=1)
    assert shop.routes() == RouteCounts(routed=3, tickets=2)
    assert shop.routes() == RouteCounts()
    found = {ticket.feedback: ticket for ticket in shop.tickets()}
    assert set(found) == {"shop:1", "shop:3"}
    assert (found["shop:1"].queue, found["shop:1"].priority) == ("support", Priority.NORMAL)
    assert found["shop:1"].due_at == NOW + timedelta(days=2)
    assert "「音が出なく」 says defect" in found["shop:1"].reasons


def test_what_the_model_has_not_read_waits(shop: Shop) -> None:
    shop.hears("1", read=False)
    assert shop.routes() == RouteCounts(unread=1)
    shop.hears("2", BROKEN)
    assert shop.routes() == RouteCounts(routed=2, tickets=2)


def test_nothing_after_until_is_routed(shop: Shop) -> None:
    item = shop.hears("1")
    assert shop.routes(until=item.created_at).routed == 0
    assert shop.routes(until=item.created_at + timedelta(seconds=1)).routed == 1


def test_an_edit_is_routed_again_and_moves_its_open_ticket(shop: Shop) -> None:
    item = shop.hears("1")
    shop.routes()
    shop.edits(item, "返金してください")
    assert shop.routes() == RouteCounts(routed=1, updated=1)
    (ticket,) = shop.tickets()
    assert (ticket.priority, ticket.rule) == (Priority.HIGH, "refund demanded")
    assert ticket.due_at == NOW + timedelta(days=1)
    assert shop.routes() == RouteCounts()


def test_a_replay_before_the_edit_does_not_go_back(shop: Shop) -> None:
    item = shop.hears("1")
    shop.edits(item, "返金してください")
    shop.routes()
    assert shop.routes(until=item.created_at + timedelta(days=1)) == RouteCounts()
    assert shop.tickets()[0].priority is Priority.HIGH


def test_an_edit_to_praise_leaves_the_ticket_to_a_person(shop: Shop) -> None:
    item = shop.hears("1", rating=2)
    shop.routes()
    shop.edits(item, "直してもらい最高です", rating=5.0)
    assert shop.routes() == RouteCounts(routed=1, updated=1)
    (ticket,) = shop.tickets()
    assert (ticket.state, ticket.queue, ticket.priority) == (TicketState.OPEN, "support", Priority.LOW)


def test_an_edit_leaves_a_claimed_ticket_in_its_queue(shop: Shop, database: Database) -> None:
    item = shop.hears("1")
    shop.routes()
    with database.work() as work:
        work.tickets.claim("support", "aki", timedelta(minutes=30), NOW)
        work.commit()
    rule = RoutingRule(name="money", when=[Condition(triggers=["refund_request"])], queue="social", priority="urgent")
    shop.edits(item, "返金してください")
    shop.routes(settings=Settings(routing=RoutingSettings(rules=[rule])))
    (ticket,) = shop.tickets()
    assert (ticket.queue, ticket.priority, ticket.assignee) == ("support", Priority.URGENT, "aki")


def test_an_edit_keeps_the_clock_and_what_was_met(shop: Shop, database: Database) -> None:
    item = shop.hears("1")
    shop.routes()
    queues = {"support": QueueSettings(targets={Priority.HIGH: Targets(resolution=timedelta(hours=30))})}
    later = NOW + timedelta(hours=3)
    with database.work() as work:
        work.tickets.claim("support", "aki", timedelta(minutes=30), NOW)
        work.tickets.reply("CASE-000001", "調べます", "aki", NOW + timedelta(hours=1))
        work.commit()
    shop.edits(item, "返金してください")
    shop.routes(settings=Settings(queues=queues), now=later)
    (ticket,) = shop.tickets()
    assert (ticket.priority, ticket.due_at) == (Priority.HIGH, NOW + timedelta(hours=30))
    with database.work(write=False) as work:
        told = [(event.kind, event.priority) for event in work.tickets.history(ticket.id)]
    assert told[-2:] == [("reply", Priority.NORMAL), ("routed", Priority.HIGH)]


def test_changed_targets_and_calendars_hold_for_what_is_still_to_be_done(shop: Shop) -> None:
    shop.hears("1")
    shop.routes()
    week = {day: [{"opens": 540, "closes": 1080}] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendars = {"office": CalendarSettings.model_validate({"hours": week, "timezone": "UTC"})}
    settings = Settings(queues={"support": QueueSettings(calendar="office")}, calendars=calendars)
    assert shop.routes(settings=settings, now=NOW + timedelta(minutes=1)) == RouteCounts()
    # sixteen hours of work from Friday's midnight: nine on Friday, seven on Monday
    assert shop.tickets()[0].due_at == datetime(2026, 11, 23, 16, tzinfo=UTC)
    shop.routes()
    assert shop.tickets()[0].due_at == NOW + timedelta(days=2)


def test_an_edit_after_closing_makes_a_new_ticket(shop: Shop, database: Database) -> None:
    item = shop.hears("1")
    shop.routes()
    with database.work() as work:
        work.tickets.transition("CASE-000001", TicketState.CLOSED, "aki", NOW)
        work.commit()
    shop.edits(item, "返金してください")
    assert shop.routes() == RouteCounts(routed=1, tickets=1)
    assert {ticket.id: ticket.state for ticket in shop.tickets()} == {
        "CASE-000001": TicketState.CLOSED,
        "CASE-000002": TicketState.OPEN,
    }


def test_copies_are_attached_to_the_ticket_of_their_original(shop: Shop, database: Database) -> None:
    shop.hears("copy", created_at=datetime(2026, 11, 1, tzinfo=UTC))
    shop.hears("original")
    with database.work() as work:
        work.feedback.set_copies({"shop:copy": "shop:original"})
        work.commit()
    assert shop.routes() == RouteCounts(routed=2, tickets=1, copies=1)
    (ticket,) = shop.tickets()
    assert (ticket.feedback, ticket.copies) == ("shop:original", ("shop:copy",))


def test_a_copy_of_what_needs_no_ticket_stands_for_itself(shop: Shop, database: Database) -> None:
    shop.hears("original", "最高です", rating=5)
    shop.hears("copy", "最高です", rating=1)
    with database.work() as work:
        work.feedback.set_copies({"shop:copy": "shop:original"})
        work.commit()
    assert shop.routes() == RouteCounts(routed=2, tickets=1)


def test_the_same_person_again_is_more_urgent(shop: Shop) -> None:
    day = timedelta(days=1)
    first = datetime(2026, 8, 1, tzinfo=UTC)
    shop.hears("1", author="mia", created_at=first)
    shop.hears("2", author="mia", created_at=first + 10 * day)
    shop.routes()
    shop.hears("3", author="mia", created_at=first + 20 * day)
    shop.hears("4", author="tom", created_at=first + 20 * day)
    shop.hears("5", author="mia", created_at=first + 21 * day, source="elsewhere")
    shop.hears("6", author="mia", created_at=NOW - day)
    shop.routes()
    found = {ticket.feedback: ticket for ticket in shop.tickets()}
    assert found["shop:1"].rule == "complaint"
    assert found["shop:2"].rule == found["shop:3"].rule == "same person again"
    assert "the same person wrote 2 times before" in found["shop:3"].reasons
    assert found["shop:4"].rule == "complaint"
    assert found["elsewhere:5"].rule == found["shop:6"].rule == "complaint"


def test_a_customer_is_the_same_person_in_every_source(shop: Shop) -> None:
    shop.hears("1", customer_id="c7", created_at=NOW - timedelta(days=9))
    shop.hears("2", customer_id="c7", created_at=NOW - timedelta(days=2), source="app")
    shop.routes()
    assert {ticket.feedback: ticket.rule for ticket in shop.tickets()}["app:2"] == "same person again"


def test_praise_before_is_no_repeated_contact(shop: Shop) -> None:
    shop.hears("1", "最高です", author="mia", created_at=NOW - timedelta(days=9))
    shop.hears("2", author="mia", created_at=NOW - timedelta(days=2))
    shop.hears("3", author="Anonymous", created_at=NOW - timedelta(days=2))
    shop.hears("4", author="Anonymous", created_at=NOW - timedelta(days=1))
    shop.routes()
    assert {ticket.rule for ticket in shop.tickets()} == {"complaint"}


def test_a_question_with_an_answer_needs_no_ticket(shop: Shop) -> None:
    shop.hears("q1", "防水ですか", channel=Channel.QA)
    shop.hears("q2", "何色がありますか", channel=Channel.QA)
    shop.hears("a1", "はい", channel=Channel.QA, parent_id="q1", created_at=NOW - timedelta(days=1))
    shop.routes()
    assert [ticket.feedback for ticket in shop.tickets()] == ["shop:q2"]


def test_a_dry_run_tells_what_other_rules_would_do_and_writes_nothing(shop: Shop, database: Database) -> None:
    shop.hears("1")
    shop.routes()
    shop.hears("2")
    rule = RoutingRule(name="all", queue="social", priority="high")
    other = Settings(routing=RoutingSettings(rules=[rule]))
    with database.work() as work:
        found = preview(work, other, MODEL, timedelta(days=7), NOW)
        work.commit()
    assert found.routed == 1
    assert found.tickets == {("social", Priority.HIGH): 1}
    (change,) = found.changes
    assert (change.feedback, change.before.queue, change.after.queue) == ("shop:1", "support", "social")
    with database.work() as work:
        assert preview(work, SETTINGS, MODEL, timedelta(days=7), NOW).changes == []
    assert [ticket.feedback for ticket in shop.tickets()] == ["shop:1"]


def test_the_explanation_knows_the_person(shop: Shop, database: Database) -> None:
    shop.hears("1", author="mia", created_at=NOW - timedelta(days=9))
    shop.hears("2", author="mia", created_at=NOW - timedelta(days=2))
    shop.routes()
    with database.work() as work:
        _, told = explain_feedback(work, SETTINGS, MODEL, "shop:2", NOW)
        assert told.routing.rule == "same person again"
        with pytest.raises(NotFoundError, match="shop:9"):
            explain_feedback(work, SETTINGS, MODEL, "shop:9", NOW)
