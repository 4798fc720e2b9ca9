"""The models that `koe train` made for this company: in a folder beside koe.yaml, one of them in use, or none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from koe.errors import UsageError

#: The folder beside koe.yaml.
FOLDER = "koe-models"

_INSTALLED = "installed.json"


class OwnModels:
    """Adapted models by number. ``installed.json`` lists the ones that were installed, the newest last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, settings_folder: Path) -> OwnModels:
        """Those of a koe.yaml in a folder."""
        return cls(settings_folder / FOLDER)

    def current(self) -> Path | None:
        """The folder of the model in use; ``None``: the one that koe ships.

        Raises:
            UsageError: when the list of installed models cannot be read, or its newest is gone.
        """
        names = self._names()
        if not names:
            return None
        folder = self.folder / names[-1]
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
        self._write([*self._names(), folder.name])

    def undo(self) -> Path | None:
        """Use the model before the present one, which is deleted; returns the folder now in use.

        Raises:
            UsageError: when no adapted model is in use.
        """
        names = self._names()
        if not names:
            raise UsageError("nothing to undo: the model in use is the one that koe ships")
        self._write(names[:-1])
        shutil.rmtree(self.folder / names[-1], ignore_errors=True)
        return self.current()

    def discard(self, folder: Path) -> None:
        """Delete a model that is not used."""
        if folder.name not in self._names():
            shutil.rmtree(folder, ignore_errors=True)

    def _names(self) -> list[str]:
        path = self.folder / _INSTALLED
        if not path.is_file():
            return []
        try:
            names = json.loads(path.read_text(encoding="utf-8"))["installed"]
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f'{path}: cannot be read ({error}); expected {{"installed": ["adapted-1"]}}, '
                "delete the file to use the model that koe ships"
            ) from error
        return [str(name) for name in names]

    def _write(self, names: list[str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / _INSTALLED
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"installed": names}) + "\n", encoding="utf-8")
        fresh.replace(path)
