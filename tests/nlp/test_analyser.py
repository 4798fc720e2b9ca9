from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koe.analysis import Analysis, Document
from koe.errors import ModelError
from koe.settings import ModelSettings, TaxonomySettings
from koe.taxonomy import Intent, Sentiment
from nlp.analyser import Analyser, load_analyser, model_folder, model_version, results_hash, weights_hash

ODD_PARTS = [
    "ﾊﾞｯﾃﾘｰがｽｸﾞ切れる",
    "が\u3099\u309a",
    "e\u0301\u0302",
    "👨\u200d👩\u200d👧",
    "❤\ufe0f",
    "㌔㍿①",
    "\x00\x07",
    "\ud83d",
    "\u202e",
    "smoke came out",
    "返金してください。",
    "The wrong size arrived! ",
    "\n\n",
    "   ",
    "(´;ω;｀)",
    "각\u1161",
    "한국어",
    "。。。",
]
ODD = st.lists(st.sampled_from(ODD_PARTS) | st.text(max_size=8), max_size=12).map("".join)

TEXTS = [
    "音が出ない",
    "Great sound, but the battery died after two days. I want my money back!",
    "サイズが合わず返品しました。対応は丁寧でした。",
    "ok",
    "It works. " * 60,
]


def read(analyser: Analyser, *documents: Document) -> list[Analysis]:
    found = dict(analyser.analyse(documents))
    return [found[index] for index in range(len(documents))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=ODD, text=ODD)
def test_every_span_equals_its_stretch_of_the_stored_field(tiny: Analyser, title: str, text: str) -> None:
    (analysis,) = read(tiny, Document(text=text, title=title))
    stored = {"title": title, "text": text}
    for trigger in analysis.triggers:
        assert trigger.text == stored[trigger.field][trigger.start : trigger.end]
        assert trigger.text == trigger.text.strip() != ""
        assert 0 < trigger.score <= 1
    ends = {"title": 0, "text": 0}
    for segment in analysis.segments:
        assert ends[segment.field] <= segment.start < segment.end <= len(stored[segment.field])
        ends[segment.field] = segment.end
        assert 0 <= segment.complaint <= 1
        assert np.linalg.norm(segment.embedding) == pytest.approx(1, abs=1e-3)
    assert sum(analysis.sentiment.probs.values()) == pytest.approx(1, abs=1e-4)
    assert analysis.sentiment.label == max(analysis.sentiment.probs, key=lambda mood: analysis.sentiment.probs[mood])
    assert analysis.intents


def test_the_tiny_model_does_find_phrases(tiny: Analyser) -> None:
    assert any(analysis.triggers for analysis in read(tiny, *(Document(text) for text in TEXTS)))


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_said_is_neutral(tiny: Analyser, text: str) -> None:
    (analysis,) = read(tiny, Document(text))
    assert analysis.sentiment.label is Sentiment.NEUTRAL
    assert analysis.segments == analysis.triggers == ()
    assert list(analysis.intents) == [Intent.OTHER]
    assert not analysis.safety
    assert analysis.embedding.shape == (32,)


def test_the_company_does_not_change_a_reading(tiny: Analyser) -> None:
    together = read(tiny, *(Document(text) for text in TEXTS))
    for text, beside in zip(TEXTS, together, strict=True):
        (alone,) = read(tiny, Document(text))
        assert [(t.start, t.end, t.type) for t in alone.triggers] == [(t.start, t.end, t.type) for t in beside.triggers]
        np.testing.assert_allclose(alone.embedding, beside.embedding, atol=1e-5)
        assert alone.sentiment.score == pytest.approx(beside.sentiment.score, abs=1e-5)


def test_equal_documents_share_one_reading(tiny: Analyser) -> None:
    steps: list[int] = []
    found = dict(tiny.analyse([Document("同じ"), Document("違う"), Document("同じ")], progress=steps.append))
    assert found[0] is found[2]
    assert found[0] is not found[1]
    assert steps[-1] == 3


def test_a_long_text_is_read_to_its_end(tiny: Analyser) -> None:
    text = "箱は普通。" * 400 + "届いた日に煙が出ました。"
    (analysis,) = read(tiny, Document(text))
    assert analysis.segments[-1].end == len(text)
    assert any(trigger.type == "safety" and trigger.start > 2000 for trigger in analysis.triggers)


def test_title_and_text_are_both_quoted(tiny: Analyser) -> None:
    (analysis,) = read(tiny, Document(text="Smoke came out of the plug.", title="The wrong size arrived"))
    assert {segment.field for segment in analysis.segments} == {"title", "text"}
    assert {(one.field, one.type) for one in analysis.triggers} >= {("text", "safety")}


def test_the_version_names_model_and_weights(tiny: Analyser, tiny_model: Path) -> None:
    assert tiny.version == f"tiny-0.4.0+{results_hash(tiny_model)}"
    (analysis,) = read(tiny, Document("ok"))
    assert analysis.model == tiny.version


def test_other_weights_are_another_version(tiny_model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    assert weights_hash(copy) == weights_hash(tiny_model)
    shard = copy / "model-00002-of-00002.safetensors"
    raw = bytearray(shard.read_bytes())
    raw[-1] ^= 1
    shard.write_bytes(raw)
    assert weights_hash(copy) != weights_hash(tiny_model)


def test_types_are_renamed_switched_off_and_added(tiny_model: Path) -> None:
    taxonomy = TaxonomySettings.model_validate(
        {
            "rename": {"wrong_item": "mix_up"},
            "off": ["praise"],
            "add": [
                {"type": "sticky", "words": ["ベタつく", "sticky"]},
                {
                    "type": "verb",
                    "lang": "en",
                    "polarity": "neutral",
                    "pattern": [{"LOWER": "falls"}, {"LOWER": "off"}],
                },
            ],
        }
    )
    analyser = load_analyser(ModelSettings(name=str(tiny_model)), taxonomy)
    english, japanese = read(
        analyser,
        Document("The wrong size arrived, it is sticky and the lid falls off", lang="en"),
        Document("表面がﾍﾞﾀつく"),
    )
    found = {trigger.type: trigger.text for trigger in english.triggers}
    assert "wrong_item" not in found
    assert "praise" not in found
    assert found["mix_up"]
    assert found["sticky"] == "sticky"
    assert found["verb"] == "falls off"
    assert {one.type: one.text for one in japanese.triggers}["sticky"] == "ﾍﾞﾀつく"


def test_an_unknown_model_says_what_was_expected(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        model_folder("somebody/some-model")
    with pytest.raises(ModelError, match="config"):
        load_analyser(ModelSettings(name=str(tmp_path)))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ModelError, match="koe's format"):
        load_analyser(ModelSettings(name=str(tmp_path)))
    broken = tmp_path / "broken"
    shutil.copytree(tiny_model, broken)
    (broken / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(ModelError, match="missing"):
        load_analyser(ModelSettings(name=str(broken)))


def test_the_version_is_known_without_loading_and_tells_other_trigger_types_apart(tiny_model: Path) -> None:
    model = ModelSettings(name=str(tiny_model))
    own = TaxonomySettings(off=["availability"])
    assert model_version(model) == load_analyser(model).version
    assert model_version(model, own) == load_analyser(model, own).version
    assert model_version(model) != model_version(model, own)


def test_another_language_is_answered_with_less_confidence(tiny: Analyser) -> None:
    text = "Il ne marche pas du tout et le bruit est horrible"
    found = dict(tiny.analyse([Document(text), Document(text, lang="en")]))
    other, english = found[0], found[1]
    assert other.lang == "und"
    assert other.sentiment.label is english.sentiment.label
    assert max(other.sentiment.probs.values()) < max(english.sentiment.probs.values())
    assert sum(other.sentiment.probs.values()) == pytest.approx(1, abs=1e-6)
