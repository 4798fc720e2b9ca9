"""Nothing is lost and nothing comes twice, however often a sender is killed.

``KOE_CRASHES=200`` (``make crash``) kills two hundred times.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from koe.outbox import DeliveryState
from koe.ticket import Priority, Routing, ticket_id
from storage.database import Database, open_database

CRASHES = int(os.environ.get("KOE_CRASHES", "20"))
#: Killed senders leave leases that have to run out, so there are more tickets than kills.
TICKETS = CRASHES * 10
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SEED = 20261123

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
]


class Receiver(ThreadingHTTPServer):
    """Honours the key: a reply that comes again is answered and not acted on. Some answers are slow, some fail."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.chance = random.Random(SEED)
        self.came: Counter[str] = Counter()
        self.acted: dict[str, str] = {}


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        reply = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            key, chance = self.headers["Idempotency-Key"], self.server.chance.random()
            busy = chance < 0.1
            if not busy:
                self.server.came[key] += 1
                self.server.acted.setdefault(key, reply["case"])
        time.sleep(0.02 * chance)
        self.send_response(503 if busy else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True  # the sender was killed


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _stored(tmp_path: Path, feedback: Callable[..., Any]) -> Database:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    database.migrate()
    with database.work() as work:
        said = [feedback("音が出ない", external_id=str(number)) for number in range(TICKETS)]
        work.feedback.upsert(said, NOW)
        for one in said:
            routing = Routing("support", Priority.NORMAL, needs_response=True, rule="any", reasons=("because",))
            work.tickets.create(one.key, routing, None, NOW)
        work.commit()
    return database


def _config(tmp_path: Path, target: str) -> Path:
    path = tmp_path / "koe.yaml"
    quick = "tries: 100, first_wait: 0.0005m, longest_wait: 0.002m, lease: 0.02m"
    path.write_text(f"delivery: {{targets: {{here: {target}}}, default: here, {quick}}}\n", "utf-8")
    return path


def _kill_again_and_again(config: Path, database: str) -> int:
    """Kill a sender at a random moment, so many times; then let one come to its end. Returns how many were killed."""
    chance, killed = random.Random(SEED), 0
    words = [sys.executable, str(Path(__file__).with_name("forking_sender.py")), str(config), database]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        while True:
            nursery.stdin.write("go\n")
            nursery.stdin.flush()
            sender = int(nursery.stdout.readline())
            if killed < CRASHES:
                time.sleep(chance.uniform(0.005, 0.12))
                os.kill(sender, signal.SIGKILL)
                killed += 1
            said = nursery.stdout.readline()
            if said == "done\n":
                assert nursery.stdout.readline() == "ended\n"
                assert killed == CRASHES, f"everything was sent after {killed} kills: too few tickets for this machine"
                nursery.stdin.close()
                return killed
            assert said == "ended\n", said


def _assert_all_answered_once(database: Database) -> set[str]:
    """Every ticket has one reply, every reply was delivered; returns the keys."""
    with database.work(write=False) as work:
        assert work.outbox.counts() == {DeliveryState.DELIVERED: TICKETS}
        cases = [ticket_id(number) for number in range(1, TICKETS + 1)]
        assert [len(work.tickets.replies(case)) for case in cases] == [1] * TICKETS
        entries = work.outbox.of_tickets(cases)
    database.close()
    return {entry.key for case in cases for entry in entries[case]}


def test_a_receiver_that_honours_the_key_sees_each_reply_once(tmp_path: Path, feedback: Callable[..., Any]) -> None:
    database = _stored(tmp_path, feedback)
    with receiving() as receiver:
        url = f"http://127.0.0.1:{receiver.server_port}/"
        target = f"{{webhook: {{url: '{url}', secret: '${{SECRET}}', timeout: 0.09}}}}"
        _kill_again_and_again(_config(tmp_path, target), f"sqlite:///{tmp_path / 'koe.sqlite'}")
        keys = _assert_all_answered_once(database)
    assert receiver.acted.keys() == keys
    assert sorted(receiver.acted.values()) == [ticket_id(number) for number in range(1, TICKETS + 1)]
    print(f"{CRASHES} kills, {TICKETS} replies, {receiver.came.total()} deliveries")


def test_a_file_has_each_reply_once(tmp_path: Path, feedback: Callable[..., Any]) -> None:
    database = _stored(tmp_path, feedback)
    config = _config(tmp_path, f"{{file: '{tmp_path / 'replies.jsonl'}'}}")
    _kill_again_and_again(config, f"sqlite:///{tmp_path / 'koe.sqlite'}")
    keys = _assert_all_answered_once(database)
    lines = [json.loads(line) for line in (tmp_path / "replies.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == TICKETS
    assert {line["key"] for line in lines} == keys
