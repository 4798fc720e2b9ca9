"""Heads by other models: what they say takes the place of koe's own, and nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from koe.analysis import Analysis, Document
from koe.errors import ModelError
from koe.settings import ModelSettings
from koe.taxonomy import Polarity, Sentiment
from nlp.analyser import Analyser, load_analyser, model_version

BIO = ["O", "B-FAULT", "I-FAULT", "B-NICE", "I-NICE"]


def _settings(tiny_model: Path, **heads: Any) -> ModelSettings:
    name = {"name": str(tiny_model), "batch_tokens": 512, "dtype": "float32"}
    return ModelSettings.model_validate({**name, **heads})


def _analyser(tiny_model: Path, **heads: Any) -> Analyser:
    return load_analyser(_settings(tiny_model, **heads))


def _read(analyser: Analyser, *documents: Document) -> list[Analysis]:
    found = dict(analyser.analyse(documents))
    return [found[index] for index in range(len(documents))]


def test_a_classifier_gives_the_mood_and_leaves_the_rest(tiny_model: Path, tiny: Analyser, classifier: Any) -> None:
    folder = classifier("moods", ["POS", "NEG", "meh"], [0.0, 2.0, 1.0])
    (other,) = _read(_analyser(tiny_model, sentiment=str(folder)), Document("音が出ない"))
    (own,) = _read(_analyser(tiny_model), Document("音が出ない"))
    shares = np.exp([0, 2, 1]) / np.exp([0, 2, 1]).sum()
    assert other.sentiment.label is Sentiment.NEGATIVE
    assert other.sentiment.probs[Sentiment.POSITIVE] == pytest.approx(shares[0], abs=1e-5)
    assert other.sentiment.probs[Sentiment.NEUTRAL] == pytest.approx(shares[2], abs=1e-5)
    assert other.sentiment.probs[Sentiment.MIXED] == 0
    assert other.intents == own.intents
    assert other.triggers == own.triggers
    np.testing.assert_array_equal(other.embedding, own.embedding)


def test_a_long_text_is_classified_in_windows(tiny_model: Path, classifier: Any) -> None:
    folder = classifier("moods", ["negative", "positive"], [1.0, 0.0])
    (one,) = _read(_analyser(tiny_model, sentiment=str(folder)), Document("It works. " * 90))
    assert one.sentiment.probs[Sentiment.NEGATIVE] == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-4)


def test_a_classifier_may_have_a_slow_tokenizer(tiny_model: Path, classifier: Any, slow_tokenizer: Any) -> None:
    folder = slow_tokenizer(classifier("moods", ["negative", "positive"], [1.0, 0.0]))
    (one,) = _read(_analyser(tiny_model, sentiment=str(folder)), Document("音が出ない"))
    assert one.sentiment.label is Sentiment.NEGATIVE


def test_a_tagger_gives_exact_phrases(tiny_model: Path, tagger: Any) -> None:
    folder = tagger("tags", BIO, {"broke down": [1, 2, 2], "battery": [3], "バッテリー": [0, 1, 2, 2, 2]})
    heads = {"triggers": {"name": str(folder), "labels": {"FAULT": "defect", "NICE": "delivery:positive"}}}
    document = Document(text="It broke down  , battery. ﾊﾞｯﾃﾘｰが", title="broke")
    (one,) = _read(_analyser(tiny_model, **heads), document)
    found = [(t.field, t.text, t.type, t.polarity) for t in one.triggers if t.type in ("defect", "delivery")]
    assert found == [
        ("title", "broke", "defect", Polarity.NEGATIVE),
        ("text", "broke down", "defect", Polarity.NEGATIVE),
        ("text", "battery", "delivery", Polarity.POSITIVE),
        ("text", "ﾊﾞｯﾃﾘｰ", "defect", Polarity.NEGATIVE),
    ]
    stored = {"title": document.title, "text": document.text}
    assert all(t.text == stored[t.field][t.start : t.end] and 0 < t.score <= 1 for t in one.triggers)


def test_phrases_are_found_to_the_end_of_a_long_text(tiny_model: Path, tagger: Any) -> None:
    folder = tagger("tags", BIO, {"broke": [1, 2]})
    heads = {"triggers": {"name": str(folder), "labels": {"FAULT": "defect"}}}
    text = "it broke here. " * 60
    (one,) = _read(_analyser(tiny_model, **heads), Document(text))
    assert [t.start for t in one.triggers if t.type == "defect"] == [3 + 15 * n for n in range(60)]


def test_danger_is_told_as_before_by_a_tagger_that_knows_none(tiny_model: Path, tagger: Any) -> None:
    folder = tagger("tags", BIO, {"broke": [1, 2]})
    heads = {"triggers": {"name": str(folder), "labels": {"FAULT": "defect"}}}
    documents = [Document("Smoke came out and it broke"), Document("発火しました。"), Document("very nice " * 30)]
    for other, own in zip(
        _read(_analyser(tiny_model, **heads), *documents), _read(_analyser(tiny_model), *documents), strict=True
    ):
        assert other.safety_score == own.safety_score
        dangers = [[t.text for t in one.triggers if t.type == "safety"] for one in (other, own)]
        assert dangers[0] == dangers[1]


def _states(folder: Path, text: str) -> torch.Tensor:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = transformers.AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    with torch.inference_mode():
        return model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]


def _unit(vector: torch.Tensor) -> np.ndarray[Any, Any]:
    return (vector / vector.norm()).numpy()


def test_an_encoder_gives_the_vectors_of_text_and_statements(tiny_model: Path, encoder: Any) -> None:
    folder = encoder("vectors")
    analyser = _analyser(tiny_model, embedding={"name": str(folder), "prefix": "query: "})
    text = "It broke. Nice box."
    (one,) = _read(analyser, Document(text))
    states = _states(folder, f"query: {text}")
    np.testing.assert_allclose(one.embedding, _unit(states.mean(0)), atol=1e-5)
    assert analyser.width == 24
    assert [text[s.start : s.end] for s in one.segments] == ["It broke.", "Nice box."]
    # <s> ▁query : ▁It ▁bro ke . ▁Nice ▁box . </s>
    tokens = transformers.AutoTokenizer.from_pretrained(folder)(f"query: {text}").tokens()
    turn = tokens.index("▁Nice")
    first = next(place for place, token in enumerate(tokens) if token == "▁It")
    np.testing.assert_allclose(one.segments[0].embedding, _unit(states[first:turn].mean(0)), atol=1e-5)
    np.testing.assert_allclose(one.segments[1].embedding, _unit(states[turn:-1].mean(0)), atol=1e-5)


@pytest.mark.parametrize("said", [{"pooling_mode_cls_token": True}, {"pooling_mode": "cls"}])
def test_the_first_piece_stands_for_each_statement_by_itself(
    tiny_model: Path, encoder: Any, said: dict[str, Any]
) -> None:
    folder = encoder("vectors", {"include_prompt": True, "pooling_mode_mean_tokens": False, **said})
    (one,) = _read(_analyser(tiny_model, embedding=str(folder)), Document("It broke. Nice box."))
    np.testing.assert_allclose(one.embedding, _unit(_states(folder, "It broke. Nice box.")[0]), atol=1e-5)
    np.testing.assert_allclose(one.segments[1].embedding, _unit(_states(folder, "Nice box.")[0]), atol=1e-5)


def test_odd_texts_are_read_by_all_three(tiny_model: Path, classifier: Any, tagger: Any, encoder: Any) -> None:
    heads = {
        "sentiment": str(classifier("moods", ["negative", "positive"])),
        "triggers": {"name": str(tagger("tags", BIO, {"broke": [1, 2]})), "labels": {"FAULT": "defect"}},
        "embedding": str(encoder("vectors")),
    }
    texts = [
        "",
        " \n",
        "\ud83d",
        "\x00",
        "👨\u200d👩",
        "\u200b\u200b a",
        "https://x.example",
        "㌔" * 300,
        "각\u1161",
        "。。。",
    ]
    for one in _read(_analyser(tiny_model, **heads), *map(Document, texts)):
        assert one.embedding.shape == (24,)
        assert sum(one.sentiment.probs.values()) == pytest.approx(1, abs=1e-4)
        assert all(np.isfinite(segment.embedding).all() for segment in one.segments)


def test_the_company_does_not_change_a_reading(tiny_model: Path, encoder: Any, classifier: Any) -> None:
    heads = {"sentiment": str(classifier("moods", ["negative", "positive"])), "embedding": str(encoder("vectors"))}
    analyser = _analyser(tiny_model, **heads)
    texts = [Document(text) for text in ("音が出ない", "ok", "It works. " * 60, "Nice box, but it broke at once!")]
    for text, beside in zip(texts, _read(analyser, *texts), strict=True):
        (alone,) = _read(analyser, text)
        np.testing.assert_allclose(alone.embedding, beside.embedding, atol=1e-5)
        assert alone.sentiment.score == pytest.approx(beside.sentiment.score, abs=1e-5)


def test_the_version_names_every_model_without_loading_it(tiny_model: Path, encoder: Any, classifier: Any) -> None:
    moods, vectors = classifier("moods", ["negative", "positive"]), encoder("vectors")
    settings = _settings(tiny_model, sentiment=str(moods), embedding={"name": str(vectors), "pooling": "mean"})
    version = model_version(settings)
    own, sentiment, embedding = version.split(" ")
    assert own == model_version(_settings(tiny_model))
    assert sentiment.startswith("sentiment=moods+")
    assert embedding.startswith("embedding=vectors+")
    analyser = load_analyser(settings)
    assert analyser.version == version
    assert _read(analyser, Document("ok"))[0].model == version
    others = [
        _settings(tiny_model, sentiment=str(moods), embedding={"name": str(vectors), "pooling": "cls"}),
        _settings(
            tiny_model,
            sentiment={"name": str(moods), "labels": {"negative": "mixed", "positive": "negative"}},
        ),
    ]
    assert model_version(others[0]) != version
    with pytest.raises(ModelError, match="none of its labels means positive"):
        model_version(others[1])
    weights = vectors / "model.safetensors"
    raw = bytearray(weights.read_bytes())
    raw[-1] ^= 1
    weights.write_bytes(raw)
    assert model_version(settings).split(" ")[:2] == [own, sentiment]
    assert model_version(settings) != version
