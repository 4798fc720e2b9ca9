"""Marked texts: nothing is lost, and every phrase is covered by its pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desk.marking import marked
from koe.analysis import TriggerPhrase
from koe.taxonomy import Polarity


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[TriggerPhrase]]:
    text = draw(st.text(max_size=20))
    spans = draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    return text, [
        TriggerPhrase("text", start, end, text[start:end], f"type{number}", Polarity.NEGATIVE, 0.9)
        for number, (start, end) in enumerate(map(sorted, spans))
        if start < end
    ]


@given(marked_texts())
def test_pieces_give_the_text_and_the_phrases_again(case: tuple[str, list[TriggerPhrase]]) -> None:
    text, phrases = case
    pieces = marked(text, "text", phrases)
    assert "".join(piece.text for piece in pieces) == text
    for phrase in phrases:
        assert "".join(piece.text for piece in pieces if phrase in piece.phrases) == phrase.text
        assert sum(phrase in piece.ends for piece in pieces) == 1


def test_phrases_of_the_other_field_are_left_out() -> None:
    phrase = TriggerPhrase("title", 0, 1, "a", "defect", Polarity.NEGATIVE, 0.9)
    assert [piece.phrases for piece in marked("abc", "text", [phrase])] == [()]
