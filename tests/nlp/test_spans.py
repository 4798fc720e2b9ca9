from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from koe.analysis import Document
from koe.taxonomy import TRIGGER_TYPES, Polarity
from nlp.analyser import DEFAULT_MODEL
from nlp.encoding import Encoded, encode
from nlp.model import PLACES, Calibration
from nlp.reading import Reading
from nlp.spans import best_phrases, decode, trim

TYPE = {name: index for index, name in enumerate(TRIGGER_TYPES)}


@pytest.fixture(scope="module")
def pieces():
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(DEFAULT_MODEL / "tokenizer.json"))
    return lambda text, title="": encode(tokenizer, [Document(text, title)])[0]


def reading(encoded: Encoded, *marks: tuple[str, str]) -> Reading:
    """A reading whose tagging head is sure of the given phrases and types, and of nothing else."""
    count = len(encoded.ids)
    places = np.tile(np.array([0.96, 0.01, 0.01, 0.01, 0.01], np.float32), (count, 1))
    types = np.full((count, len(TRIGGER_TYPES)), 0.001, np.float32)
    for phrase, kind in marks:
        start = encoded.joined.index(phrase)
        first, last = encoded.pieces(start, start + len(phrase))
        for piece in range(first, last):
            name = "single" if last - first == 1 else "begin" if piece == first else "inside"
            places[piece] = 0.01
            places[piece, PLACES.index("end" if name == "inside" and piece == last - 1 else name)] = 0.96
        types[first:last, TYPE[kind]] = 0.9
    types /= types.sum(1, keepdims=True)
    polarity = np.tile(np.array([0.2, 0.3, 0.5], np.float32), (count, 1))
    none = np.zeros(0, np.float32)
    return Reading(none, none, 0.0, places, types, polarity, none, none, none)


def test_phrases_come_out_as_they_stand(pieces) -> None:
    encoded = pieces("音は良い。でも、ﾊﾞｯﾃﾘｰが膨らんだ！")
    found = decode(
        encoded,
        reading(encoded, ("音は良い", "praise"), ("バッテリーが膨らんだ", "safety")),
        TRIGGER_TYPES,
        Calibration(),
    )
    assert [(one.text, one.type, one.polarity) for one in found] == [
        ("音は良い", "praise", Polarity.POSITIVE),
        ("ﾊﾞｯﾃﾘｰが膨らんだ", "safety", Polarity.NEGATIVE),
    ]


def test_two_types_may_share_a_phrase(pieces) -> None:
    encoded = pieces("The plug melted yesterday")
    found = decode(
        encoded, reading(encoded, ("plug melted", "safety"), ("plug melted", "defect")), TRIGGER_TYPES, Calibration()
    )
    assert {(one.text, one.type) for one in found} == {("plug melted", "safety"), ("plug melted", "defect")}


def test_phrases_that_touch_are_two(pieces) -> None:
    encoded = pieces("very slow too heavy")
    found = decode(
        encoded,
        reading(encoded, ("very slow", "performance"), ("too heavy", "performance")),
        TRIGGER_TYPES,
        Calibration(),
    )
    assert [one.text for one in found] == ["very slow", "too heavy"]


def test_no_phrase_runs_from_the_title_into_the_text(pieces) -> None:
    encoded = pieces("broke at once", "it")
    found = decode(encoded, reading(encoded, ("it\nbroke at once", "defect")), TRIGGER_TYPES, Calibration())
    assert [(one.field, one.text) for one in found] == [("text", "broke at once")]


def test_punctuation_alone_is_no_phrase(pieces) -> None:
    encoded = pieces("ok !!!")
    assert decode(encoded, reading(encoded, ("!!!", "praise")), TRIGGER_TYPES, Calibration()) == []


def likely(*names: str) -> np.ndarray:
    """Places of which the named ones are the likeliest, one after the other."""
    rows = np.full((len(names), len(PLACES)), 0.1, np.float32)
    for row, name in enumerate(names):
        rows[row, PLACES.index(name)] = 0.6
    return rows


def test_every_phrase_begins_and_ends() -> None:
    assert best_phrases(likely("outside", "begin", "inside", "end", "single"), 0.0) == [(1, 4), (4, 5)]
    # What cannot be is mended by what is likeliest as a whole.
    assert best_phrases(likely("inside", "inside", "end"), 0.0) == [(0, 3)]
    for start, end in best_phrases(likely("end", "begin", "begin", "inside", "outside", "end"), 0.0):
        assert 0 <= start < end <= 6
    assert best_phrases(np.zeros((0, 5), np.float32), 0.0) == []


def test_a_prior_for_outside_makes_phrases_rarer() -> None:
    unsure = likely("outside", "begin", "end")
    assert best_phrases(unsure, 0.0) == [(1, 3)]
    assert best_phrases(unsure, 3.0) == []


@settings(max_examples=200, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 12), st.just(5)), elements=st.floats(0.0009765625, 1, width=32)))
def test_phrases_never_overlap(places: np.ndarray) -> None:
    borders = [border for phrase in best_phrases(places, 0.0) for border in phrase]
    assert borders == sorted(borders)
    assert all(start < end for start, end in best_phrases(places, 0.0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("、壊れた。", "壊れた"),
        ("「使い方の問題」と言われた！", "「使い方の問題」と言われた"),
        ("（すぐ壊れた", "すぐ壊れた"),
        ("went off (loudly).", "went off (loudly)"),
        ("lost 50%!", "lost 50%"),
        ("!?", ""),
    ],
)
def test_edges_are_trimmed(text: str, expected: str) -> None:
    start, end = trim(text, 0, len(text))
    assert text[start:end] == expected
