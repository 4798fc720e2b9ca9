"""Where a model lies: a folder, the Hugging Face cache of this machine, or else the hub, which is asked once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from koe.errors import ModelError
from nlp.other_models.folder import MODULES, POOLING, is_complete

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")

#: Settings and vocabularies; a cache that lacks one of them was not filled to its end.
_SMALL = ("*.json", "*.txt", "*.model")

#: What a sentence encoder's repository says of pooling, and of layers on top. A cache filled by others may lack it.
SENTENCE_FILES = (MODULES, POOLING)

#: Seconds to wait for the hub's first answer.
_PATIENCE = 10

#: Snapshots that this process asked for more of: once is enough.
_asked: set[Path] = set()


class Hub(Protocol):
    """Models by their id (``organisation/model``)."""

    def on_disk(self, name: str) -> Path | None:
        """The folder of a model that was brought here before, asking nothing of the network; ``None`` without one."""

    def fetch(self, name: str) -> Path:
        """The folder of a model, brought here now.

        Raises:
            ModelError: when it cannot be had, with what to do.
        """

    def complete_pooling(self, name: str, folder: Path, fetch: bool) -> bool:
        """Whether it is known how a model's vectors are pooled and what stands on top, as :data:`SENTENCE_FILES` say.

        What a cache lacks of them is brought once, with ``fetch`` true. A model may have none: that is known too.
        """


def locate(name: str, hub: Hub, fetch: bool = True) -> Path:
    """The folder of a model by the name that koe.yaml gives it: a folder, or the id of one on the hub.

    What is on disk is taken as it is; only an id that is not is fetched, and with ``fetch`` false not even that.

    Raises:
        ModelError: when there is no such model, with what to do.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if not is_hub_id(name):
        raise ModelError(
            f"model {name!r}: no such folder; expected a folder (relative to koe.yaml) with a model in Hugging Face "
            "format, or the id of one on the hub, such as organisation/model"
        )
    found = hub.on_disk(name)
    if found is None and not fetch:
        raise ModelError(f"model {name!r} is not on this machine; {how_to_bring(name)}")
    return found or hub.fetch(name)


def is_hub_id(name: str) -> bool:
    """Whether a name can be that of a model on the hub."""
    return _HUB_ID.fullmatch(name) is not None


def how_to_bring(name: str) -> str:
    """What to do about a model that is not on this machine, for the person at the terminal."""
    own = name.partition("/")[2]
    return (
        f"on a machine with network run `hf download {name} --local-dir {own}`, copy the folder beside koe.yaml and "
        f"name it there ({own}); or let this machine reach the hub (HF_HUB_OFFLINE unset) and koe fetches it once"
    )


class HuggingFaceHub:
    """The hub and its cache on this machine; ``endpoint`` and ``cache`` as the environment says (HF_ENDPOINT, HF_HOME)
    unless they are given.
    """

    def __init__(self, endpoint: str | None = None, cache: Path | None = None) -> None:
        self._endpoint = endpoint
        self._cache = cache

    def on_disk(self, name: str) -> Path | None:
        """The folder in the cache, where it holds all of the model."""
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError

        try:
            found = snapshot_download(
                name, cache_dir=self._cache, local_files_only=True, allow_patterns=[*_SMALL], ignore_patterns=["*/*"]
            )
        except LocalEntryNotFoundError:
            return None
        return Path(found) if is_complete(Path(found)) else None

    def fetch(self, name: str) -> Path:
        """Ask once whether the hub has it, then bring its settings, tokenizer and one set of weights."""
        from huggingface_hub import HfApi, is_offline_mode, snapshot_download
        from huggingface_hub.errors import RepositoryNotFoundError

        if is_offline_mode():
            raise ModelError(f"model {name!r} is not on this machine and HF_HUB_OFFLINE is set; {how_to_bring(name)}")
        try:
            told = HfApi(endpoint=self._endpoint).model_info(name, timeout=_PATIENCE)
            files = needed(one.rfilename for one in told.siblings or ())
            found = snapshot_download(name, endpoint=self._endpoint, cache_dir=self._cache, allow_patterns=files)
        except RepositoryNotFoundError as error:
            raise ModelError(
                f"model {name!r}: no folder of that name, and the hub has none that you may read; check the name, "
                "or log in with `hf auth login` where the model asks for it"
            ) from error
        except Exception as error:  # every kind of network error, of several libraries
            why = str(error).strip().partition("\n")[0] or type(error).__name__
            raise ModelError(
                f"model {name!r} is not on this machine and cannot be fetched ({why}); {how_to_bring(name)}"
            ) from error
        self.complete_pooling(name, Path(found), fetch=True)
        return Path(found)

    def complete_pooling(self, name: str, folder: Path, fetch: bool) -> bool:
        """Look into the cache, which also keeps what the hub said it has none of; then ask the hub, file by file."""
        from huggingface_hub import is_offline_mode

        fetch = fetch and not is_offline_mode() and folder not in _asked
        for file in SENTENCE_FILES:
            if not (self._is_known(name, folder, file) or (fetch and self._bring(name, folder, file))):
                return False
        return True

    def _is_known(self, name: str, folder: Path, file: str) -> bool:
        from huggingface_hub import try_to_load_from_cache

        # Else a path, or the mark for "the hub has none".
        return try_to_load_from_cache(name, file, self._cache, revision=folder.name) is not None

    def _bring(self, name: str, folder: Path, file: str) -> bool:
        from huggingface_hub import hf_hub_download

        _asked.add(folder)
        # Every kind of network error, or the hub has none: the cache keeps a mark of that.
        with suppress(Exception):
            hf_hub_download(
                name,
                file,
                revision=folder.name,
                cache_dir=self._cache,
                endpoint=self._endpoint,
                etag_timeout=_PATIENCE,
            )
        return self._is_known(name, folder, file)


def needed(files: Iterable[str]) -> list[str]:
    """Of a repository's files those that a model needs: settings, vocabularies, and one set of weights."""
    top = sorted(name for name in files if "/" not in name or name == POOLING)
    small = [name for name in top if name.endswith((".json", ".txt", ".model"))]
    for kind, suffix in (("model", ".safetensors"), ("pytorch_model", ".bin")):
        weights = [name for name in top if name.startswith(kind) and name.endswith(suffix)]
        if weights:
            return small + weights
    return small
