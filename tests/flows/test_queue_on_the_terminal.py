"""``koe queue`` and ``koe route``: a day of two people at the desk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.wiring import Wiring
from koe.analysis import Document
from koe.errors import ConflictError, NotFoundError, UsageError
from koe.feedback import Channel, Feedback

THEN = datetime(2026, 11, 2, tzinfo=UTC)
SAID = [
    ("1", {"rating": 2.0, "title": "残念", "text": "充電中に音が出ない\x1b[31m"}),
    ("2", {"rating": 5.0, "text": "Lovely, but there was smoke"}),
    ("3", {"rating": 5.0, "text": "最高です"}),
]
ALWAYS = """\
calendars: {always: {hours: {mon-sun: 00:00-24:00}}}
queues: {support: {calendar: always, targets: {normal: {first_response: 4h, resolution: 40h}}}}
"""
Koe = Callable[..., Result]


@pytest.fixture
def koe(tmp_path: Path, keyword_analyser: Any) -> Koe:
    config = tmp_path / "koe.yaml"
    config.write_text("timezone: Asia/Tokyo\n", "utf-8")
    wiring = Wiring.from_config(config)
    wiring.database.migrate()
    items = [Feedback("shop", key, Channel.REVIEW, THEN, product_id="SPK-10", **said) for key, said in SAID]  # type: ignore[arg-type]
    documents = [Document(item.text or "", item.title or "") for item in items]
    with wiring.database.work() as work:
        work.feedback.upsert(items, THEN)
        work.analyses.save([(items[index].text_hash, found) for index, found in keyword_analyser.analyse(documents)])
        from desk.route_step import route_pending

        route_pending(work, wiring.settings, keyword_analyser.version, wiring.clock())
        work.commit()

    def run(*words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, ["--config", str(config), *words], input=stdin, env={"USER": "aki"})

    return run


def test_from_the_list_to_closing(koe: Koe) -> None:
    lines = [line.split("\t") for line in koe("queue", "list").stdout.splitlines()]
    assert [line[:3] for line in lines] == [
        ["CASE-000002", "urgent", "safety"],
        ["CASE-000001", "normal", "support"],
    ]
    shown = koe("queue", "next").stdout
    assert shown.startswith("CASE-000002  urgent  safety  claimed by aki")
    assert "【smoke】(safety)" in shown
    assert "because" not in shown
    assert "rule: danger" in shown
    assert koe("queue", "reply", "CASE-000002", "-", stdin="Please stop using it.\n").exit_code == 0
    assert "the reply is stored" in koe("queue", "reply", "CASE-000002", "We call you.").stdout
    page = json.loads(koe("queue", "show", "CASE-000002", "--json").stdout)
    assert [reply["text"] for reply in page["replies"]] == ["Please stop using it.\n", "We call you."]
    assert page["ticket"]["state"] == "replied"
    assert koe("queue", "resolve", "CASE-000002", "--note", "exchanged").stdout == "CASE-000002: resolved\n"
    assert koe("queue", "close", "CASE-000002").stdout == "CASE-000002: closed\n"
    left = json.loads(koe("queue", "list", "--json").stdout)
    assert [ticket["id"] for ticket in left] == ["CASE-000001"]


def test_two_people_do_not_hold_the_same_ticket(koe: Koe) -> None:
    assert "claimed by aki until" in koe("queue", "claim", "CASE-000001").stdout
    assert isinstance(koe("queue", "claim", "CASE-000001", "--as", "ben").exception, ConflictError)
    assert "CASE-000002" in koe("queue", "next", "--as", "ben").stdout
    empty = koe("queue", "next", "--as", "cho", "--json")
    assert (empty.exit_code, json.loads(empty.stdout)) == (0, None)


def test_wrong_words_are_wrong_usage(koe: Koe) -> None:
    assert isinstance(koe("queue", "list", "--queue", "nowhere").exception, NotFoundError)
    assert isinstance(koe("queue", "show", "17").exception, UsageError)
    assert isinstance(koe("queue", "next", "--as", "").exception, UsageError)
    assert isinstance(koe("route", "--explain", "shop:1", "--dry-run").exception, UsageError)


def test_a_customer_s_text_cannot_steer_the_terminal(koe: Koe) -> None:
    for words in (("queue", "list"), ("queue", "show", "CASE-000001"), ("route", "--explain", "shop:1")):
        assert "\x1b" not in koe(*words).stdout


def test_counts_of_the_queues(koe: Koe) -> None:
    counts = {
        line.split("\t")[0]: line.split("\t")[1:3] for line in koe("queue", "list", "--counts").stdout.splitlines()
    }
    assert counts["safety"] == ["1", "1"]
    assert counts["moderation"] == ["0", "0"]


def test_the_clock_of_a_ticket(koe: Koe, tmp_path: Path) -> None:
    assert re.search(r"\tdue in (47 h 59 min|2 d), \w{3} ", koe("queue", "list", "--queue", "support").stdout)
    (tmp_path / "koe.yaml").write_text(ALWAYS, "utf-8")
    soon = r"due in (3 h 59 min|4 h) of business time, \w{3} \d\d:\d\d"
    assert re.search(rf"\t{soon}\t", koe("queue", "list", "--queue", "support").stdout)
    assert re.search(rf"^first response: {soon}$", koe("queue", "show", "CASE-000001").stdout, re.MULTILINE)
    koe("queue", "reply", "CASE-000001", "どの機種ですか")
    assert "waits for the customer" in koe("queue", "wait", "CASE-000001").stdout
    shown = koe("queue", "show", "CASE-000001").stdout
    assert re.search(r"^first response: met \w{3} \d\d:\d\d after 0 min of business time$", shown, re.MULTILINE)
    left = r"^resolution: waits for the customer, (39 h 59 min|40 h) of business time left$"
    assert re.search(left, shown, re.MULTILINE)
    (listed,) = json.loads(koe("queue", "list", "--queue", "support", "--json").stdout)
    assert listed["due_at"] is None
    clock = listed["clock"]
    assert (clock["waiting"], clock["resolution"]["due_at"], clock["resolution"]["target_seconds"]) == (
        True,
        None,
        144000,
    )
    assert koe("queue", "answered", "CASE-000001").stdout == "CASE-000001: open again\n"
    assert json.loads(koe("queue", "show", "CASE-000001", "--json").stdout)["clock"]["resolution"]["due_at"]
    koe("queue", "close", "CASE-000001")
    assert isinstance(koe("queue", "wait", "CASE-000001").exception, ConflictError)
    assert json.loads(koe("queue", "reopen", "CASE-000001", "--json").stdout)["state"] == "open"


def test_why_a_ticket_is_where_it_is(koe: Koe) -> None:
    told = koe("route", "--explain", "shop:2").stdout
    assert "→ danger (urgent, safety)" in told
    assert "holds: danger or injury (0.90): “smoke” says safety" in told
    told = koe("route", "--explain", "shop:3").stdout
    assert "fails: no danger or injury" in told
    assert "low, no ticket, needs no response" in told
    assert isinstance(koe("route", "--explain", "shop:9").exception, NotFoundError)


def test_what_changed_rules_would_do(koe: Koe, tmp_path: Path) -> None:
    assert "0 of the 3 feedback routed from" in koe("route", "--dry-run").stdout
    rule = "{name: all, queue: social, priority: high}"
    (tmp_path / "koe.yaml").write_text(f"routing: {{rules: [{rule}]}}\n", "utf-8")
    found = json.loads(koe("route", "--dry-run", "--json").stdout)
    assert {change["feedback"] for change in found["changes"]} == {"shop:1", "shop:2", "shop:3"}


def test_a_draft_on_the_terminal_can_be_sent_as_it_is(koe: Koe, tmp_path: Path) -> None:
    told = koe("queue", "draft", "CASE-000001")
    assert told.exit_code == 0
    assert "CASE-000001" in told.stdout
    assert "next step: exchange, not promised" in told.stderr
    assert "\x1b" not in told.stdout
    assert koe("queue", "reply", "CASE-000001", "-", stdin=told.stdout).exit_code == 0
    found = json.loads(koe("queue", "draft", "CASE-000002", "--json").stdout)
    assert (found["lang"], found["template"], found["findings"]) == ("en", "en/safety.j2", [])
    assert "do not throw it away" in found["text"]
    (tmp_path / "koe.yaml").write_text("drafts: {signature: We will refund you.}\n", "utf-8")
    assert "may not go out: “We will refund”" in koe("queue", "draft", "CASE-000002").stderr
    assert isinstance(koe("queue", "draft", "CASE-000009").exception, NotFoundError)


def test_what_people_type_is_read_by_the_guard(koe: Koe) -> None:
    stopped = koe("queue", "reply", "CASE-000001", "全額返金いたします。")
    assert isinstance(stopped.exception, UsageError)
    assert "the reply may not go out as it is" in str(stopped.exception)
    assert json.loads(koe("queue", "show", "CASE-000001", "--json").stdout)["replies"] == []
