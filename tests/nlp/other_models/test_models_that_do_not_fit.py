"""A model that cannot be what koe.yaml says is told with its mend, without loading weights where it can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from koe.errors import ModelError
from koe.settings import ModelSettings
from nlp.analyser import load_analyser, model_version


def _settings(tiny_model: Path, **heads: Any) -> ModelSettings:
    return ModelSettings.model_validate({"name": str(tiny_model), **heads})


def test_a_model_of_another_kind(tiny_model: Path, classifier: Any, encoder: Any) -> None:
    for head, wrong, said in (
        ("sentiment", encoder("vectors"), "is a BertModel; for sentiment koe needs .*classifying whole texts"),
        ("triggers", classifier("moods", ["negative", "positive"]), "is a BertForSequenceClassification; for triggers"),
        ("embedding", tiny_model, "koe's own format"),
    ):
        with pytest.raises(ModelError, match=said):
            model_version(_settings(tiny_model, **{head: str(wrong)}))


def test_weights_without_their_head(tiny_model: Path, encoder: Any) -> None:
    folder = encoder("half")
    config = json.loads((folder / "config.json").read_text())
    config |= {"architectures": None, "id2label": {"0": "negative", "1": "positive"}}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=r"lack classifier.bias, classifier.weight.*sequence classification"):
        load_analyser(_settings(tiny_model, sentiment=str(folder)))


def test_broken_weights_and_missing_files(tiny_model: Path, encoder: Any) -> None:
    folder = encoder("broken")
    (folder / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="weights cannot be loaded"):
        load_analyser(_settings(tiny_model, embedding=str(folder)))
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"no weights; expected model.safetensors"):
        model_version(_settings(tiny_model, embedding=str(folder)))
    (folder / "config.json").unlink()
    with pytest.raises(ModelError, match=r"no readable config.json"):
        model_version(_settings(tiny_model, embedding=str(folder)))


def test_a_slow_tokenizer_where_offsets_are_needed(tiny_model: Path, encoder: Any, slow_tokenizer: Any) -> None:
    folder = slow_tokenizer(encoder("slow"))
    with pytest.raises(ModelError, match=r"slow tokenizer.*ByT5Tokenizer"):
        load_analyser(_settings(tiny_model, embedding=str(folder)))


def test_a_pooling_or_a_layer_that_koe_cannot_do(tiny_model: Path, encoder: Any) -> None:
    folder = encoder("vectors", {"pooling_mode_max_tokens": True})
    with pytest.raises(ModelError, match=r"pools by max_tokens.*give pooling: mean or cls"):
        model_version(_settings(tiny_model, embedding=str(folder)))
    assert model_version(_settings(tiny_model, embedding={"name": str(folder), "pooling": "mean"}))
    (folder / "modules.json").write_text('[{"type": "sentence_transformers.models.Dense"}]')
    with pytest.raises(ModelError, match="puts Dense on top"):
        model_version(_settings(tiny_model, embedding={"name": str(folder), "pooling": "mean"}))
