"""Which other models koe.yaml chooses for which head, as far as it is known without loading their weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from koe.errors import ModelError
from koe.settings import ModelSettings
from koe.settings_heads import EmbeddingModel, HeadModel, SentimentModel, TriggerModel
from nlp.file_hash import hash_of_files
from nlp.other_models.folder import files_of, other_layers, read_model_config, read_pooling
from nlp.other_models.hub import SENTENCE_FILES, Hub, HuggingFaceHub, locate
from nlp.other_models.labels import labels_of, moods, tags

Head = Literal["sentiment", "triggers", "embedding"]
Kind = Literal["SequenceClassification", "TokenClassification", "encoder"]

HEADS: tuple[Head, ...] = ("sentiment", "triggers", "embedding")
_KINDS: Mapping[Head, Kind] = {
    "sentiment": "SequenceClassification",
    "triggers": "TokenClassification",
    "embedding": "encoder",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A model for a head: ``name`` is its hub id or its folder's name, ``config`` what its config.json says.

    ``version`` is the name with a hash over its files and over how koe.yaml has it read; ``read_as`` says the latter
    in words. ``doubt`` is what had to be assumed, with the mend; empty when nothing was.
    """

    head: Head
    name: str
    folder: Path
    config: Mapping[str, Any]
    version: str
    read_as: str
    doubt: str = ""

    @property
    def kind(self) -> Kind:
        """What the model must have been trained for."""
        return _KINDS[self.head]


def choices(settings: ModelSettings, hub: Hub | None = None, fetch: bool = True) -> list[Choice]:
    """The other models that the settings name, in the order of :data:`HEADS`.

    Raises:
        ModelError: as :func:`choose` does.
    """
    return [one for head in HEADS if (one := choose(settings, head, hub, fetch))]


def choose(settings: ModelSettings, head: Head, hub: Hub | None = None, fetch: bool = True) -> Choice | None:
    """The other model of a head; ``None``: koe's own. With ``fetch`` false nothing is fetched from the hub.

    Raises:
        ModelError: when it is missing or of another kind, or its labels do not fit, with what to do.
    """
    named: HeadModel | None = getattr(settings, head)
    if named is None:
        return None
    hub = hub or HuggingFaceHub()
    folder = locate(named.name, hub, fetch)
    is_folder = Path(named.name).expanduser().is_dir()
    name = folder.name if is_folder else named.name
    doubt = _doubt(named, folder, hub, fetch) if isinstance(named, EmbeddingModel) and not is_folder else ""
    config = read_model_config(folder)
    _check_kind(name, head, config)
    read_as = _read_as(name, named, folder, config)
    how = json.dumps([hash_of_files(files_of(folder)), read_as], ensure_ascii=False)
    version = f"{name}+{hashlib.sha256(how.encode()).hexdigest()[:8]}"
    return Choice(head, name, folder, config, version, read_as, doubt)


def pooling_of(name: str, named: EmbeddingModel, folder: Path) -> str:
    """``mean`` or ``cls``: as koe.yaml says, else as the model's own files say, else ``mean``.

    Raises:
        ModelError: when the files name a way that koe does not know.
    """
    own = named.pooling or read_pooling(folder) or "mean"
    if own not in ("mean", "cls"):
        raise ModelError(
            f"model {name!r} pools by {own}, which koe cannot; give pooling: mean or cls, or another model"
        )
    return own


def _doubt(named: EmbeddingModel, folder: Path, hub: Hub, fetch: bool) -> str:
    """What a hub's model leaves unsaid because this machine's cache lacks the small files that say it."""
    if hub.complete_pooling(named.name, folder, fetch) or named.pooling or read_pooling(folder):
        return ""
    return (
        f"the cache of this machine does not hold all of {', '.join(SENTENCE_FILES)} of {named.name}, so mean pooling "
        "is assumed; give pooling: mean or cls, or run koe once with network"
    )


def _read_as(name: str, named: HeadModel, folder: Path, config: Mapping[str, Any]) -> str:
    if isinstance(named, SentimentModel):
        labels = labels_of(config)
        return ", ".join(f"{one} = {mood}" for one, mood in zip(labels, moods(name, labels, named.labels), strict=True))
    if isinstance(named, TriggerModel):
        meanings = {tag.name: tag.meaning for tag in tags(name, labels_of(config), named.labels) if tag.meaning}
        return ", ".join(f"{one} = {meaning.type}:{meaning.polarity}" for one, meaning in meanings.items())
    if not isinstance(named, EmbeddingModel):
        raise TypeError(f"no head reads {type(named).__name__}")
    layers = other_layers(folder)
    if layers:
        raise ModelError(
            f"model {name!r} puts {', '.join(layers)} on top of its encoder, which koe cannot; name another model, or "
            "a copy of its folder without modules.json to take the encoder alone"
        )
    prefix = f", prefix {named.prefix!r}" if named.prefix else ""
    return f"pooling {pooling_of(name, named, folder)}{prefix}"


def _check_kind(name: str, head: Head, config: Mapping[str, Any]) -> None:
    kinds = [str(one) for one in config.get("architectures") or ()]
    if "koe" in config:
        raise ModelError(f"model {name!r} is in koe's own format; give it as model: name:, not for {head} alone")
    wanted = _KINDS[head]
    if wanted != "encoder" and kinds and not any(kind.endswith(f"For{wanted}") for kind in kinds):
        raise ModelError(
            f"model {name!r} is a {kinds[0]}; for {head} koe needs one trained for "
            f"{'classifying whole texts' if head == 'sentiment' else 'tagging pieces'} (…For{wanted})"
        )
