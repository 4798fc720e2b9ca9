"""``koe queue promise``, ``promises``, ``follow-ups``, ``follow-up`` and ``koe issues tell`` on the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.wiring import Wiring
from koe.errors import ConflictError, UsageError
from koe.feedback import Channel, Feedback
from koe.issue import Label
from koe.settings_file import load_settings
from koe.ticket import Priority, Routing

THEN = datetime(2026, 11, 18, 1, tzinfo=UTC)
CONFIG = """\
timezone: Asia/Tokyo
drafts: {actions: [date]}
queues: {support: {follow_up: 7d}}
"""


class _Clock:
    now = THEN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def koe(tmp_path: Path, clock: _Clock) -> Callable[..., Result]:
    config = tmp_path / "koe.yaml"
    config.write_text(CONFIG, "utf-8")
    wiring = Wiring(load_settings(config), clock)
    wiring.database.migrate()
    with wiring.database.work() as work:
        work.feedback.upsert([Feedback("shop", "1", Channel.REVIEW, THEN, product_id="SPK-10", text="It broke")], THEN)
        routing = Routing("support", Priority.NORMAL, needs_response=True, rule="any", reasons=("because",))
        work.tickets.create("shop:1", routing, None, THEN, "en")
        work.issues.create("SPK-10", Label("無音", "silent"), THEN, np.ones(4, np.float32), THEN)
        work.commit()

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words), env={"USER": "aki"}, obj=wiring)

    return run


def test_promises_from_a_reply_and_by_hand(koe: Callable[..., Result], clock: _Clock) -> None:
    sent = koe("queue", "reply", "CASE-000001", "We will write again by Friday.")
    assert "We will write again by Friday (promise 1)" in sent.stderr
    noted = koe("queue", "promise", "CASE-000001", "a call back", "--due", "2026-11-19 15:00")
    assert noted.stdout == "CASE-000001: promise 2 due 2026-11-19 15:00: a call back\n"
    clock.now = THEN + timedelta(days=2)
    lines = [line.split("\t") for line in koe("queue", "promises", "--queue", "support").stdout.splitlines()]
    assert [(line[0], line[3], line[5]) for line in lines] == [
        ("2", "overdue", "a call back"),
        ("1", "", "We will write again by Friday"),
    ]
    assert koe("queue", "promise", "CASE-000001", "--kept", "2").stdout.startswith("CASE-000001: promise 2 kept")
    assert koe("queue", "promise", "CASE-000001", "--drop", "1").stdout.startswith("CASE-000001: promise 1 dropped")
    assert json.loads(koe("queue", "promises", "--json").stdout) == []
    assert isinstance(koe("queue", "promise", "CASE-000001", "--kept", "2").exception, ConflictError)
    for wrong in (["x"], ["x", "--due", "soon"], ["--kept", "1", "--drop", "1"], ["--due", "tomorrow"]):
        assert isinstance(koe("queue", "promise", "CASE-000001", *wrong).exception, UsageError)


def test_a_follow_up_is_drafted_and_sent_once(koe: Callable[..., Result], clock: _Clock) -> None:
    koe("queue", "resolve", "CASE-000001")
    assert koe("queue", "follow-ups").stdout == ""
    clock.now = THEN + timedelta(days=7)
    assert koe("queue", "follow-ups").stdout.startswith("CASE-000001\tsupport\t")
    draft = koe("queue", "follow-up", "CASE-000001").stdout
    assert "Has it been solved for you?" in draft
    assert "the follow-up is stored" in koe("queue", "follow-up", "CASE-000001", draft).stdout
    assert koe("queue", "follow-ups").stdout == ""
    assert isinstance(koe("queue", "follow-up", "CASE-000001", "--drop").exception, ConflictError)


def test_nobody_is_told_of_a_fix_that_nobody_said(koe: Callable[..., Result]) -> None:
    told = koe("issues", "tell", "ISSUE-0001", "--all")
    assert isinstance(told.exception, ConflictError)
    assert "has no fix that holds" in str(told.exception)
