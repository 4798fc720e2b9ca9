from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.segments import split


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ja", "音はいい。でも充電が遅い！", ["音はいい。", "でも充電が遅い！"]),
        ("ja", "音は良いですが、充電がすぐ切れます", ["音は良いですが、", "充電がすぐ切れます"]),
        ("ja", "届いた😭壊れてた", ["届いた😭", "壊れてた"]),
        ("ja", "10〜15分で切れる", ["10〜15分で切れる"]),
        ("ja", "最高です〜毎日使う", ["最高です〜", "毎日使う"]),
        ("ja", "すご〜い音", ["すご〜い音"]),
        ("ja", "箱がｸﾞﾁｬｸﾞﾁｬ｡ 中身は無事｡", ["箱がｸﾞﾁｬｸﾞﾁｬ｡", "中身は無事｡"]),
        ("ja", "うーん…微妙", ["うーん…", "微妙"]),
        ("en", "Great sound. It died after 3.5 days!", ["Great sound.", "It died after 3.5 days!"]),
        ("en", "Great sound but the battery is weak", ["Great sound", "but the battery is weak"]),
        ("en", "It was nothing but trouble from day one", ["It was nothing but trouble from day one"]),
        ("en", "line one\n\nline two", ["line one", "line two"]),
        ("en", "😡😡", ["😡😡"]),
        ("en", "  ", []),
        ("en", "", []),
    ],
)
def test_one_statement_each(lang: str, text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split(text, lang)] == expected


@given(st.text(max_size=200), st.sampled_from(["ja", "en", "und"]))
def test_spans_are_ordered_apart_and_trimmed(text: str, lang: str) -> None:
    last = 0
    for start, end in split(text, lang):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end


@given(
    st.lists(st.sampled_from(["音がいい", "。", "！", "\n", "😀", "but it broke", " ", "…", "ですが、"]), max_size=30)
)
def test_no_word_is_lost(parts: list[str]) -> None:
    text = "".join(parts)
    kept = "".join(text[start:end] for start, end in split(text, "ja"))
    assert [char for char in kept if char.isalnum()] == [char for char in text if char.isalnum()]
