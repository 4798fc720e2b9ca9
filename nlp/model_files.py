"""Where a model lies and what is in its files, told without loading it."""

from __future__ import annotations

import json
from pathlib import Path

from koe.errors import ModelError
from nlp.file_hash import hash_of_files

#: The folder of the model that koe ships.
DEFAULT_MODEL = Path(__file__).parent / "models" / "koe-small"

#: The file of a model folder that says which weight is in which file.
INDEX = "model.safetensors.index.json"


def model_folder(name: str) -> Path:
    """The folder of a model by the name that koe.yaml gives it.

    Raises:
        ModelError: when it is no folder.
    """
    if name == "default":
        return DEFAULT_MODEL
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise ModelError(
            f"model {name!r}: no such folder; expected `default` or a folder with a model in koe's format; "
            "a model of another kind goes under sentiment:, triggers: or embedding: of model:"
        )
    return folder


def weight_files(folder: Path) -> list[Path]:
    """The weight files of a model folder, in order.

    Raises:
        ModelError: when one is missing.
    """
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        files = [folder / name for name in sorted(set(index["weight_map"].values()))]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder}: no readable {INDEX}; install or train the model again") from error
    for path in files:
        if not path.is_file():
            raise ModelError(f"{path}: the weight file is missing; install or train the model again")
    return files


def weights_hash(folder: Path) -> str:
    """Eight hex digits over the weight files and the configuration of a model folder.

    Raises:
        ModelError: when one of them is missing.
    """
    files = [folder / "config.json", *weight_files(folder)]
    try:
        return hash_of_files(files)
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read; install or train the model again") from error
