"""The guard: sentences that must be stopped and sentences that must pass, and where a finding stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.drafts.guard import StoppedError, check
from desk.drafts.outlets import Outlet

CASE = "CASE-000017"


def _table(lang: str) -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / f"guard_{lang}.tsv").read_text("utf-8").splitlines()
    return [(rule, sentence) for rule, _, sentence in (line.partition("\t") for line in lines)]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_table_has_enough_of_both_and_of_every_rule(lang: str) -> None:
    rules = [rule for rule, _ in _table(lang)]
    assert rules.count("pass") >= 100
    assert len(rules) - rules.count("pass") >= 100
    assert set(rules) == {
        *("promise_refund", "promise_compensation", "promise_voucher", "promise_exchange", "promise_repair"),
        *("promise_date", "never_again", "liability", "personal_data", "review", "pass"),
    }


@pytest.mark.parametrize(("rule", "sentence"), [*_table("en"), *_table("ja")])
def test_sentences_are_stopped_or_pass(rule: str, sentence: str) -> None:
    found = check(sentence, own=[CASE])
    if rule == "pass":
        assert found == []
    else:
        assert rule in {one.rule for one in found}
    for one in found:
        assert sentence[one.start : one.end] == one.text
        assert one.why("ja")
        assert one.why("en")


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("refund", "We will refund you in full."),
        ("refund", "全額返金いたします。"),
        ("exchange", "We will send you a replacement."),
        ("exchange", "新品と交換いたします。"),
        ("repair", "We will repair it at no charge."),
        ("repair", "無償で修理いたします。"),
        ("voucher", "Please accept a 20 euro voucher."),
        ("voucher", "お詫びにクーポンをお送りします。"),
        ("date", "It will arrive by Friday."),
        ("date", "3営業日以内にご連絡いたします。"),
    ],
)
def test_what_the_settings_allow_may_be_promised(action: str, sentence: str) -> None:
    assert check(sentence) != []
    assert check(sentence, actions=[action]) == []
    other = "refund" if action != "refund" else "repair"
    assert check(sentence, actions=[other]) != []


@pytest.mark.parametrize(
    "sentence", ["This was our fault.", "弊社の責任です。", "This will never happen again.", "You will be compensated."]
)
def test_no_setting_allows_the_rest(sentence: str) -> None:
    assert check(sentence, actions=["refund", "exchange", "repair", "voucher", "date"]) != []


def test_a_finding_stands_where_the_text_has_it() -> None:
    text = "佐藤様\n\nこの度はﾎﾝﾄｳに失礼いたしました。全額を\n返金いたします。よろしくお願いいたします。"
    (found,) = [one for one in check(text) if one.rule == "promise_refund"]
    assert text[found.start : found.end] == found.text == "返金いたします"
    assert check("Sorry.\nＷｅ ｗｉｌｌ ｒｅｆｕｎｄ you.")[0].text == "Ｗｅ ｗｉｌｌ ｒｅｆｕｎｄ"


def test_a_promise_over_a_line_break_is_found() -> None:
    assert check("We will gladly\nrefund you.")[0].rule == "promise_refund"
    assert check("お支払いいただいた代金は全額\nお返しいたします。")[0].rule == "promise_refund"


def test_mails_quoted_with_an_arrow_were_written_by_the_customer() -> None:
    assert (
        check("> You will refund me, or it was your fault and we will refund you is what I want\nWe look at it.") == []
    )
    assert check("Hello\nWe will refund you\n> thanks")[0].text == "We will refund"


def test_numbers_of_the_company_are_no_personal_data_of_anybody() -> None:
    text = "お問い合わせ: 0120-123-456 / CASE-000017"
    assert {one.rule for one in check(text)} == {"personal_data"}
    assert check(text, own=["お問い合わせ: 0120-123-456", CASE]) == []
    assert [one.text for one in check("03-1234-5678 / 0120-123-456", own=["0120-123-456"])] == ["03-1234-5678"]


def test_too_long_is_a_finding_over_what_is_too_much() -> None:
    text = "a" * 340 + "絵" * 20
    (found,) = check(text, outlet=Outlet.GOOGLE_PLAY)
    assert (found.rule, found.start, found.end) == ("length", 350, 360)
    assert check(text, outlet=Outlet.APP_STORE) == []


def test_a_refusal_says_where_and_why() -> None:
    error = StoppedError(check("We will refund you."))
    assert "“We will refund”" in str(error)
    assert "which the settings (drafts: actions:) do not allow" in str(error)


def test_nothing_is_found_in_nothing() -> None:
    assert check("") == []
    assert check(" \n\n ") == []
