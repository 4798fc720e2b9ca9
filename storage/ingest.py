"""Ingest: a file's rows into the store, in units of work that can be cut off anywhere and done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from koe.errors import InputError
from koe.feedback import Feedback, RefusedRow
from koe.settings import Settings, SourceSettings
from storage.exposure_store import Exposure
from storage.sources.exposures import read_exposures
from storage.sources.read import read_rows
from storage.statements import batched
from storage.text import storable

if TYPE_CHECKING:
    from storage.database import Database

#: Rows in one unit of work.
CHUNK = 2_000

#: More than any list holds.
ALL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class IngestCounts:
    """What became of the rows of a file: ``rows`` = ``new`` + ``edited`` + ``unchanged`` + ``refused``.

    ``newly_refused`` of the refused were not in Quarantine before.
    """

    rows: int = 0
    new: int = 0
    edited: int = 0
    unchanged: int = 0
    refused: int = 0
    newly_refused: int = 0


def ingest_file(
    database: Database,
    path: Path,
    name: str,
    source: SourceSettings,
    settings: Settings,
    now: datetime,
    progress: Callable[[int], None] | None = None,
    refusals: list[RefusedRow] | None = None,
) -> IngestCounts:
    """Take in a file under a source's name; ``progress`` is told the number of rows done so far.

    ``refusals``, where given, receives the refused rows.

    Each chunk of rows is one unit of work. A run that was cut off goes on by running again: what is known already
    changes nothing, and that is also why files may overlap.

    Raises:
        InputError: when the file is missing, is not what it says it is, or lacks a column.
    """
    counts = IngestCounts()
    rows = read_rows(path, source, name, settings.zone, now, settings.max_row_bytes)
    for chunk in batched(rows, CHUNK):
        taken = [row for row in chunk if isinstance(row, Feedback)]
        refused = [row for row in chunk if isinstance(row, RefusedRow)]
        with database.work() as work:
            stored = work.feedback.upsert(taken, now)
            newly_refused = work.quarantine.add(refused, now)
            work.commit()
        if refusals is not None:
            refusals += refused
        counts = IngestCounts(
            rows=counts.rows + len(chunk),
            new=counts.new + stored.new,
            edited=counts.edited + stored.edited,
            unchanged=counts.unchanged + stored.unchanged,
            refused=counts.refused + len(refused),
            newly_refused=counts.newly_refused + newly_refused,
        )
        if progress is not None:
            progress(counts.rows)
    return counts


@dataclass(frozen=True, slots=True)
class RetryCounts:
    """What became of a source's refused rows: those taken (or gone from the files), and those that still wait."""

    taken: int
    waiting: int


def retry_source(
    database: Database, paths: Sequence[Path], name: str, source: SourceSettings, settings: Settings, now: datetime
) -> RetryCounts:
    """Read a source's files again after they, or its columns in koe.yaml, were mended.

    A row in Quarantine that is not refused again, at the same place for the same reason, is marked as dealt with.
    """
    refusals: list[RefusedRow] = []
    for path in paths:
        ingest_file(database, path, name, source, settings, now, refusals=refusals)
    still = {(row.position, storable(row.raw), row.reason) for row in refusals}
    with database.work() as work:
        waiting = work.quarantine.list(source=name, limit=ALL)
        mended = [row for row in waiting if (row.position, row.raw, row.reason) not in still]
        for row in mended:
            work.quarantine.resolve(row.id, now)
        work.commit()
    return RetryCounts(len(mended), len(waiting) - len(mended))


def ingest_exposure_file(database: Database, path: Path, source: SourceSettings | None = None) -> int:
    """Take in units sold or in use; returns the number of rows. All of the file, or nothing of it.

    Columns: ``product_id, attribute, value, period, units``; ``attribute`` and ``value`` are empty for the whole
    product, ``period`` is a week (2026-W10) or a day.

    Raises:
        InputError: the first row that cannot be taken, with its position: a rate over a part of the units misleads.
    """
    rows: list[Exposure] = []
    for row in read_exposures(path, source or SourceSettings(path=[str(path)])):
        if isinstance(row, RefusedRow):
            raise InputError(f"{path}, {row.position}: {row.reason}")
        rows.append(row)
    with database.work() as work:
        work.exposures.upsert(rows)
        work.commit()
    return len(rows)
