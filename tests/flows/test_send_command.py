"""``koe send``: from a reply on the terminal to where it goes, and what the queue says meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.doctor import examine
from flows.wiring import Wiring
from koe.errors import ConflictError, NotFoundError
from koe.feedback import Channel, Feedback
from koe.settings_file import load_settings
from koe.ticket import Priority, Routing

Koe = Callable[..., Result]
REFUSING = (
    "delivery: {targets: {gone: {webhook: {url: 'http://127.0.0.1:9/', secret: '${NOT_SET_HERE}'}}}, default: gone}"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = tmp_path / "koe.yaml"
    config.write_text("timezone: Asia/Tokyo\n", "utf-8")
    wiring = Wiring.from_config(config)
    wiring.database.migrate()
    now = wiring.clock()
    with wiring.database.work() as work:
        for number in "12":
            said = Feedback("shop", number, Channel.REVIEW, now, text="音が出ない")
            work.feedback.upsert([said], now)
            routing = Routing("support", Priority.NORMAL, needs_response=True, rule="any", reasons=("because",))
            work.tickets.create(said.key, routing, None, now, "ja")
        work.commit()
    wiring.database.close()
    return config


@pytest.fixture
def koe(config: Path) -> Koe:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["--config", str(config), *words], env={"USER": "aki"})

    return run


def test_replies_go_to_a_file_where_nothing_else_is_said(koe: Koe, config: Path) -> None:
    assert koe("send").stderr == "nothing is due\n"
    for case in ("CASE-000001", "CASE-000002"):
        assert "koe send" in koe("queue", "reply", case, "お詫びします").stdout
    assert "on its way (file)" in koe("queue", "show", "CASE-000001").stdout
    sent = koe("send", "--once")
    assert (sent.exit_code, sent.stdout) == (0, "CASE-000001: delivered (file)\nCASE-000002: delivered (file)\n")
    lines = (config.parent / "koe-out" / "replies.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["case"] for line in lines] == ["CASE-000001", "CASE-000002"]
    assert "→ delivered (file)" in koe("queue", "show", "CASE-000001").stdout
    assert json.loads(koe("send", "--json").stdout) == {"delivered": 0, "later": 0, "given up": 0}


def test_what_was_given_up_is_told_until_it_is_sent(koe: Koe, config: Path) -> None:
    config.write_text(REFUSING, "utf-8")
    koe("queue", "reply", "CASE-000001", "お詫びします")
    sent = koe("send")
    assert sent.exit_code == 3
    assert "CASE-000001: given up (gone)" in sent.stdout
    assert "NOT_SET_HERE is not set" in sent.stdout
    listed = koe("queue", "list")
    assert "replied aki (not delivered)" in listed.stdout
    assert "koe queue list --failed" in listed.stderr
    koe("queue", "close", "CASE-000001")
    failed = koe("queue", "list", "--failed")
    assert [line.split("\t")[0] for line in failed.stdout.splitlines()] == ["CASE-000001"]
    assert koe("queue", "list", "--failed", "--queue", "social").stdout == ""
    assert "NOT DELIVERED, given up after 1 failed tries" in koe("queue", "show", "CASE-000001").stdout
    page = json.loads(koe("queue", "show", "CASE-000001", "--json").stdout)
    assert [one["state"] for one in page["deliveries"]] == ["failed"]
    config.write_text("delivery: {targets: {gone: {file: sent.jsonl}}}\n", "utf-8")
    again = koe("send", "--retry")
    assert (again.exit_code, again.stdout) == (0, "CASE-000001: delivered (gone)\n")
    assert koe("queue", "list", "--failed").stdout == ""


def test_one_reply_is_tried_again_with_the_same_key(koe: Koe, config: Path) -> None:
    config.write_text(REFUSING, "utf-8")
    for case in ("CASE-000001", "CASE-000002"):
        koe("queue", "reply", case, "お詫びします")
    koe("send")
    lines = [line.split("\t") for line in koe("send", "--failed").stdout.splitlines()]
    assert [line[:5] for line in lines] == [
        ["1", "CASE-000001", "support", "gone", "1"],
        ["2", "CASE-000002", "support", "gone", "1"],
    ]
    assert "NOT_SET_HERE is not set" in lines[0][6]
    before = json.loads(koe("queue", "show", "CASE-000002", "--json").stdout)["deliveries"][0]
    config.write_text("delivery: {targets: {gone: {file: sent.jsonl}}}\n", "utf-8")
    again = koe("send", "--again", "2")
    assert (again.exit_code, again.stdout) == (0, "CASE-000002: delivered (gone)\n")
    assert json.loads((config.parent / "sent.jsonl").read_text("utf-8"))["key"] == before["key"]
    assert [one["reply"] for one in json.loads(koe("send", "--failed", "--json").stdout)] == [1]
    assert isinstance(koe("send", "--again", "2").exception, ConflictError)
    assert isinstance(koe("send", "--again", "7").exception, NotFoundError)
    koe("send", "--again", "1")
    assert koe("send", "--failed").stderr == "nothing was given up\n"
    with Wiring.from_config(config).database.work(write=False) as work:
        told = [(one.act, one.subject, one.details) for one in work.audit.list(limit=2)]
    assert told == [("try again", "CASE-000001", {"reply": 1}), ("try again", "CASE-000002", {"reply": 2})]


def test_acts_on_the_terminal_are_in_the_audit_log(koe: Koe, config: Path) -> None:
    koe("user", "add", "Mika", "--generate")
    koe("queue", "next", "--as", "MIKA")
    koe("queue", "reply", "CASE-000002", "はい")
    koe("send", "--retry")
    with Wiring.from_config(config).database.work(write=False) as work:
        told = [(one.who, one.act, one.subject) for one in work.audit.list()]
    assert told[:3] == [
        ("aki", "retry deliveries", "outbox"),
        ("aki", "reply", "CASE-000002"),
        ("mika", "claim", "CASE-000001"),
    ]


def test_the_doctor_says_which_secret_is_missing(config: Path, keyword_analyser: Any) -> None:
    def load(path: Path | None) -> Wiring:
        return Wiring(load_settings(path), _analyser=keyword_analyser)

    def found() -> tuple[bool, str]:
        return next((one.ok, one.found) for one in examine(config, load=load) if one.what == "delivery")

    assert found() == (True, "replies go to a file")
    config.write_text(REFUSING, "utf-8")
    ok, said = found()
    assert not ok
    assert "NOT_SET_HERE" in said


@pytest.mark.slow
def test_a_watching_sender_sends_what_comes_and_ends_when_asked(koe: Koe, config: Path) -> None:
    words = [sys.executable, "-m", "flows.cli", "--config", str(config), "send", "--watch", "--every", "0.1"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as sender:
        assert sender.stdout is not None
        for case in ("CASE-000001", "CASE-000002"):
            koe("queue", "reply", case, "お詫びします")
            assert sender.stdout.readline() == f"{case}: delivered (file)\n"
        time.sleep(0.2)
        sender.send_signal(signal.SIGTERM)
        assert sender.wait(20) == 0
