from __future__ import annotations

import pytest

from nlp.language import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("音が出ない", "ja"),
        ("ｵﾄｶﾞﾃﾞﾅｲ", "ja"),
        ("AirPods Pro 2nd gen のノイキャン最高", "ja"),
        ("最悪", "ja"),
        ("The koe (声) app is fine", "en"),
        ("meh", "en"),
        ("Stopped working after two days", "en"),
        ("C'est très bien mais pas pour moi", "und"),
        ("Очень плохо", "und"),
        ("👍👍", "und"),
        ("12345", "und"),
        ("", "und"),
    ],
)
def test_the_letters_tell_the_language(text: str, expected: str) -> None:
    assert detect(text) == expected
