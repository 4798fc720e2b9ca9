from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from transformers import BertConfig

from koe.settings import ModelSettings
from nlp.analyser import DEFAULT_MODEL, Analyser, load_analyser
from nlp.model import KoeModel


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of random weights: two layers, 32 wide, windows of 64 pieces, ready to find phrases."""
    folder = tmp_path_factory.mktemp("model") / "tiny"
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=46883,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        pad_token_id=1,
    )
    model = KoeModel(config)
    model.outlook.name = "tiny"
    torch.nn.init.normal_(model.heads.tokens.weight, std=0.4)
    model.save(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(DEFAULT_MODEL / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_model: Path) -> Analyser:
    return load_analyser(ModelSettings(name=str(tiny_model), batch_tokens=512))
