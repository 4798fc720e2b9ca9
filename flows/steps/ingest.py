"""The step ``ingest``: the files of the configured sources become Feedback, or Quarantine rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

from koe.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from koe.settings import SourceSettings
    from storage.ingest import IngestCounts, RetryCounts

#: Is told how much is done so far.
Progress = Callable[[int], None]


def ingest(wiring: Wiring, sources: Sequence[str] = (), progress: Progress | None = None) -> dict[str, IngestCounts]:
    """Take in the files of the named sources (default: all), in the order of ``koe.yaml``.

    Raises:
        NotFoundError: an unknown source.
        InputError: a source whose files are missing.
    """
    from storage.ingest import ingest_file

    known = wiring.settings.sources
    for name in sources:
        if name not in known:
            raise NotFoundError("source", name, known)
    counts: dict[str, IngestCounts] = {}
    for name in dict.fromkeys(sources) or known:
        source = known[name]
        for path in files_of(name, source.path, wiring.settings.folder):
            before = sum(one.rows for one in counts.values())
            file_counts = ingest_file(
                wiring.database, path, name, source, wiring.settings, wiring.clock(), _after(before, progress)
            )
            counts[name] = _add(counts[name], file_counts) if name in counts else file_counts
    return counts


def _after(before: int, progress: Progress | None) -> Progress | None:
    return None if progress is None else lambda done: progress(before + done)


def files_of(name: str, patterns: Sequence[str], folder: Path) -> list[Path]:
    """The files of a source, in order of their names.

    Raises:
        InputError: a pattern that no file matches.
    """
    files: list[Path] = []
    for pattern in patterns:
        if (folder / pattern).is_file():
            files.append(folder / pattern)  # also a name with brackets in it, which a pattern would not match
            continue
        found = sorted(glob(pattern, root_dir=folder, recursive=True))  # noqa: PTH207 (Path.glob refuses absolute ones)
        if not found:
            raise InputError(
                f"source {name}: no file matches {pattern!r} in {folder}; "
                f"put the file there or mend sources.{name}.path"
            )
        files += (folder / name for name in found)
    return files


def _add(one: IngestCounts, other: IngestCounts) -> IngestCounts:
    return type(one)(**{field.name: getattr(one, field.name) + getattr(other, field.name) for field in fields(one)})


def ingest_one(
    wiring: Wiring, path: Path, name: str, source: SourceSettings, progress: Progress | None = None
) -> IngestCounts:
    """Take in one file under a source's name and columns.

    Raises:
        InputError: the file is missing or is not what it says it is.
    """
    from storage.ingest import ingest_file

    return ingest_file(wiring.database, path, name, source, wiring.settings, wiring.clock(), progress)


def ingest_exposures(wiring: Wiring, path: Path, source: SourceSettings | None = None) -> int:
    """Take in units sold (product_id, attribute, value, period, units); returns the number of rows.

    ``source`` says its encoding and how its columns are called.

    Raises:
        InputError: the first row that cannot be taken; nothing of the file is.
    """
    from storage.ingest import ingest_exposure_file

    return ingest_exposure_file(wiring.database, path, source)


def retry(wiring: Wiring, name: str) -> RetryCounts:
    """Read a source's files again after they, or its columns in koe.yaml, were mended.

    Raises:
        NotFoundError: the source is not in koe.yaml.
    """
    from storage.ingest import retry_source

    known = wiring.settings.sources
    if name not in known:
        raise NotFoundError("source", name, known)
    files = files_of(name, known[name].path, wiring.settings.folder)
    return retry_source(wiring.database, files, name, known[name], wiring.settings, wiring.clock())
