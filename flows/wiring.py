"""The one place where settings, database, model and clock meet. Nothing is made before it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from koe.settings import Settings
from koe.settings_file import load_settings

if TYPE_CHECKING:
    from nlp.analyser import Analyser
    from storage.database import Database

_SQLITE = "sqlite:///"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Wiring:
    """Everything a step needs. Tests give a fixed ``clock`` or an ``analyser`` of their own."""

    settings: Settings
    clock: Callable[[], datetime] = _now
    _analyser: Analyser | None = field(default=None, repr=False)

    @classmethod
    def from_config(cls, path: Path | None = None) -> Wiring:
        """Read ``koe.yaml`` (see :func:`koe.settings_file.load_settings`)."""
        return cls(load_settings(path))

    @property
    def database_url(self) -> str:
        """The database's URL; a relative SQLite path is meant from the folder of ``koe.yaml``."""
        url = self.settings.database
        path = url.removeprefix(_SQLITE)
        if not url.startswith(_SQLITE) or not path or path == ":memory:" or Path(path).is_absolute():
            return url
        return f"{_SQLITE}{self.settings.folder / path}"

    @cached_property
    def database(self) -> Database:
        """The database, connected when first used."""
        from storage.database import open_database

        return open_database(self.database_url)

    @cached_property
    def analyser(self) -> Analyser:
        """The model, loaded when first used."""
        if self._analyser is not None:
            return self._analyser
        from nlp.analyser import load_analyser

        return load_analyser(self.settings.model, self.settings.taxonomy)

    @property
    def output(self) -> Path:
        """The folder reports go to."""
        return self.settings.folder / self.settings.output
