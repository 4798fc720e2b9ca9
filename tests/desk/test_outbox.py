"""From a stored reply to a delivered one, with receivers that take it, refuse it or are away."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import queues
from desk.delivery.targets import Targets
from desk.outbox import Sent, retry_failed, send_one, wait_before
from koe.errors import DelayError, DeliveryError, SettingsError
from koe.outbox import DeliveryState, OutgoingReply
from koe.settings import Settings
from koe.settings_delivery import DeliverySettings
from koe.ticket import Priority, Routing
from storage.database import Database, open_database

Make = Callable[..., Any]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Receiver:
    """An adapter that answers with what it is told to, in turn; then it takes everything."""

    def __init__(self, *answers: BaseException) -> None:
        self.answers = list(answers)
        self.got: list[OutgoingReply] = []

    def deliver(self, reply: OutgoingReply) -> str:
        self.got.append(reply)
        if self.answers:
            raise self.answers.pop(0)
        return "taken"

    def adapter(self, name: str) -> Receiver:
        return self


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(url: str, feedback: Make) -> Iterator[Database]:
    database = open_database(url)
    database.migrate()
    with database.work() as work:
        said = feedback("音が出ない", external_id="r:1", attributes={"email": "mia@example.com"})
        work.feedback.upsert([said], NOW)
        routing = Routing("support", Priority.NORMAL, needs_response=True, rule="any", reasons=("because",))
        work.tickets.create(said.key, routing, None, NOW, "ja")
        work.commit()
    yield database
    database.close()


def _reply(database: Database, settings: Settings, text: str = "お詫びします") -> None:
    with database.work() as work:
        queues.reply(work, settings, "CASE-000001", text, "aki", NOW)
        work.commit()


def _send(database: Database, settings: Settings, receiver: Receiver, clock: Clock) -> Sent | None:
    return send_one(database, settings.delivery, receiver, clock, random.Random(7))


def _states(database: Database) -> dict[DeliveryState, int]:
    with database.work(write=False) as work:
        return work.outbox.counts()


def test_a_reply_tells_what_it_answers(database: Database, clock: Clock) -> None:
    settings, receiver = Settings(), Receiver()
    _reply(database, settings)
    sent = _send(database, settings, receiver, clock)
    assert sent is not None
    assert (sent.ticket, sent.target, sent.delivered) == ("CASE-000001", "file", True)
    reply = receiver.got[0]
    assert (reply.source, reply.external_id, reply.product_id) == ("shop", "r:1", "SPK-10")
    assert (reply.lang, reply.text, reply.replied_at) == ("ja", "お詫びします", NOW)
    assert reply.attributes == {"email": "mia@example.com"}
    assert _send(database, settings, receiver, clock) is None
    assert _states(database) == {DeliveryState.DELIVERED: 1}


def test_a_reply_that_is_not_stored_is_not_sent(database: Database, clock: Clock) -> None:
    with database.work() as work:
        queues.reply(work, Settings(), "CASE-000001", "お詫びします", "aki", NOW)
    assert _send(database, Settings(), Receiver(), clock) is None
    with database.work(write=False) as work:
        assert work.tickets.replies("CASE-000001") == []


def test_failures_wait_longer_and_longer_then_give_up(database: Database, clock: Clock) -> None:
    settings = Settings(delivery=DeliverySettings(tries=4))
    _reply(database, settings)
    receiver = Receiver(*[DelayError("away")] * 4)
    waits = []
    for _ in range(3):
        sent = _send(database, settings, receiver, clock)
        assert sent is not None
        assert sent.next_try_at is not None
        waits.append(sent.next_try_at - clock.now)
        clock.now = sent.next_try_at - timedelta(milliseconds=1)
        assert _send(database, settings, receiver, clock) is None
        clock.now = sent.next_try_at
    assert all(low * MINUTE <= wait <= 2 * low * MINUTE for low, wait in zip((0.5, 1, 2), waits, strict=True))
    last = _send(database, settings, receiver, clock)
    assert last is not None
    assert (last.error, last.next_try_at) == ("away", None)
    assert len({reply.key for reply in receiver.got}) == 1
    with database.work() as work:
        entry = work.outbox.of_tickets(["CASE-000001"])["CASE-000001"][0]
        assert [one.error for one in work.outbox.deliveries(entry.key)] == ["away"] * 4
        assert retry_failed(work, "mika", clock.now) == 1
        assert work.audit.list()[0].act == "retry deliveries"
        work.commit()
    again = _send(database, settings, receiver, clock)
    assert again is not None
    assert again.delivered


def test_a_refusal_is_not_tried_again(database: Database, clock: Clock) -> None:
    _reply(database, Settings())
    sent = _send(database, Settings(), Receiver(DeliveryError("404 no such review")), clock)
    assert sent is not None
    assert (sent.error, sent.next_try_at) == ("404 no such review", None)
    assert _states(database) == {DeliveryState.FAILED: 1}


def test_a_reply_that_breaks_an_adapter_is_told_and_tried_again(database: Database, clock: Clock) -> None:
    _reply(database, Settings())
    sent = _send(database, Settings(), Receiver(ZeroDivisionError("oops")), clock)
    assert sent is not None
    assert (sent.error, sent.next_try_at is None) == ("unexpected ZeroDivisionError: oops", False)


def test_a_receiver_that_asks_for_patience_gets_it(database: Database, clock: Clock) -> None:
    _reply(database, Settings())
    sent = _send(database, Settings(), Receiver(DelayError("busy", timedelta(hours=3))), clock)
    assert sent is not None
    assert sent.next_try_at == NOW + timedelta(hours=3)


def test_a_sender_that_never_came_back_costs_no_failure(database: Database, clock: Clock) -> None:
    settings = Settings(delivery=DeliverySettings(tries=1))
    _reply(database, settings)
    receiver = Receiver(KeyboardInterrupt("killed"))
    with pytest.raises(KeyboardInterrupt):
        _send(database, settings, receiver, clock)
    assert _send(database, settings, receiver, clock) is None
    clock.now += settings.delivery.lease
    sent = _send(database, settings, receiver, clock)
    assert sent is not None
    assert sent.delivered
    assert receiver.got[0].key == receiver.got[1].key


def test_waits_double_up_to_the_longest() -> None:
    settings, chance = DeliverySettings(), random.Random(1)
    for failures, longest in ((1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (10_000, 360)):
        waits = [wait_before(failures, settings, chance) for _ in range(200)]
        assert longest * MINUTE * 0.5 <= min(waits) < longest * MINUTE * 0.6
        assert longest * MINUTE * 0.9 < max(waits) <= longest * MINUTE


def test_the_target_is_the_source_s_then_the_channel_s(database: Database, clock: Clock, tmp_path: Path) -> None:
    config = {
        "targets": {"posts": {"file": "posts.jsonl"}, "other": {"file": "other.jsonl"}},
        "channels": {"review": "posts"},
        "default": "other",
    }
    settings = Settings(folder=tmp_path, delivery=DeliverySettings.model_validate(config))
    _reply(database, settings)
    sent = send_one(database, settings.delivery, Targets(settings, {}, clock), clock, random.Random())
    assert sent is not None
    assert (sent.target, sent.delivered) == ("posts", True)
    assert json.loads((tmp_path / "posts.jsonl").read_text("utf-8"))["text"] == "お詫びします"


def test_a_target_that_is_gone_or_has_no_secret_is_told(database: Database, clock: Clock) -> None:
    hook = {"webhook": {"url": "http://127.0.0.1:9", "secret": "${SHOP_SECRET}"}}
    settings = Settings(delivery=DeliverySettings.model_validate({"targets": {"hook": hook}, "default": "hook"}))
    with pytest.raises(SettingsError, match="SHOP_SECRET is not set"):
        Targets(settings, {}, clock).check()
    assert Targets(settings, {"SHOP_SECRET": "x"}, clock).check() == 1
    _reply(database, settings)
    for targets, said in ((Targets(settings, {}, clock), "SHOP_SECRET"), (Targets(Settings(), {}, clock), "no target")):
        sent = send_one(database, settings.delivery, targets, clock, random.Random())
        assert sent is not None
        assert said in (sent.error or "")
        assert sent.next_try_at is None
        with database.work() as work:
            retry_failed(work, "mika", NOW)
            work.commit()
