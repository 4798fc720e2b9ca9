from __future__ import annotations

import pytest

from koe.analysis import Document
from koe.settings import TaxonomySettings
from koe.taxonomy import Intent
from nlp.analyser import DEFAULT_MODEL
from nlp.encoding import encode
from nlp.model import Calibration
from nlp.patterns import Patterns, Signals, known_types


@pytest.fixture(scope="module")
def weigh():
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(DEFAULT_MODEL / "tokenizer.json"))
    patterns = Patterns(TaxonomySettings())

    def weigh(text: str, safety: float = 0.1) -> Signals:
        (encoded,) = encode(tokenizer, [Document(text)])
        return patterns.weigh(encoded, [], dict.fromkeys(Intent, 0.1), safety, Calibration())

    return weigh


@pytest.mark.parametrize(
    "text",
    [
        "使用中に発煙しました",
        "コンセントから火花が出た",
        "充電器が焦げ臭い",
        "触ったら感電した",
        "蓋で指を切って怪我をしました",
        "バッテリーが膨らんできた",
        "お湯で火傷しました",
        "There was a burning smell after ten minutes",
        "Sparks flew from the socket",
        "I got an electric shock from the handle",
        "It burned my hand",
        "The battery is swollen",
        "Smoke came out of the base",
    ],
)
def test_danger_words_speak_for_danger(weigh, text: str) -> None:
    signals = weigh(text)
    assert signals.safety > 0.5
    assert any(trigger.type == "safety" for trigger in signals.triggers)


@pytest.mark.parametrize(
    "text",
    [
        "爆発的に売れてるらしい",
        "火を噴くレベルで鳴る",
        "発煙はしませんでした",
        "怪我はありませんでした",
        "やけど防止カバー付き",
        "This speaker is fire",
        "No burning smell, no smoke coming out, all good",
        "Shockingly good",
        "battery died after a week",
        "a cutting edge design",
        "It never caught fire",
        "It tracks my blood pressure",
    ],
)
def test_sayings_and_denials_do_not(weigh, text: str) -> None:
    assert weigh(text).safety < 0.11


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("全額返金してください", Intent.REFUND_DEMAND),
        ("I want a full refund", Intent.REFUND_DEMAND),
        ("もう二度と買わない", Intent.CHURN_THREAT),
        ("I will never buy from you again", Intent.CHURN_THREAT),
        ("消費者センターに相談します", Intent.LEGAL_THREAT),
        ("You will hear from my lawyer", Intent.LEGAL_THREAT),
        ("副業で簡単に稼げる LINE追加して", Intent.SPAM),
    ],
)
def test_words_speak_for_intents(weigh, text: str, intent: Intent) -> None:
    signals = weigh(text)
    assert max(signals.intents, key=lambda one: signals.intents[one]) is intent


def test_a_japanese_phrase_keeps_its_ending(weigh) -> None:
    signals = weigh("充電中に煙が出ました。")
    assert [trigger.text for trigger in signals.triggers] == ["煙が出ました"]


def test_known_types_follow_the_settings() -> None:
    taxonomy = TaxonomySettings.model_validate(
        {"rename": {"delivery": "shipping"}, "off": ["availability"], "add": [{"type": "odour", "words": ["臭い"]}]}
    )
    types = known_types(taxonomy)
    assert "shipping" in types
    assert "odour" in types
    assert not {"delivery", "availability"} & set(types)
