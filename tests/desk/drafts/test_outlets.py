"""How long a reply is where it will stand."""

from __future__ import annotations

import pytest

from desk.drafts.outlets import Outlet, utf16_length, weighted_length


def test_stores_count_utf16_code_units() -> None:
    assert utf16_length("abc") == 3
    assert utf16_length("返金") == 2
    assert utf16_length("👍𠮷") == 4
    assert Outlet.GOOGLE_PLAY.fits("あ" * 350)
    assert not Outlet.GOOGLE_PLAY.fits("あ" * 349 + "👍")
    assert Outlet.APP_STORE.fits("あ" * 5970)
    assert not Outlet.APP_STORE.fits("あ" * 5971)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("Hello", 5),
        ("café", 4),
        ("cafe\u0301", 4),  # the accent composes with its letter
        ("音が出ない", 10),
        ("“quoted” – …", 13),  # curly quotes weigh one, the ellipsis two
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇯🇵", 2),
        ("https://example.com/a/very/long/path/that/goes/on", 23),
        ("see https://example.com, please", 4 + 23 + 8),
        ("http://a.jp", 23),
        ("example.com", 23),
        ("担当 https://example.com/あ", 4 + 1 + 23 + 2),
    ],
)
def test_posts_on_x_are_weighed(text: str, weight: int) -> None:
    assert weighted_length(text) == weight


def test_the_limit_of_x_is_140_kanji_or_280_letters() -> None:
    assert Outlet.X.fits("a" * 280)
    assert not Outlet.X.fits("a" * 281)
    assert Outlet.X.fits("字" * 140)
    assert not Outlet.X.fits("字" * 141)


def test_where_a_text_becomes_too_long() -> None:
    assert Outlet.X.over("字" * 140) is None
    assert Outlet.X.over("字" * 150) == 140
    assert Outlet.ANY.limit is None
    assert Outlet.ANY.over("字" * 10_000) is None
