"""Rules of koe.yaml: they come before the default table, and mistakes in them are told with their line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.routing import RuleBook, route, rule_book
from koe.errors import SettingsError
from koe.settings_file import load_settings

Make = Callable[..., Any]


@pytest.fixture
def book(tmp_path: Path) -> Callable[[str], RuleBook]:
    def read(text: str) -> RuleBook:
        file = tmp_path / "koe.yaml"
        file.write_text(text, encoding="utf-8")
        return rule_book(load_settings(file))

    return read


RULE = """\
queues:
  apps: {due: {normal: 12h}}
routing:
  rules:
    - name: apps
      when: {product: [APP-1], triggers: defect}
      queue: apps
      priority: normal
"""


def test_own_rules_come_first_and_the_table_after(book: Make, feedback: Make, analysis: Make) -> None:
    rules = book(RULE)
    text = "返金して。落ちる"
    found = analysis(text, ("落ちる", "defect"), ("返金して", "refund_request"))
    assert route(feedback(text, product_id="APP-1"), found, rules).rule == "apps"
    assert route(feedback(text, product_id="SPK-10"), found, rules).rule == "refund demanded"


def test_the_default_table_can_be_left_out(book: Make, feedback: Make, analysis: Make) -> None:
    rules = book(RULE + "  defaults: false\n")
    assert len(rules.rules) == 1
    text = "返金して"
    found = analysis(text, (text, "refund_request"))
    assert route(feedback(text, rating=3), found, rules).queue is None
    assert route(feedback(text, rating=1), found, rules).queue == "support"


def test_low_stars_get_a_ticket_even_where_a_rule_makes_none(book: Make, feedback: Make, analysis: Make) -> None:
    rules = book(RULE.replace("queue: apps\n", "queue: none\n"))
    text = "落ちる"
    routing = route(feedback(text, product_id="APP-1", rating=2), analysis(text, (text, "defect")), rules)
    assert (routing.queue, routing.rule) == ("support", "apps")
    assert "always get a ticket" in routing.reasons[0]


def test_an_unless_holds_a_rule_back(book: Make, feedback: Make, analysis: Make) -> None:
    rules = book(RULE.replace("      queue: apps\n", "      unless: {stars_at_least: 4}\n      queue: apps\n"))
    text = "落ちる"
    found = analysis(text, (text, "defect"))
    assert route(feedback(text, product_id="APP-1", rating=3), found, rules).queue == "apps"
    assert route(feedback(text, product_id="APP-1", rating=4), found, rules).queue == "support"


def test_one_of_several_conditions_is_enough(book: Make, feedback: Make, analysis: Make) -> None:
    rules = book(RULE.replace("when: {product: [APP-1], triggers: defect}", "when: [{lang: en}, {reach_at_least: 9}]"))
    assert route(feedback("x", lang="en"), analysis("x"), rules).queue == "apps"
    assert route(feedback("x", reach=10), analysis("x"), rules).queue == "apps"
    assert route(feedback("x", reach=8), analysis("x"), rules).queue is None


def test_praise_of_a_kind_is_found_by_its_polarity(book: Make, feedback: Make, analysis: Make) -> None:
    rules = book(RULE.replace("triggers: defect}", "triggers: delivery, polarity: positive}"))
    text = "翌日届いた"
    found = analysis(text, (text, "delivery", "positive"), sentiment="positive")
    assert route(feedback(text, product_id="APP-1"), found, rules).queue == "apps"


def test_renamed_types_are_followed_by_the_default_table(book: Make, feedback: Make, analysis: Make) -> None:
    rules = book("taxonomy: {rename: {wrong_item: mixup}, off: [billing]}\n")
    text = "別の色"
    routing = route(feedback(text), analysis(text, (text, "mixup", "negative")), rules)
    assert routing.rule == "wrong item"
    good = route(feedback(text), analysis(text, (text, "mixup", "positive")), rules)
    assert good.rule != "wrong item"
    assert "wrong charge" not in {ready.rule.name for ready in rules.rules}


MISTAKES = {
    "unknown queue": ("queue: apps\n      ", "queue: appz\n      ", "unknown queue 'appz'"),
    "unknown trigger type": ("triggers: defect", "triggers: defekt", "unknown trigger type 'defekt'"),
    "no such stars": ("triggers: defect", "stars_at_most: 0", "can never hold: there are no reviews of 0 stars"),
    "stars that exclude each other": (
        "triggers: defect",
        "stars_at_most: 2, stars_at_least: 4",
        "can never hold: no review has at most 2 and at least 4 stars",
    ),
    "an empty list": ("triggers: defect", "triggers: []", "can never hold: triggers is an empty list"),
    "an unless that covers all": (
        "      queue: apps\n",
        "      unless: {product: [APP-1, APP-2]}\n      queue: apps\n",
        "can never hold: its unless: covers its when:",
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(book: Make, old: str, new: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        book(RULE.replace(old, new))
    assert caught.value.where.endswith("koe.yaml:5")
    assert caught.value.expected


def test_a_type_that_is_switched_off_is_told(book: Make) -> None:
    with pytest.raises(SettingsError, match="switches off"):
        book(RULE + "taxonomy: {off: [defect]}\n")


SHADOWED = [
    ("{product: APP-1}", "{product: APP-1, triggers: defect}", True),
    ("{product: APP-1, triggers: defect}", "{product: APP-1}", False),
    ("{stars_at_most: 3}", "{stars_at_most: 2}", True),
    ("{stars_at_most: 2}", "{stars_at_most: 3}", False),
    ("{reach_at_least: 100}", "{reach_at_least: 200, lang: ja}", True),
    ("{intents: [question, request]}", "{intents: question}", True),
    ("{intents: question}", "{intents: [question, request]}", False),
    ("{}", "{safety: true}", True),
    ("[{lang: ja}, {lang: en}]", "[{lang: en, safety: true}, {lang: ja}]", True),
    ("[{lang: ja}]", "[{lang: en}, {lang: ja}]", False),
    ("{triggers: delivery}", "{triggers: delivery, polarity: positive}", False),
]


@pytest.mark.parametrize(("first", "second", "shadowed"), SHADOWED)
def test_a_rule_that_is_never_reached_is_told(book: Make, first: str, second: str, shadowed: bool) -> None:
    rules = "".join(
        f"    - {{name: {name}, when: {when}, queue: support, priority: high}}\n"
        for name, when in (("first", first), ("second", second))
    )
    text = "routing:\n  rules:\n" + rules
    if not shadowed:
        book(text)
        return
    with pytest.raises(SettingsError, match=r"'second' is never reached: the earlier rule 'first'") as caught:
        book(text)
    assert caught.value.where.endswith("koe.yaml:4")


def test_a_name_given_twice_is_told(book: Make) -> None:
    again = "    - {name: apps, when: {lang: en}, queue: apps, priority: low}\n"
    with pytest.raises(SettingsError, match="has the name of an earlier rule"):
        book(RULE + again)


def test_an_unknown_key_is_told_with_the_known_ones(book: Make) -> None:
    with pytest.raises(SettingsError, match="stars_at_most") as caught:
        book(RULE.replace("triggers: defect", "stars: 1"))
    assert caught.value.where.endswith("koe.yaml:6")
