"""The one place where settings, database, model and clock meet. Nothing is made before it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flows.own_models import OwnModels
from koe.settings import ModelSettings, Settings
from koe.settings_file import load_settings
from koe.week import Week

if TYPE_CHECKING:
    from nlp.analyser import Analyser
    from nlp.other_models.choice import Head
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
    def from_config(cls, path: Path | str | None = None) -> Wiring:
        """Read ``koe.yaml`` (see :func:`koe.settings_file.load_settings`)."""
        return cls(load_settings(Path(path) if path else None))

    def end_of(self, week: str | None) -> datetime | None:
        """The end of an ISO week in the configured time zone; ``None`` (up to now) without one.

        Raises:
            UsageError: the text is no ISO week.
        """
        return Week.parse(week).end(self.settings.zone) if week else None

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
        return self.load_analyser()

    def load_analyser(self, fetch: bool = True) -> Analyser:
        """The model, loaded now; with ``fetch`` false the hub is asked for nothing.

        Raises:
            ModelError: when it is missing or broken, with what to do.
        """
        if self._analyser is not None:
            return self._analyser
        from nlp.analyser import load_analyser

        return load_analyser(self._model, self.settings.taxonomy, fetch)

    @property
    def model_folder(self) -> Path:
        """The folder of the model in use: the one koe.yaml names, or the one that ``koe train`` adapted, or koe's own.

        Raises:
            ModelError: when koe.yaml names a folder that is not there.
        """
        from nlp.model_files import model_folder

        return model_folder(self._model.name)

    @property
    def _model(self) -> ModelSettings:
        model = self.settings.model.heads_meant_from(self.settings.folder)
        own = OwnModels.of(self.settings).current()
        if own is None and model.name != "default":
            own = self.settings.folder / model.name
        return model.model_copy(update={"name": str(own)}) if own and own.is_dir() else model

    @cached_property
    def model_version(self) -> str:
        """The version that results are stored with; told without loading the model."""
        if self._analyser is not None:
            return self._analyser.version
        from nlp.analyser import model_version

        return model_version(self._model, self.settings.taxonomy)

    def model_of(self, head: Head) -> str:
        """Which model reads a head, and how its labels are meant, in words; nothing is loaded and nothing fetched.

        Raises:
            ModelError: when it is missing or of another kind, with what to do.
        """
        from nlp.other_models.choice import choose

        other = choose(self._model, head, fetch=False)
        if other is None:
            return "koe's own"
        return f"{other.version} ({other.read_as})" + (f"; WARNING: {other.doubt}" if other.doubt else "")

    @property
    def output(self) -> Path:
        """The folder reports go to."""
        return self.settings.folder / self.settings.output
