from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import BertConfig

from koe.settings import ModelSettings
from nlp.analyser import Analyser, load_analyser
from nlp.model import KoeModel


@pytest.fixture(scope="session")
def tiny_model(
    tmp_path_factory: pytest.TempPathFactory,
    tiny_config: Callable[..., BertConfig],
    add_tokenizer: Callable[[Path], None],
) -> Path:
    """A folder with a model of random weights: two layers, 32 wide, windows of 64 pieces, ready to find phrases."""
    folder = tmp_path_factory.mktemp("model") / "tiny"
    model = KoeModel(tiny_config(layers=2, width=32))
    model.outlook.name = "tiny"
    torch.nn.init.normal_(model.heads.tokens.weight, std=0.4)
    model.save(folder)
    add_tokenizer(folder)
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_model: Path) -> Analyser:
    return load_analyser(ModelSettings(name=str(tiny_model), batch_tokens=512))
