from __future__ import annotations

import pytest

from koe.errors import ModelError
from koe.taxonomy import Polarity, Sentiment
from nlp.other_models.labels import Meaning, labels_of, moods, tags

NEGATIVE, NEUTRAL, POSITIVE, MIXED = Sentiment


@pytest.mark.parametrize(
    ("labels", "meant"),
    [
        (["NEGATIVE", "Neutral", "positive"], [NEGATIVE, NEUTRAL, POSITIVE]),
        (["pos", "neg", "mixed"], [POSITIVE, NEGATIVE, MIXED]),
        (["1 star", "2 stars", "3 stars", "4_STARS", "5 stars"], [NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]),
        (["ネガティブ", "ポジティブ"], [NEGATIVE, POSITIVE]),
    ],
)
def test_labels_mean_what_they_say(labels: list[str], meant: list[Sentiment]) -> None:
    assert moods("m", labels, {}) == meant


def test_given_labels_win_and_the_rest_is_neutral() -> None:
    labels = ["LABEL_0", "LABEL_1", "LABEL_2"]
    assert moods("m", labels, {"LABEL_0": NEGATIVE, "LABEL_2": POSITIVE}) == [NEGATIVE, NEUTRAL, POSITIVE]


def test_labels_without_names_are_numbered() -> None:
    assert labels_of({}) == ["LABEL_0", "LABEL_1"]
    assert labels_of({"id2label": {"10": "c", "0": "a", "2": "b"}}) == ["a", "b", "c"]


def test_wrong_or_silent_labels_are_told_with_the_real_ones() -> None:
    with pytest.raises(ModelError, match=r"no label 'LABEL_7'.*its labels are LABEL_0, LABEL_1"):
        moods("m", ["LABEL_0", "LABEL_1"], {"LABEL_7": NEGATIVE})
    with pytest.raises(ModelError, match=r"it has LABEL_0, LABEL_1.*such as \{LABEL_0: negative, LABEL_1: positive\}"):
        moods("m", ["LABEL_0", "LABEL_1"], {})
    with pytest.raises(ModelError, match=r"no label 'B-X'.*its labels are O, X"):
        tags("m", ["O", "B-X", "I-X"], {"B-X": "defect"})
    with pytest.raises(ModelError, match=r"it has O, PER, ORG.*\{PER: defect\}"):
        tags("m", ["O", "B-PER", "I-ORG"], {})


def test_tags_of_every_scheme_are_parted() -> None:
    labels = ["O", "B-defect", "I-defect", "E-defect", "S_PRAISE", "L-X", "Fit Size"]
    found = tags("m", labels, {"X": "price_value:neutral"})
    assert [(one.name, one.place) for one in found] == [
        ("O", "inside"),
        ("defect", "begin"),
        ("defect", "inside"),
        ("defect", "end"),
        ("PRAISE", "single"),
        ("X", "end"),
        ("Fit Size", "inside"),
    ]
    assert found[0].meaning is None
    assert found[1].meaning == Meaning("defect", Polarity.NEGATIVE)
    assert found[4].meaning == Meaning("praise", Polarity.POSITIVE)
    assert found[5].meaning == Meaning("price_value", Polarity.NEUTRAL)
    assert found[6].meaning == Meaning("fit_size", Polarity.NEGATIVE)
