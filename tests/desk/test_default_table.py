"""The default routing table of the design, row by row, on hand-made analyses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desk.routing import default_book, route
from koe.feedback import Channel, Disclosure, Scale
from koe.ticket import Priority

Make = Callable[..., Any]

# what it is, the feedback's fields, the text, its phrases, what the model reads, further facts; rule, queue, priority
CASES: list[tuple[str, dict[str, Any], str, list[Any], dict[str, Any], dict[str, Any], tuple[str, str | None, str]]] = [
    (
        "danger in a glowing review",
        {"rating": 5},
        "最高です。充電中に煙が出たけど",
        [("煙が出た", "safety")],
        {"sentiment": "positive", "safety": True, "intents": ("praise",)},
        {},
        ("danger", "safety", "urgent"),
    ),
    (
        "danger in a question",
        {"channel": Channel.QA},
        "Is it normal that it burnt my hand?",
        [],
        {"safety": True, "intents": ("question",)},
        {},
        ("danger", "safety", "urgent"),
    ),
    (
        "threat of the authority",
        {"rating": 1},
        "消費者センターに通報します",
        [],
        {"intents": ("complaint", "legal_threat")},
        {},
        ("legal threat", "escalations", "urgent"),
    ),
    (
        "grave harm seen by very many",
        {"channel": Channel.SOCIAL, "reach": 68_000},
        "It bricked after the update",
        [("bricked", "defect")],
        {"intents": ("complaint",)},
        {},
        ("grave and public", "escalations", "urgent"),
    ),
    (
        "the same harm seen by few",
        {"channel": Channel.SOCIAL, "reach": 680},
        "It bricked after the update",
        [("bricked", "defect")],
        {"intents": ("complaint",)},
        {},
        ("complaint", "social", "normal"),
    ),
    (
        "refund demanded",
        {"rating": 3},
        "返金してほしい",
        [("返金してほしい", "refund_request")],
        {"intents": ("refund_demand",)},
        {},
        ("refund demanded", "support", "high"),
    ),
    (
        "a refund that came",
        {"rating": 4},
        "I asked for my money back and it came the next day, sorted.",
        [("it came the next day", "support", "positive")],
        {"sentiment": "positive", "intents": ("resolved", "refund_demand")},
        {},
        ("solved", None, "low"),
    ),
    (
        "churn",
        {"channel": Channel.SURVEY, "score": 5, "scale": Scale.NPS},
        "もう解約します",
        [("解約します", "churn")],
        {"intents": ("churn_threat",)},
        {},
        ("churn threatened", "support", "high"),
    ),
    (
        "wrong item",
        {"rating": 4},
        "LLが届いた",
        [("LLが届いた", "wrong_item")],
        {"sentiment": "mixed"},
        {},
        ("wrong item", "support", "high"),
    ),
    (
        "wrong charge",
        {"rating": 2},
        "charged twice",
        [("charged twice", "billing")],
        {},
        {},
        ("wrong charge", "support", "high"),
    ),
    (
        "public anger at support",
        {"channel": Channel.SOCIAL, "reach": 12_000},
        "サポートが電話に出ない",
        [("電話に出ない", "support")],
        {"intents": ("complaint",)},
        {},
        ("public anger at support", "social", "high"),
    ),
    (
        "praise of support that many see",
        {"channel": Channel.SOCIAL, "reach": 12_000},
        "サポート神対応",
        [("神対応", "support", "positive")],
        {"sentiment": "positive", "intents": ("praise",)},
        {},
        ("praise", None, "low"),
    ),
    (
        "the same person again",
        {"rating": 3},
        "音が出ない",
        [("音が出ない", "defect")],
        {},
        {"earlier": 2},
        ("same person again", "support", "high"),
    ),
    (
        "the same person, content",
        {"rating": 5},
        "また買いました",
        [],
        {"sentiment": "positive", "intents": ("praise",)},
        {"earlier": 2},
        ("praise", None, "low"),
    ),
    (
        "a fault in a good review",
        {"rating": 5},
        "Love it, though the strap came apart",
        [("strap came apart", "defect")],
        {"sentiment": "positive", "intents": ("praise",)},
        {},
        ("complaint", "support", "normal"),
    ),
    (
        "a complaint that the tagger found no phrase in",
        {"rating": 3},
        "アプリを開くたびに最初の画面に戻されます",
        [],
        {"intents": ("complaint",)},
        {},
        ("complaint", "support", "normal"),
    ),
    (
        "a question",
        {"channel": Channel.QA},
        "防水ですか",
        [("防水ですか", "question")],
        {"sentiment": "neutral", "intents": ("question",)},
        {},
        ("question", "questions", "normal"),
    ),
    (
        "a question that has an answer",
        {"channel": Channel.QA},
        "防水ですか",
        [("防水ですか", "question")],
        {"sentiment": "neutral", "intents": ("question",)},
        {"answered": True},
        ("answered question", None, "low"),
    ),
    (
        "an answer of the company that names the law",
        {"channel": Channel.QA, "parent_id": "q1", "disclosure": Disclosure.STAFF},
        "The law asks us to keep the receipt for you.",
        [],
        {"sentiment": "neutral", "intents": ("legal_threat",)},
        {},
        ("company's answer", None, "low"),
    ),
    (
        "an answer",
        {"channel": Channel.QA, "parent_id": "q1"},
        "Yes, it is. Do you have the new one?",
        [],
        {"sentiment": "neutral", "intents": ("question",)},
        {},
        ("answer", None, "low"),
    ),
    (
        "a question in a public post",
        {"channel": Channel.SOCIAL, "reach": 30},
        "Does it float?",
        [],
        {"sentiment": "neutral", "intents": ("question", "purchase_intent")},
        {},
        ("question", "social", "normal"),
    ),
    (
        "a request",
        {"rating": 3},
        "Please add a dark mode",
        [("add a dark mode", "feature_request")],
        {"sentiment": "neutral", "intents": ("request",)},
        {},
        ("request", "support", "normal"),
    ),
    (
        "a wish in passing",
        {"rating": 5},
        "最高。緑も出してほしいな",
        [("緑も出してほしい", "feature_request")],
        {"sentiment": "positive", "intents": ("praise", "request")},
        {},
        ("wish in passing", None, "low"),
    ),
    (
        "a wish beside a fault",
        {"rating": 4},
        "良いけど蓋が割れた。緑も出してほしい",
        [("蓋が割れた", "defect"), ("緑も出してほしい", "feature_request")],
        {"sentiment": "positive", "intents": ("request", "complaint")},
        {},
        ("complaint", "support", "normal"),
    ),
    (
        "solved",
        {"rating": 4},
        "壊れたが交換してもらい解決しました",
        [],
        {"sentiment": "positive", "intents": ("complaint", "resolved")},
        {},
        ("solved", None, "low"),
    ),
    (
        "one thing solved, another not",
        {"rating": 3},
        "交換で解決。でも今度は充電できない",
        [("充電できない", "defect")],
        {"intents": ("complaint", "resolved")},
        {},
        ("complaint", "support", "normal"),
    ),
    (
        "a content customer finds it dear",
        {"rating": 5},
        "高いけど大満足",
        [("高い", "price_value")],
        {"sentiment": "positive"},
        {},
        ("praise", None, "low"),
    ),
    (
        "low stars without a reason",
        {"rating": 1},
        "最悪",
        [],
        {"intents": ("complaint",)},
        {},
        ("low stars", "support", "low"),
    ),
    (
        "a bottom score without a reason",
        {"channel": Channel.SURVEY, "score": 1, "scale": Scale.CES},
        "うーん",
        [],
        {"sentiment": "neutral", "intents": ("other",)},
        {},
        ("low score", "support", "low"),
    ),
    (
        "praise with low stars",
        {"rating": 1},
        "Great!",
        [],
        {"sentiment": "positive"},
        {},
        ("low stars", "support", "low"),
    ),
    (
        "spam",
        {"channel": Channel.SOCIAL, "reach": 5},
        "副業で月100万円！興味ある？",
        [("興味ある？", "question")],
        {"sentiment": "neutral", "intents": ("spam", "question")},
        {},
        ("spam", "moderation", "low"),
    ),
    (
        "a wish to buy",
        {"channel": Channel.SOCIAL, "reach": 50},
        "ずっと探してた",
        [("探してた", "purchase_intent")],
        {"sentiment": "neutral", "intents": ("purchase_intent",)},
        {},
        ("wish to buy", None, "low"),
    ),
    (
        "nothing said",
        {"rating": 3},
        "普通",
        [],
        {"sentiment": "neutral", "intents": ("other",)},
        {},
        ("nothing asked", None, "low"),
    ),
]


@pytest.mark.parametrize(
    ("fields", "text", "phrases", "reading", "further", "expected"),
    [case[1:] for case in CASES],
    ids=[c[0] for c in CASES],
)
def test_the_table_decides(
    feedback: Make,
    analysis: Make,
    fields: dict[str, Any],
    text: str,
    phrases: list[Any],
    reading: dict[str, Any],
    further: dict[str, Any],
    expected: tuple[str, str | None, str],
) -> None:
    routing = route(feedback(text, **fields), analysis(text, *phrases, **reading), **further)
    assert (routing.rule, routing.queue, routing.priority.value) == expected
    assert routing.needs_response is (routing.priority is not Priority.LOW)
    assert routing.reasons


def test_every_default_rule_is_shown_by_a_case() -> None:
    assert {case[-1][0] for case in CASES} == {ready.rule.name for ready in default_book().rules}


def test_stars_alone_are_enough(feedback: Make) -> None:
    assert route(feedback(None, rating=1), None).queue == "support"
    assert route(feedback(None, rating=5), None).queue is None


def test_reasons_name_the_facts(feedback: Make, analysis: Make) -> None:
    text = "返金してほしい"
    item = feedback(text, rating=2, channel=Channel.SOCIAL, reach=68_000)
    routing = route(item, analysis(text, (text, "refund_request")), earlier=2)
    assert routing.reasons == (
        "The customer wants money back",
        "「返金してほしい」 says refund_request",
        "2 stars",
        "reach 68,000",
        "the same person wrote 2 times before",
    )


def test_english_words_stand_in_english_quotation_marks(feedback: Make, analysis: Make) -> None:
    text = "I want\nmy money back"
    routing = route(feedback(text), analysis(text, (text, "refund_request")))
    assert "“I want my money back” says refund_request" in routing.reasons
