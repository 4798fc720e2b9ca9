"""Programs are told of new tickets: whom a notice is for, that none is lost, and what stands in it."""

from __future__ import annotations

import hmac
import json
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from desk.delivery.targets import Targets
from desk.outbox import Sent, send_one
from desk.route_step import route_pending
from koe.errors import SettingsError
from koe.outbox import DeliveryState
from koe.settings import Settings
from koe.settings_file import load_settings
from storage.database import Database, open_database

Make = Callable[..., Any]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
MODEL = "hand-made-1"
BROKEN, DANGER, GOOD = "急に音が出なくなりました", "充電中に煙が出ました", "とても良い音です"


class Receiver(ThreadingHTTPServer):
    """A program on this machine that is told of tickets; it answers with what it is told to, then with 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.got: list[tuple[str, Message, bytes]] = []

    def hook(self, name: str = "erp", **fields: object) -> dict[str, object]:
        return {"name": name, "url": f"http://127.0.0.1:{self.server_port}/{name}", "secret": "${ERP}", **fields}


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def database(url: str, feedback: Make, analysis: Make) -> Iterator[Database]:
    database = open_database(url)
    database.migrate()
    with database.work() as work:
        for number, text in enumerate((BROKEN, DANGER, GOOD), start=1):
            said = feedback(text, external_id=f"r:{number}", lang="ja", rating=None)
            work.feedback.upsert([said], NOW)
        work.analyses.save(
            [
                (feedback(BROKEN).text_hash, analysis(BROKEN, ("音が出なく", "defect"), intents=("complaint",))),
                (feedback(DANGER).text_hash, analysis(DANGER, ("煙", "safety"), safety=True)),
                (feedback(GOOD).text_hash, analysis(GOOD, sentiment="positive", intents=("praise",))),
            ]
        )
        work.commit()
    yield database
    database.close()


def _route(database: Database, settings: Settings) -> None:
    with database.work() as work:
        route_pending(work, settings, MODEL, NOW)
        work.commit()


def _send(database: Database, settings: Settings, now: datetime = NOW) -> list[Sent]:
    targets = Targets(settings, {"ERP": "secret"}, lambda: now)
    sent = []
    while one := send_one(database, settings.delivery, targets, lambda: now, random.Random(1)):
        sent.append(one)
    return sent


def test_a_new_ticket_is_told_once_and_signed(database: Database, receiver: Receiver) -> None:
    settings = Settings(webhooks=[receiver.hook(priorities=["urgent"])])  # type: ignore[list-item]
    _route(database, settings)
    _route(database, settings)
    assert [(one.target, one.delivered) for one in _send(database, settings)] == [("webhook:erp", True)]
    ((path, headers, body),) = receiver.got
    told = json.loads(body)
    assert path == "/erp"
    assert (told["event"], told["priority"], told["external_id"]) == ("ticket.created", "urgent", "r:2")
    assert (told["lang"], told["channel"], told["product_id"]) == ("ja", "review", "SPK-10")
    assert told["key"] == headers["Idempotency-Key"]
    signed = headers["Koe-Timestamp"].encode() + b"." + body
    assert headers["Koe-Signature"] == f"v1={hmac.new(b'secret', signed, 'sha256').hexdigest()}"
    assert DANGER not in body.decode()
    assert not _send(database, settings)


def test_each_webhook_hears_of_what_it_asked_for(database: Database, receiver: Receiver) -> None:
    hooks = [receiver.hook("all"), receiver.hook("safety", queues="safety"), receiver.hook("none", queues=["social"])]
    settings = Settings(webhooks=hooks)  # type: ignore[arg-type]
    _route(database, settings)
    _send(database, settings)
    with database.work(write=False) as work:
        made = {ticket.id for ticket in work.tickets.list()}
        assert work.outbox.counts(notices=True) == {DeliveryState.DELIVERED: len(made) + 1}
        assert work.outbox.counts() == {}
        assert not work.outbox.of_tickets(made)
    assert {json.loads(body)["case"] for path, _, body in receiver.got if path == "/all"} == made
    assert [json.loads(body)["queue"] for path, _, body in receiver.got if path == "/safety"] == ["safety"]


def test_a_notice_comes_again_with_the_same_key_until_it_is_taken(database: Database, receiver: Receiver) -> None:
    settings = Settings(webhooks=[receiver.hook(priorities=["urgent"])])  # type: ignore[list-item]
    _route(database, settings)
    receiver.answers = [503, 200]
    assert [one.delivered for one in _send(database, settings)] == [False]
    assert [one.delivered for one in _send(database, settings, NOW + timedelta(minutes=1))] == [True]
    keys = [headers["Idempotency-Key"] for _, headers, _ in receiver.got]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_ticket_that_is_not_kept_is_not_told(database: Database, receiver: Receiver) -> None:
    settings = Settings(webhooks=[receiver.hook()])  # type: ignore[list-item]
    with database.work() as work:
        assert route_pending(work, settings, MODEL, NOW).tickets
        assert work.outbox.counts(notices=True)
    assert not _send(database, settings)


def test_a_webhook_that_koe_yaml_dropped_is_given_up(database: Database, receiver: Receiver) -> None:
    _route(database, Settings(webhooks=[receiver.hook(priorities=["urgent"])]))  # type: ignore[list-item]
    (sent,) = _send(database, Settings())
    assert (sent.delivered, sent.next_try_at) == (False, None)
    assert "webhook:erp" in (sent.error or "")


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("[{name: a, url: 'http://shop.example/', secret: x}]", "readable by anybody"),
        ("[{name: a b, url: 'https://shop.example/', secret: x}]", "name"),
        ("[{name: a, url: 'https://a.example/', secret: x}, {name: a, url: 'https://b.example/', secret: x}]", "two"),
        ("[{name: a, url: 'https://a.example/', secret: x, timeout: 60}]", "too short"),
        ("[{name: a, url: 'https://a.example/', secret: x, priorities: [soon]}]", "urgent"),
        ("[{name: a, url: 'https://a.example/', secret: x, queues: []}]", "queues"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, yaml: str, said: str) -> None:
    path = tmp_path / "koe.yaml"
    path.write_text(f"webhooks: {yaml}\n", "utf-8")
    with pytest.raises(SettingsError, match=said):
        load_settings(path)


@pytest.mark.parametrize(
    ("hook", "environment", "said"),
    [({"queues": ["nowhere"]}, {"ERP": "x"}, "unknown queue 'nowhere'"), ({}, {}, "ERP is not set")],
)
def test_the_doctor_finds_what_can_never_work(hook: dict[str, Any], environment: dict[str, str], said: str) -> None:
    given = {"name": "erp", "url": "https://erp.example/", "secret": "${ERP}", **hook}
    settings = Settings(webhooks=[given])  # type: ignore[list-item]
    with pytest.raises(SettingsError, match=said):
        Targets(settings, environment, lambda: NOW).check()
