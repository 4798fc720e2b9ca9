"""Who asks for no answer, and who only speaks of answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from desk.contact import asks_for_no_answer


@pytest.mark.parametrize(
    "text",
    [
        "音が出ません。返信は不要です。",
        "改善してください。返事はいりません。",
        "ご連絡は結構です。",
        "電話はしないでください。",
        "回答は必要ありません",
        "ﾍﾝｼﾝはともかく、連絡不要。",
        "It broke. No reply needed.",
        "No need to answer, just fix it.",
        "Please don’t contact me again.",
        "STOP EMAILING ME",
        "no response necessary",
    ],
)
def test_asks_for_no_answer(text: str, feedback: Callable[..., Any]) -> None:
    assert asks_for_no_answer(feedback(text))
    assert asks_for_no_answer(feedback("音が出ない", title=text))


@pytest.mark.parametrize(
    "text",
    [
        "返信がありません。",
        "何度も連絡したのに返事がない。",
        "早急に連絡をお願いします。",
        "充電は不要でした。",
        "I got no reply from your support.",
        "Nobody answered my question.",
        "Please contact me.",
        "There is no need to charge it.",
        "",
    ],
)
def test_only_speaks_of_answers(text: str, feedback: Callable[..., Any]) -> None:
    assert not asks_for_no_answer(feedback(text, title="返信"))
