"""A folder with a model in Hugging Face format, as far as it can be known without loading its weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from koe.errors import ModelError

#: How a sentence encoder pools, where its folder says it.
POOLING = "1_Pooling/config.json"

#: What a sentence encoder is made of.
MODULES = "modules.json"

_TOKENIZER = ("tokenizer*.json", "vocab*", "merges.txt", "*.model", "special_tokens_map.json", "added_tokens.json")
_VOCABULARY = ("tokenizer.json", "vocab*", "*.model", "tokenizer_config.json")
_MODE = "pooling_mode_"
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")


def read_model_config(folder: Path) -> dict[str, Any]:
    """What ``config.json`` says.

    Raises:
        ModelError: when it is missing or no JSON object.
    """
    config = _read_json(folder / "config.json")
    if config is None:
        raise ModelError(f"{folder}: no readable config.json; expected a folder with a model in Hugging Face format")
    return config


def read_pooling(folder: Path) -> str | None:
    """How the model's own files pool the pieces' vectors (``mean``, ``cls``, or another word); ``None``: unsaid."""
    config = _read_json(folder / POOLING)
    if config is None:
        return None
    if isinstance(config.get("pooling_mode"), str):
        return str(config["pooling_mode"])
    known = {"cls_token": "cls", "mean_tokens": "mean"}
    modes = [key.removeprefix(_MODE) for key, on in config.items() if key.startswith(_MODE) and on is True]
    return "+".join(known.get(mode, mode) for mode in modes) or None


def other_layers(folder: Path) -> list[str]:
    """What a sentence encoder puts on top of encoder and pooling, but for the scaling to length 1."""
    try:
        modules = json.loads((folder / MODULES).read_text(encoding="utf-8"))
        kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    return [kind for kind in kinds if kind not in ("Transformer", "Pooling", "Normalize")]


def weights_of(folder: Path) -> list[Path]:
    """The weight files, in order: safetensors where there are any.

    Raises:
        ModelError: when there are none, or one of several is missing.
    """
    for whole in _WEIGHTS:
        index = _read_json(folder / f"{whole}.index.json")
        if index is not None:
            files = [folder / name for name in sorted(set(index.get("weight_map", {}).values()))]
            missing = [path.name for path in files if not path.is_file()]
            if missing or not files:
                raise ModelError(f"{folder}: the weight file {', '.join(missing) or whole} is missing; bring it again")
            return files
        if (folder / whole).is_file():
            return [folder / whole]
    raise ModelError(f"{folder}: no weights; expected {' or '.join(_WEIGHTS)}")


def files_of(folder: Path) -> list[Path]:
    """Every file that results depend on, in order: weights, configuration, tokenizer.

    Raises:
        ModelError: when the weights are not all there.
    """
    small = {path for pattern in _TOKENIZER for path in folder.glob(pattern)}
    return [*weights_of(folder), folder / "config.json", *sorted(small)]


def is_complete(folder: Path) -> bool:
    """Whether configuration, vocabulary and weights are all there."""
    try:
        read_model_config(folder)
        weights_of(folder)
    except ModelError:
        return False
    return any(any(folder.glob(pattern)) for pattern in _VOCABULARY)


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
