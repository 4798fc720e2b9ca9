"""Whom a reply addresses by name, and whom not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desk.drafts.names import name_of


@pytest.mark.parametrize(
    ("author", "ja", "en"),
    [
        ("Sarah Miller", "Sarah Miller", "Sarah"),
        ("J. Smith", "J. Smith", "J. Smith"),
        ("Mary-Jane O'Neil", "Mary-Jane O'Neil", "Mary-Jane"),
        ("佐藤 花子", "佐藤", ""),
        ("佐藤　花子", "佐藤", ""),
        ("mosslane73", "", ""),
        ("amberno_ie606", "", ""),
        ("Sarah", "", ""),
        ("S***h Miller", "", ""),
        ("佐** 花子", "", ""),
        ("佐█ 花█", "", ""),
        ("●● ●●", "", ""),
        ("匿名希望", "", ""),
        ("掃除大好き", "", ""),
        ("Amazon Customer", "", ""),
        ("A Google User", "", ""),
        ("Happy Customer", "", ""),
        ("Anonymous", "", ""),
        ("@taro_yamada", "", ""),
        ("sarah miller", "", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_an_author_is_a_name_only_when_it_cannot_be_mistaken(
    feedback: Callable[..., Any], author: str | None, ja: str, en: str
) -> None:
    said = feedback("x", author=author)
    assert (name_of(said, "ja"), name_of(said, "en")) == (ja, en)


def test_an_attribute_that_koe_yaml_names_is_a_name(feedback: Callable[..., Any]) -> None:
    said = feedback("x", author="mosslane73", attributes={"氏名": "山田太郎", "nick": "Moss"})
    assert name_of(said, "ja", ["customer_name", "氏名"]) == "山田太郎"
    assert name_of(said, "ja", ["customer_name"]) == ""
    assert name_of(feedback("x", attributes={"氏名": "山田 太郎"}), "ja", ["氏名"]) == "山田"
    assert name_of(feedback("x", attributes={"氏名": "山** 太郎"}), "ja", ["氏名"]) == ""
    assert name_of(feedback("x", attributes={"氏名": "C123456"}), "ja", ["氏名"]) == ""
