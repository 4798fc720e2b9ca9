"""Tiny models in Hugging Face format, as other people publish them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from nlp.analyser import DEFAULT_MODEL

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def config() -> Callable[..., Any]:
    """A configuration of BERT, 24 wide, with places for 40 pieces."""

    def make(**changes: Any) -> Any:
        sizes = {"hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24}
        return transformers.BertConfig(
            **{"vocab_size": 46883, "max_position_embeddings": 40, "pad_token_id": 1, **sizes, **changes}
        )

    return make


@pytest.fixture
def classifier(tmp_path: Path, config: Callable[..., Any]) -> Make:
    """Makes a folder with a sequence classifier whose logits are fixed."""

    def make(name: str, labels: Sequence[str], logits: Sequence[float] = ()) -> Path:
        model = transformers.BertForSequenceClassification(config(id2label=dict(enumerate(labels))))
        if logits:
            torch.nn.init.zeros_(model.classifier.weight)
            model.classifier.bias.data = torch.tensor(list(logits))
        return _saved(model, tmp_path / name)

    return make


@pytest.fixture
def tagger(tmp_path: Path, config: Callable[..., Any]) -> Make:
    """Makes a folder with a token classifier that tags the pieces of given words, wherever they stand."""

    def make(name: str, labels: Sequence[str], words: dict[str, Sequence[int]]) -> Path:
        torch.manual_seed(3)
        model = transformers.BertForTokenClassification(config(id2label=dict(enumerate(labels))))
        # Without attention and layers, the embedding alone decides: each label has a coordinate of its own.
        model.bert.encoder.layer = torch.nn.ModuleList()
        model.config.num_hidden_layers = 0
        embeddings = model.bert.embeddings
        for table in (embeddings.word_embeddings, embeddings.position_embeddings, embeddings.token_type_embeddings):
            torch.nn.init.zeros_(table.weight)
        embeddings.word_embeddings.weight.data[:, 0] = 1.0
        for text, tags in words.items():
            ids = _tokenizer()(text, add_special_tokens=False)["input_ids"]
            assert len(ids) == len(tags), (text, len(ids))
            for piece, tag in zip(ids, tags, strict=True):
                embeddings.word_embeddings.weight.data[piece] = torch.nn.functional.one_hot(torch.tensor(tag), 24)
        torch.nn.init.zeros_(model.classifier.bias)
        model.classifier.weight.data = 3 * torch.eye(24)[: len(labels)]
        return _saved(model, tmp_path / name)

    return make


@pytest.fixture
def encoder(tmp_path: Path, config: Callable[..., Any]) -> Make:
    """Makes a folder with an encoder of random weights."""

    def make(name: str, pooling: dict[str, Any] | None = None, **changes: Any) -> Path:
        torch.manual_seed(5)
        folder = _saved(transformers.BertModel(config(**changes)), tmp_path / name)
        if pooling is not None:
            (folder / "1_Pooling").mkdir()
            (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
        return folder

    return make


@pytest.fixture
def slow_tokenizer() -> Callable[[Path], Path]:
    """Gives a folder a tokenizer that does not say where its pieces stand."""

    def swap(folder: Path) -> Path:
        (folder / "tokenizer.json").unlink()
        (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "ByT5Tokenizer"}')
        return folder

    return swap


def _tokenizer() -> Any:
    return transformers.AutoTokenizer.from_pretrained(DEFAULT_MODEL, local_files_only=True)


def _saved(model: Any, folder: Path) -> Path:
    transformers.utils.logging.disable_progress_bar()
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(DEFAULT_MODEL / name, folder / name)
    return folder
