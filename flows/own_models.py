"""The models that `koe train` made for this company: in a folder beside koe.yaml, one of them in use, or none."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from flows.lock_file import held
from koe.errors import UsageError
from koe.settings import Settings

#: The folder beside koe.yaml.
FOLDER = "koe-models"

_INSTALLED = "installed.json"
_LOCK = "train.lock"
_NAME = re.compile(r"adapted-(\d+)")


@dataclass(frozen=True, slots=True)
class _Row:
    """An installed model: its folder's name, the base it was adapted from as koe.yaml calls it, that one's hash."""

    name: str
    base: str
    base_hash: str


class OwnModels:
    """Adapted models by number. ``installed.json`` lists the ones that were installed, the newest last.

    Each was adapted from a ``base``, the model that koe.yaml names, with the weights that ``base_hash`` tells when it
    is asked. Under another base, or when the base has other weights, it is not in use.
    """

    def __init__(self, folder: Path, base: str, base_hash: Callable[[], str]) -> None:
        self.folder = folder
        self.base = base
        self._base_hash = base_hash

    @classmethod
    def of(cls, settings: Settings) -> OwnModels:
        """Those beside a koe.yaml, adapted from the model that it names."""
        return cls(settings.folder / FOLDER, settings.model.name, partial(_hash_of_base, settings))

    def current(self) -> Path | None:
        """The folder of the model in use; ``None``: the one that koe.yaml names.

        Raises:
            UsageError: when the list of installed models cannot be read, or its newest is gone.
            ModelError: when there are adapted models and the base's weights cannot be read.
        """
        mine = self._mine()
        if not mine:
            return None
        folder = self.folder / mine[-1].name
        if not (folder / "config.json").is_file():
            raise UsageError(
                f"{folder}: the adapted model is gone; bring it back, or `koe train --undo` to use the one before"
            )
        return folder

    def outdated(self) -> Path | None:
        """The newest model adapted from a base that has other weights by now, when no other one is in use."""
        rows = [row for row in self._all() if row.base == self.base]
        return self.folder / rows[-1].name if rows and not self._mine() else None

    @contextmanager
    def training(self) -> Iterator[Path]:
        """The folder that a training writes into, while no other one runs; see :meth:`begin`.

        Raises:
            ConflictError: when another training runs.
        """
        with held(self.folder / _LOCK, "another `koe train`"):
            folder = self.begin()
            try:
                yield folder
            finally:
                with suppress(OSError):
                    folder.rmdir()  # only where the training left nothing

    def begin(self) -> Path:
        """A folder of its own for the next model. That of an interrupted training comes first, to go on with.

        What is neither installed nor to go on with is deleted.
        """
        installed = {row.name for row in self._all()}
        self.folder.mkdir(parents=True, exist_ok=True)
        interrupted = None
        for folder in sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()):
            if folder.name in installed:
                continue
            if (folder / "checkpoint.pt").is_file():
                interrupted = interrupted or folder
            else:
                shutil.rmtree(folder)
        if interrupted:
            return interrupted
        taken = [_NAME.fullmatch(name) for name in {*installed, *(path.name for path in self.folder.iterdir())}]
        fresh = self.folder / f"adapted-{1 + max((int(match[1]) for match in taken if match), default=0)}"
        fresh.mkdir()
        return fresh

    def install(self, folder: Path) -> None:
        """Use the model in a folder that :meth:`begin` gave."""
        self._write([*self._all(), _Row(folder.name, self.base, self._base_hash())])

    def undo(self) -> Path | None:
        """Use the model before the present one; returns the folder now in use.

        The folder of the present one stays until the next training, for those who read with it at the moment.

        Raises:
            UsageError: when no adapted model is in use.
        """
        mine = self._mine()
        if not mine:
            raise UsageError(f"nothing to undo: the model in use is `model: {self.base}`, no adapted one")
        self._write([row for row in self._all() if row != mine[-1]])
        return self.current()

    def discard(self, folder: Path) -> None:
        """Delete a model that is not installed."""
        if folder.name not in {row.name for row in self._all()}:
            shutil.rmtree(folder, ignore_errors=True)

    def _mine(self) -> list[_Row]:
        rows = [row for row in self._all() if row.base == self.base]
        now = self._base_hash() if rows else ""
        return [row for row in rows if row.base_hash == now]

    def _all(self) -> list[_Row]:
        path = self.folder / _INSTALLED
        if not path.is_file():
            return []
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["installed"]
            return [_Row(str(row["name"]), str(row["base"]), str(row.get("base_hash", ""))) for row in rows]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}: cannot be read ({error}); mend it, or delete the file to use the model that koe.yaml names"
            ) from error

    def _write(self, installed: list[_Row]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / _INSTALLED
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"installed": [asdict(row) for row in installed]}) + "\n", encoding="utf-8")
        fresh.replace(path)


def _hash_of_base(settings: Settings) -> str:
    from nlp.model_files import model_folder, weights_hash

    own = settings.folder / settings.model.name
    return weights_hash(own if settings.model.name != "default" and own.is_dir() else model_folder(settings.model.name))
