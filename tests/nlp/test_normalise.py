from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import normalise

ODD_CHARACTERS = "ﾊﾞﾟｶﾞ㌔㍿①が\u3099\u309a👨\u200d👩\ufe0f\u0301\u1161각\x00\ud83d"
ODD = st.text(st.characters() | st.sampled_from(ODD_CHARACTERS), max_size=60)


def test_half_width_kana_find_their_way_back() -> None:
    stored = "この ﾊﾞｯﾃﾘｰは ﾀﾞﾒ"
    read = normalise(stored)
    assert read.text == "この バッテリーは ダメ"
    at = read.text.index("バッテリー")
    start, end = read.original_span(at, at + 5)
    assert stored[start:end] == "ﾊﾞｯﾃﾘｰ"


def test_a_ligature_counts_as_a_whole() -> None:
    stored = "３㌔で㍿へ"
    read = normalise(stored)
    assert read.text == "3キロで株式会社へ"
    assert read.original_span(2, 3) == (1, 2)
    assert read.normalised_span(1, 2) == (1, 3)


@given(ODD)
def test_only_unreadable_characters_differ_from_nfkc(text: str) -> None:
    kinds = {char: unicodedata.category(char) for char in text if char not in "\n\r\t"}
    readable = "".join({"Cs": "\ufffd", "Cc": " "}.get(kinds.get(char, ""), char) for char in text)
    assert normalise(text).text == unicodedata.normalize("NFKC", readable)


@given(ODD, st.data())
def test_spans_map_into_the_stored_text_and_cover_each_other(text: str, data: st.DataObject) -> None:
    read = normalise(text)
    start = data.draw(st.integers(0, len(read.text)))
    end = data.draw(st.integers(start, len(read.text)))
    first, last = read.original_span(start, end)
    assert 0 <= first <= last <= len(text)
    assert (first < last) == (start < end)
    if start < end:
        back = read.normalised_span(first, last)
        assert back[0] <= start
        assert back[1] >= end


@pytest.mark.parametrize("text", ["", "plain words", "音が出ない。"])
def test_plain_text_stays_where_it_is(text: str) -> None:
    read = normalise(text)
    assert read.text == text
    assert read.original_span(0, len(text)) == (0, len(text))
