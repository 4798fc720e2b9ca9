from __future__ import annotations

import pytest

from nlp.discovery.statements import statements


def best(text, lang, phrases=()):
    found = [one for one in statements(text, lang, phrases) if one.reads >= 0.5]
    return max(found, key=lambda one: one.reads).text if found else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("充電中に音が出ないのですが、", "充電中に音が出ない"),
        ("しかも、ボウルがカチッとはまらず", "ボウルがカチッとはまらず"),
        ("もう電池が続かないんですよね…", "電池が続かない"),
        ("届いた箱のサイズが注文とちがいます。", "届いた箱のサイズが注文とちがいます"),
    ],
)
def test_a_japanese_statement_loses_what_leans_on_its_surroundings(text, name):
    assert best(text, "ja") == name


@pytest.mark.parametrize(
    "scrap",
    [
        "うしろの穴から",
        "のお知らせが",
        "線を抜く",
        "線を抜きゃあ鳴る",
        "充電すると",
        "アダプターにつないだ状態",
        "「繋がってるよ",
    ],
)
def test_a_japanese_scrap_is_no_name(scrap):
    assert best(scrap, "ja") is None


def test_a_phrase_that_begins_within_a_word_takes_all_of_it():
    text = "モーターを連結する樹脂部分にヒビが入りました"
    found = {one.text for one in statements(text, "ja", ["ターを連結する樹脂部分にヒビが入りました"])}
    assert found == {text}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("But the bowl won't stay put, and I gave up.", "bowl won't stay put"),
        ("Honestly, my app can't find the vacuum any", "app can't find the vacuum"),
        ("the connection falls over about every five minutes", "connection falls over about every five minutes"),
    ],
)
def test_an_english_statement_loses_what_leans_on_its_surroundings(text, name):
    assert best(text, "en") == name


@pytest.mark.parametrize(
    "scrap",
    ["back it comes", "in the middle of the night", "after five or six washes", "should arrive at noon", "packing"],
)
def test_an_english_scrap_is_no_name(scrap):
    assert best(scrap, "en") is None
