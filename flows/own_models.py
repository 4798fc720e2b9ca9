"""The models that `koe train` made for this company: in a folder beside koe.yaml, one of them in use, or none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from koe.errors import UsageError
from koe.settings import Settings

#: The folder beside koe.yaml.
FOLDER = "koe-models"

_INSTALLED = "installed.json"


class OwnModels:
    """Adapted models by number. ``installed.json`` lists the ones that were installed, the newest last.

    Each was adapted from a ``base``, the model that koe.yaml names; under another one it is not in use.
    """

    def __init__(self, folder: Path, base: str) -> None:
        self.folder = folder
        self.base = base

    @classmethod
    def of(cls, settings: Settings) -> OwnModels:
        """Those beside a koe.yaml, adapted from the model that it names."""
        return cls(settings.folder / FOLDER, settings.model.name)

    def current(self) -> Path | None:
        """The folder of the model in use; ``None``: the one that koe.yaml names.

        Raises:
            UsageError: when the list of installed models cannot be read, or its newest is gone.
        """
        mine = self._mine()
        if not mine:
            return None
        folder = self.folder / mine[-1]
        if not (folder / "config.json").is_file():
            raise UsageError(
                f"{folder}: the adapted model is gone; bring it back, or `koe train --undo` to use the one before"
            )
        return folder

    def begin(self) -> Path:
        """A folder for the next model. That of a training that was interrupted comes first, to go on with."""
        for folder in sorted(self.folder.glob("adapted-*")):
            if (folder / "checkpoint.pt").is_file():
                return folder
        last = max((int(path.name.removeprefix("adapted-")) for path in self.folder.glob("adapted-*")), default=0)
        return self.folder / f"adapted-{last + 1}"

    def install(self, folder: Path) -> None:
        """Use the model in a folder that :meth:`begin` gave."""
        self._write([*self._all(), (folder.name, self.base)])

    def undo(self) -> Path | None:
        """Use the model before the present one, which is deleted; returns the folder now in use.

        Raises:
            UsageError: when no adapted model is in use.
        """
        mine = self._mine()
        if not mine:
            raise UsageError(f"nothing to undo: the model in use is `model: {self.base}`, no adapted one")
        self._write([(name, base) for name, base in self._all() if name != mine[-1]])
        shutil.rmtree(self.folder / mine[-1], ignore_errors=True)
        return self.current()

    def discard(self, folder: Path) -> None:
        """Delete a model that is not installed."""
        if folder.name not in dict(self._all()):
            shutil.rmtree(folder, ignore_errors=True)

    def _mine(self) -> list[str]:
        return [name for name, base in self._all() if base == self.base]

    def _all(self) -> list[tuple[str, str]]:
        path = self.folder / _INSTALLED
        if not path.is_file():
            return []
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["installed"]
            return [(str(row["name"]), str(row["base"])) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path}: cannot be read ({error}); mend it, or delete the file to use the model that koe.yaml names"
            ) from error

    def _write(self, installed: list[tuple[str, str]]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / _INSTALLED
        fresh = path.with_suffix(".new")
        rows = [{"name": name, "base": base} for name, base in installed]
        fresh.write_text(json.dumps({"installed": rows}) + "\n", encoding="utf-8")
        fresh.replace(path)
