"""The page on routing says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from desk.conditions import KEYS
from desk.default_table import DEFAULT_QUEUES, default_rules
from desk.routing import rule_book
from koe.settings import Condition
from koe.settings_file import load_settings

PAGE = (Path(__file__).parents[2] / "docs" / "routing.md").read_text("utf-8")


def test_its_example_is_a_rule_book(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert yaml.safe_load(example)
    (tmp_path / "koe.yaml").write_text(example, "utf-8")
    book = rule_book(load_settings(tmp_path / "koe.yaml"))
    assert [ready.rule.name for ready in book.rules[:2]] == ["app faults", "staff"]


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
