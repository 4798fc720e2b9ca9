"""The model that koe ships, on sentences nobody can read in two ways."""

from __future__ import annotations

import re

import numpy as np
import pytest

from koe.analysis import Analysis, Document
from koe.taxonomy import Intent, Sentiment
from nlp.analyser import DEFAULT_MODEL, Analyser, load_analyser

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return load_analyser()


def read(analyser: Analyser, *texts: str) -> list[Analysis]:
    found = dict(analyser.analyse([Document(text) for text in texts]))
    return [found[index] for index in range(len(texts))]


def test_it_ships_with_its_card_and_small_files() -> None:
    assert max(path.stat().st_size for path in DEFAULT_MODEL.iterdir()) < 100_000_000
    card = (DEFAULT_MODEL / "README.md").read_text(encoding="utf-8")
    for word in ("CC BY 4.0", "MIT", "Limits", "written by a language model"):
        assert word in card


def test_it_names_itself(analyser: Analyser) -> None:
    assert re.fullmatch(r"koe-small-0\.4\.0\+[0-9a-f]{8}", analyser.version)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("すぐ壊れました。最悪です。", Sentiment.NEGATIVE),
        ("とても使いやすくて大満足です！", Sentiment.POSITIVE),
        ("It stopped working after two days. Terrible.", Sentiment.NEGATIVE),
        ("I love it, works perfectly!", Sentiment.POSITIVE),
        ("サイズはMです。色は黒を買いました。", Sentiment.NEUTRAL),
        ("Does it work with 100 volts?", Sentiment.NEUTRAL),
    ],
)
def test_clear_moods(analyser: Analyser, text: str, mood: Sentiment) -> None:
    (analysis,) = read(analyser, text)
    assert analysis.sentiment.label is mood


@pytest.mark.parametrize(
    "text",
    [
        "星5です。ただ、充電中に発煙したことがあります。",
        "使い始めて3日で焦げ臭いにおいがしました。",
        "プラグから火花が出て怖かった",
        "触ったら感電しました",
        "刃で指を切って怪我をした",
        "There was a burning smell and then smoke came out of the base.",
        "My son got an electric shock from it.",
        "The battery is swollen and hot.",
    ],
)
def test_danger_is_never_missed(analyser: Analyser, text: str) -> None:
    (analysis,) = read(analyser, text)
    assert analysis.safety
    assert analysis.safety_score >= 0.25


@pytest.mark.parametrize(
    "text",
    ["このスピーカー、爆発的に売れてるらしいね", "This speaker is fire!", "Battery died after a year.", "普通です。"],
)
def test_sayings_are_no_danger(analyser: Analyser, text: str) -> None:
    (analysis,) = read(analyser, text)
    assert not analysis.safety


def test_intents(analyser: Analyser) -> None:
    refund, question, churn = read(
        analyser,
        "届いたら壊れていました。返金してください。",
        "充電しながら使えますか？",
        "Never buying from this brand again.",
    )
    assert {Intent.REFUND_DEMAND, Intent.COMPLAINT} <= set(refund.intents)
    assert Intent.QUESTION in question.intents
    assert Intent.CHURN_THREAT in churn.intents


def test_complaints_are_found_in_segments(analyser: Analyser) -> None:
    (analysis,) = read(analyser, "音はとても良いです。でも充電中に音が出なくなります。")
    good, bad = analysis.segments
    assert bad.complaint > 0.5 > good.complaint


def test_embeddings_tell_what_is_meant(analyser: Analyser) -> None:
    texts = ["充電中に音が出ない", "充電しながらだと音が鳴らない", "箱がつぶれて届いた", "外箱がへこんでいた"]
    vectors = np.stack([analysis.embedding for analysis in read(analyser, *texts)])
    cosines = vectors @ vectors.T
    assert min(cosines[0, 1], cosines[2, 3]) > max(cosines[0, 2], cosines[0, 3], cosines[1, 2], cosines[1, 3]) + 0.1
