"""Phrases out of tags: lenient about what is missing, strict about where phrases stand."""

from __future__ import annotations

import numpy as np
import pytest
from tokenizers import Tokenizer

from koe.analysis import Document
from nlp.analyser import DEFAULT_MODEL
from nlp.encoding import encode
from nlp.other_models.labels import tags
from nlp.other_models.pieces import Pieces
from nlp.other_models.triggers import phrases

LABELS = ["O", "B-defect", "I-defect", "E-defect", "S-defect", "I-praise"]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(DEFAULT_MODEL / "tokenizer.json"))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Bd Id O", ["aa bb"]),
        ("Id Id O", ["aa bb"]),  # begins without its B-
        ("Bd Bd O", ["aa", "bb"]),
        ("Bd Ed Id", ["aa bb", "cc"]),  # an end is an end
        ("Sd Sd Sd", ["aa", "bb", "cc"]),
        ("Id Ip Ip", ["aa", "bb cc"]),
        ("O O O", []),
    ],
)
def test_tags_become_phrases(tokenizer: Tokenizer, said: str, found: list[str]) -> None:
    (document,) = encode(tokenizer, [Document("aa bb cc")])
    text = Pieces([], [1, 2, 3], [0, 3, 6], [2, 5, 8])
    known = {"O": 0, "Bd": 1, "Id": 2, "Ed": 3, "Sd": 4, "Ip": 5}
    rows = np.eye(6, dtype=np.float32)[[known[word] for word in said.split()]]
    assert [one.text for one in phrases(document, text, rows, tags("m", LABELS, {}))] == found


def test_the_first_piece_decides_for_a_latin_word_and_fields_part_phrases(tokenizer: Tokenizer) -> None:
    (document,) = encode(tokenizer, [Document("defective、壊れた", "bad")])
    text = Pieces([], [1, 2, 3, 4, 5], [0, 4, 10, 14, 16], [3, 10, 13, 15, 17])
    rows = np.eye(6, dtype=np.float32)[[2, 2, 5, 0, 2]]
    found = phrases(document, text, rows, tags("m", LABELS, {}))
    assert [(one.field, one.text) for one in found] == [("title", "bad"), ("text", "defective"), ("text", "た")]
