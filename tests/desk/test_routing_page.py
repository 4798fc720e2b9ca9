"""The page on routing says what the code does."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import yaml

from desk.conditions import KEYS
from desk.default_table import DEFAULT_DUE, DEFAULT_DUE_IN_BUSINESS_TIME, DEFAULT_QUEUES, default_rules
from desk.due import service_levels
from desk.routing import rule_book
from koe.settings import Condition
from koe.settings_file import load_settings
from koe.ticket import Priority

HOUR = timedelta(hours=1)
PAGE = (Path(__file__).parents[2] / "docs" / "routing.md").read_text("utf-8")


RULES, CLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_its_example_is_a_rule_book(tmp_path: Path) -> None:
    assert yaml.safe_load(RULES)
    (tmp_path / "koe.yaml").write_text(RULES, "utf-8")
    book = rule_book(load_settings(tmp_path / "koe.yaml"))
    assert [ready.rule.name for ready in book.rules[:2]] == ["app faults", "staff"]


def test_its_calendar_counts(tmp_path: Path) -> None:
    (tmp_path / "koe.yaml").write_text(CLOCKS, "utf-8")
    levels = service_levels(load_settings(tmp_path / "koe.yaml"))
    office = levels.terms("support", Priority.URGENT).calendar
    days = [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 28), date(2026, 12, 29), date(2026, 12, 31)]
    assert [sum(closes - opens for opens, closes in office.hours(day)) / 60 for day in days] == [0, 8, 5, 5, 0]
    hours = [(levels.terms("support", one).first_response, levels.terms("support", one).resolution) for one in Priority]
    assert hours == [(HOUR, 8 * HOUR), (4 * HOUR, None), (8 * HOUR, 40 * HOUR), (40 * HOUR, None)]


def test_its_default_due_times_are_those_of_the_code() -> None:
    elapsed = "urgent 4 hours, high 1 day, normal 2 days, low 7 days"
    work = "urgent 4 hours, high 8, normal 16, low 40"
    assert list(DEFAULT_DUE.values()) == [4 * HOUR, 24 * HOUR, 48 * HOUR, 168 * HOUR]
    assert list(DEFAULT_DUE_IN_BUSINESS_TIME.values()) == [4 * HOUR, 8 * HOUR, 16 * HOUR, 40 * HOUR]
    assert elapsed in PAGE
    assert work in PAGE
    assert "`safety` urgent 2 hours; `social` urgent 1 hour, high 8 hours, normal 1 day" in PAGE.replace("\n", " ")
    own = {name: list(queue.due.values()) for name, queue in DEFAULT_QUEUES.items() if queue.due}
    assert own == {"safety": [2 * HOUR], "social": [HOUR, 8 * HOUR, 24 * HOUR]}


def test_it_names_every_rule_in_order_every_queue_and_every_key() -> None:
    table = PAGE[PAGE.index("| rule |") : PAGE.index("Where two queues stand")]
    places = [re.search(rf"[|,] {re.escape(rule.name)}[,| ]", table) for rule in default_rules()]
    assert all(places)
    starts = [place.start() for place in places if place]
    assert starts == sorted(starts)
    assert all(queue in table for queue in DEFAULT_QUEUES)
    assert all(f"`{key}`" in PAGE for key in Condition.model_fields)


def test_every_key_of_a_condition_is_checked() -> None:
    assert set(KEYS) | {"polarity"} == set(Condition.model_fields)
