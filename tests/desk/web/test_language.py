"""Both languages: which one a visitor gets, and that no message is missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir

import desk.web
from desk.default_table import default_rules
from desk.routing import route, rule_book
from desk.web import acts, corrections
from desk.web.language import Language, chosen, read_catalogue
from desk.web.reasons import RULES, in_words, note_in_words
from desk.web.site import Site
from desk.web.words import is_known
from koe.feedback import Channel, Feedback
from koe.settings import RoutingRule, RoutingSettings, Settings

if TYPE_CHECKING:
    from tests.desk.web.conftest import Browser

    SignedIn = Callable[[str], Browser]

WEB = Path(desk.web.__file__).parent
TOKYO = ZoneInfo("Asia/Tokyo")
JA, EN = Language.of("ja", TOKYO), Language.of("en", TOKYO)


def messages() -> set[str | tuple[str, ...]]:
    """Every message that stands in code and templates."""
    methods = [("**.py", "python"), ("templates/**.j2", "jinja2")]
    keywords: dict[str, tuple[int, ...] | None] = {
        **dict.fromkeys(("_", "N_", "gettext", "say"), None),
        "ngettext": (1, 2),
    }
    found = extract_from_dir(WEB, methods, keywords=keywords)  # type: ignore[arg-type]
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("code", ["ja", "en"])
def test_no_message_is_missing_and_none_is_left_over(code: str) -> None:
    told = {message.id: message.string for message in read_catalogue(code) if message.id}
    known = {tuple(key) if isinstance(key, tuple | list) else key for key in told}
    assert known == messages()
    assert all(told.values())
    for message, words in told.items():
        first, said = (message[0], words[0]) if isinstance(message, tuple | list) else (message, words)
        assert sorted(re.findall(r"%\(\w+\)s|%%", first)) == sorted(re.findall(r"%\(\w+\)s|%%", said)), first


def test_japanese_is_japanese() -> None:
    latin = re.compile(r"[A-Za-z]{3,}")
    names = {"koe", "CSV", "SNS", "Tab", "Enter", "yaml", "setup", "NPS", "CSAT", "CES"}
    for message in read_catalogue("ja"):
        if message.id:
            words = message.string[0] if isinstance(message.string, tuple | list) else str(message.string)
            assert set(latin.findall(re.sub(r"%\(\w+\)s", "", words))) <= names, words


@pytest.mark.parametrize(
    ("accept", "cookie", "told"),
    [
        ("ja,en;q=0.8", None, "ja"),
        ("en-GB,ja;q=0.9", None, "en"),
        ("de, ja-JP;q=0.5, en;q=0.4", None, "ja"),
        ("ja;q=0, en", None, "en"),
        ("fr", None, "en"),
        ("ja;q=nonsense", None, "en"),
        (None, None, "en"),
        ("ja", "en", "en"),
        ("ja", "xx", "ja"),
    ],
)
def test_which_language(accept: str | None, cookie: str | None, told: str) -> None:
    assert chosen(accept, cookie) == told


def test_the_switch_holds_from_then_on(signed_in: SignedIn) -> None:
    lead = signed_in("lea")
    assert '<html lang="en">' in lead.get("/tickets").text
    answer = lead.post("/language", language="ja", next="/tickets?state=all")
    assert answer.headers["location"] == "/tickets?state=all"
    assert '<html lang="ja">' in lead.get("/").text
    assert "次の案件を引き受ける" in lead.get("/").text


def test_pages_in_japanese_have_no_english(signed_in: SignedIn) -> None:
    ada = signed_in("ada")
    ada.headers = {"accept-language": "ja"}
    for path in (
        "/",
        "/tickets?state=all",
        "/tickets/CASE-000001",
        "/figures",
        "/people",
        "/settings",
        "/help",
        "/deliveries",
    ):
        text = re.sub(r"(?s)<head>.*?</head>|<[^>]*>|&[#\w]+;", " ", ada.get(path).text)
        words = set(re.findall(r"\b[a-z]{4,}\b", text))
        known = {"support", "shop", "complaint", "yaml", "vera", "english", "safety", "escalations", "social"}
        known |= {"questions", "moderation", "broke", "script", "alert", "onerror"}
        assert words <= known, (path, words - known)


def test_times_and_spans() -> None:
    moment = datetime(2026, 11, 20, 3, 5, tzinfo=UTC)
    assert (JA.moment(moment), EN.moment(moment)) == ("2026年11月20日(金) 12:05", "Fri 20 Nov 2026, 12:05")
    for span, ja, en in [
        (timedelta(hours=3, minutes=20), "3時間20分", "3 h 20 min"),
        (timedelta(minutes=5), "5分", "5 min"),
        (timedelta(seconds=20), "0分", "0 min"),
        (timedelta(hours=30), "30時間", "30 h"),
        (timedelta(days=3, hours=2), "3日2時間", "3 d 2 h"),
    ]:
        assert (JA.span(span), EN.span(span)) == (ja, en)
    assert EN.ngettext("%(num)s case", "%(num)s cases", 1) == "%(num)s case"
    assert JA.ngettext("%(num)s case", "%(num)s cases", 2) == "%(num)s件"


def test_every_reason_of_the_default_table_is_translated() -> None:
    for rule in default_rules():
        if rule.queue != "none":
            assert rule.reason in RULES
        assert is_known("rule", rule.name)


def test_every_act_of_the_desk_is_translated() -> None:
    made = {f"corrected {what}" for what in corrections._KINDS} | set(acts._ACTS)
    assert [act for act in sorted(made) if not is_known("act", act)] == []


def test_a_rule_of_koe_yaml_may_say_its_reason_in_both_languages() -> None:
    rule = RoutingRule.model_validate(
        {
            "name": "app",
            "queue": "support",
            "priority": "high",
            "label": {"ja": "アプリの故障", "en": "App; again"},
        }
    )
    routing = Settings(routing=RoutingSettings(rules=[rule]))
    site = Site(routing, cast(Any, None), lambda: datetime.now(UTC), lambda work: "")
    told = route(Feedback("shop", "1", Channel.REVIEW, datetime.now(UTC), text="x"), None, rule_book(routing))
    assert told.reasons[0] == rule.sentence == "App; again"
    assert in_words(told.reasons[0], JA, site.labels) == "アプリの故障"
    assert in_words(told.reasons[0], EN, site.labels) == "App; again"


def test_the_audit_log_is_in_the_language_of_the_reader(signed_in: SignedIn) -> None:
    ada = signed_in("ada")
    ada.post("/tickets/CASE-000001/claim")
    assert "took the case" in ada.get("/audit").text
    ada.headers = {"accept-language": "ja"}
    assert "案件を引き受けた" in ada.get("/audit").text


def test_notes_of_the_history_in_japanese() -> None:
    assert note_in_words("version 2 of the feedback was routed again", JA) == "投稿の第2版をもう一度振り分けました"
    assert note_in_words("needs no answer", JA) == "返信不要"
    assert note_in_words("新品を送った", JA) == "新品を送った"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("「音が出ない」 says defect", "「音が出ない」（不具合）"),
        ("“it broke; at once” says defect; “late” says delivery", "“it broke; at once”（不具合）、“late”（配送）"),
        ("danger or injury (0.97): 「煙」 says safety", "危険やけが（0.97）: 「煙」（安全）"),
        ("it reads as complaint (0.90) and question (0.80)", "読み取った意図: 苦情 (0.90)と質問 (0.80)"),
        ("2 stars", "星 2"),
        ("1 star", "星 1"),
        ("NPS 1 on a scale of 0 to 10, in the lowest quarter", "NPS 1（0～10）"),
        ("the same person wrote 2 times before", "同じお客様がこれまでに2回投稿しています"),
        ("The app team answers faults of the app", "The app team answers faults of the app"),
    ],
)
def test_reasons_in_japanese(reason: str, told: str) -> None:
    assert in_words(reason, JA) == told
