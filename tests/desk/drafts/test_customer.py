"""Of which kind a customer is, what a reply is about, and when an apology is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from desk.drafts.customer import CustomerKind, customer_kind
from desk.drafts.subject import apology_due, subject_of
from desk.facts import Facts, TypeNames, gather
from koe.analysis import Analysis
from koe.feedback import Channel, Feedback, Scale
from koe.ticket import Priority

Make = Callable[..., Any]

#: A text, its phrases, mood, intents and other fields; then kind, subject, and whether an apology is due.
CASES: list[tuple[str, list[tuple[str, ...]], str, tuple[str, ...], dict[str, Any], str, str, bool]] = [
    ("音が出ない。", [("音が出ない", "defect")], "negative", ("complaint",), {}, "unhappy", "defect", True),
    (
        "別の色が届いた。",
        [("別の色が届いた", "wrong_item")],
        "negative",
        ("complaint",),
        {},
        "unhappy",
        "wrong_item",
        True,
    ),
    (
        "壊れたので返金して。",
        [("壊れた", "defect"), ("返金して", "refund_request")],
        "negative",
        ("complaint", "refund_demand"),
        {},
        "unhappy",
        "refund_request",
        True,
    ),
    ("最高です。", [("最高", "praise", "positive")], "positive", ("praise",), {}, "new", "praise", False),
    (
        "充電しながら使えますか。",
        [("使えますか", "question")],
        "neutral",
        ("question",),
        {},
        "asking",
        "question",
        False,
    ),
    ("Does it break easily?", [("break easily", "defect")], "neutral", ("question",), {}, "asking", "defect", False),
    (
        "It arrived broken, but you replaced it at once. Thanks!",
        [("arrived broken", "defect")],
        "positive",
        ("resolved", "praise"),
        {},
        "new",
        "solved",
        False,
    ),
    (
        "The delivery is solved, but now the lid is broken.",
        [("lid is broken", "defect")],
        "negative",
        ("complaint", "resolved"),
        {},
        "unhappy",
        "defect",
        True,
    ),
    ("訴えます。音が出ない。", [("音が出ない", "defect")], "negative", ("legal_threat",), {}, "urgent", "legal", True),
    ("至急対応してください。", [], "negative", ("complaint",), {}, "urgent", "any", True),
    ("他社のものと迷っています。違いは？", [], "neutral", ("question",), {}, "comparing", "question", False),
    ("Which one is better than the old one?", [], "neutral", ("question",), {}, "comparing", "question", False),
    ("設定のやり方が分からない。", [], "neutral", ("question",), {}, "confused", "question", False),
    ("I can't figure out how it pairs", [], "negative", ("complaint",), {}, "confused", "any", True),
    (
        "ボタンが多すぎて分かりにくいし壊れた",
        [("壊れた", "defect")],
        "negative",
        ("complaint",),
        {},
        "unhappy",
        "defect",
        True,
    ),
    ("いつも愛用しています。", [], "positive", ("praise",), {}, "loyal", "praise", False),
    ("It is fine.", [], "neutral", ("other",), {"rating": 1.0}, "unhappy", "any", True),
    ("", [], "neutral", (), {"rating": None, "score": 1, "scale": Scale.NPS}, "unhappy", "any", True),
    ("Love it.", [], "positive", ("praise",), {"rating": 1.0}, "new", "praise", False),
    ("高い気がする", [("高い", "price_value")], "positive", ("other",), {}, "new", "price_value", False),
    ("どこで買えますか", [], "neutral", (), {"channel": Channel.QA}, "asking", "any", False),
]


def _facts(feedback: Make, analysis: Make, text: str, phrases: list[Any], mood: str, intents: Any, more: Any) -> Facts:
    read: Analysis = analysis(text, *phrases, sentiment=mood, intents=intents)
    return gather(feedback(text, **more), read)


@pytest.mark.parametrize(("text", "phrases", "mood", "intents", "more", "kind", "subject", "apology"), CASES)
def test_kind_subject_and_apology(
    feedback: Make,
    analysis: Make,
    text: str,
    phrases: list[Any],
    mood: str,
    intents: tuple[str, ...],
    more: dict[str, Any],
    kind: str,
    subject: str,
    apology: bool,
) -> None:
    facts = _facts(feedback, analysis, text, phrases, mood, intents, more)
    found, reason = customer_kind(facts)
    assert (found.value, subject_of(facts), apology_due(facts)) == (kind, subject, apology)
    assert reason


def test_danger_comes_first_also_in_praise(feedback: Make, analysis: Make) -> None:
    text = "Lovely, but there was smoke."
    read = analysis(text, ("smoke", "safety"), sentiment="positive", intents=("praise",), safety=True)
    facts = gather(feedback(text, rating=5.0), read)
    assert subject_of(facts) == "safety"
    assert customer_kind(facts) == (CustomerKind.URGENT, "danger or injury")


def test_an_urgent_ticket_makes_an_urgent_customer(feedback: Make, analysis: Make) -> None:
    facts = _facts(feedback, analysis, "音が出ない", [("音が出ない", "defect")], "negative", ("complaint",), {})
    assert customer_kind(facts, (), Priority.URGENT)[0] is CustomerKind.URGENT
    assert customer_kind(facts, (), Priority.HIGH)[0] is CustomerKind.UNHAPPY


def test_who_was_content_before_is_loyal(feedback: Make, analysis: Make) -> None:
    facts = _facts(feedback, analysis, "とても良いです", [], "positive", ("praise",), {})

    def before(stars: float | None) -> Feedback:
        return Feedback("shop", "0", Channel.REVIEW, datetime(2026, 1, 1, tzinfo=UTC), rating=stars)

    assert customer_kind(facts, [before(5)])[0] is CustomerKind.LOYAL
    assert customer_kind(facts, [before(None)])[0] is CustomerKind.LOYAL
    assert customer_kind(facts, [before(5), before(1), before(1)])[0] is CustomerKind.NEW
    assert customer_kind(facts, [])[0] is CustomerKind.NEW


def test_without_an_analysis_the_stars_decide(feedback: Make) -> None:
    facts = gather(feedback(None, rating=2.0), None)
    assert (subject_of(facts), apology_due(facts)) == ("any", True)
    facts = gather(feedback(None, rating=5.0), None)
    assert (subject_of(facts), apology_due(facts)) == ("any", False)


def test_renamed_types_and_types_of_one_s_own(feedback: Make, analysis: Make) -> None:
    names = TypeNames({"delivery": "shipping"})
    text = "Came late, and it gave me a rash."
    read = analysis(text, ("Came late", "shipping", "negative"), sentiment="negative", intents=("complaint",))
    assert subject_of(gather(feedback(text), read, names=names), names) == "delivery"
    read = analysis(text, ("rash", "allergy", "negative"), sentiment="negative", intents=("complaint",))
    assert subject_of(gather(feedback(text), read)) == "allergy"
