"""Reading a file of feedback, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from koe.errors import InputError
from koe.feedback import Feedback, RefusedRow
from koe.settings import SourceSettings
from storage.sources.build import FeedbackBuilder
from storage.sources.columns import check_columns, plan_columns
from storage.sources.jsonlines import JsonLinesFile
from storage.sources.rows import Table

_FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def read_rows(
    path: Path, source: SourceSettings, name: str, zone: tzinfo, now: datetime, max_row_bytes: int = 1_000_000
) -> Iterator[Feedback | RefusedRow]:
    """The rows of a file in its order, each as Feedback or, with position and reason, as refused.

    Times without an offset are in the source's ``timezone:`` or else in ``zone``; what lies after ``now`` is
    refused. Rows are read as they are asked for, so that memory does not grow with the file.

    Raises:
        InputError: when the file is missing, is not of its format, or lacks a column.
        NotFoundError: when the settings name a field that there is not.
    """
    if ":" in name:
        raise InputError(f"a source cannot be called {name!r}: the colon parts source and id in source:external_id")
    table = open_table(path, source, max_row_bytes)
    columns = table.columns
    if isinstance(table, JsonLinesFile):
        seen = table.keys()
        plan = plan_columns(source, None, seen)
        # A key may come late in the file, or be there for few objects only.
        columns = [*seen, *(column for column in source.map.values() if column not in seen and table.has_key(column))]
    else:
        plan = plan_columns(source, columns)
    check_columns(path, source, plan, columns or ())
    where = ZoneInfo(source.timezone) if source.timezone else zone
    builder = FeedbackBuilder(name, plan, where, source.time_format, now, f"{path.name}: ")
    return _rows(table, builder)


def open_table(path: Path, source: SourceSettings, max_row_bytes: int) -> Table:
    """A file as rows of cells.

    Raises:
        InputError: when it is missing, or is not of its format.
    """
    if not path.exists():
        raise InputError(f"there is no file {path}")
    if not path.is_file():
        raise InputError(f"{path} is no file; name the file, or several by a pattern such as {path}/*.csv")
    kind = source.format or _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"{path}: the name does not tell the format; give format: csv, tsv, jsonl, xlsx or parquet")
    try:
        return _open(path, kind, source, max_row_bytes)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def _open(path: Path, kind: str, source: SourceSettings, max_row_bytes: int) -> Table:
    # Each reader is loaded with what it needs when a file asks for it.
    if kind == "jsonl":
        return JsonLinesFile(path, source.encoding, max_row_bytes)
    if kind == "xlsx":
        from storage.sources.spreadsheet import SpreadsheetFile

        return SpreadsheetFile(path, source.sheet, max_row_bytes)
    if kind == "parquet":
        from storage.sources.parquet import ParquetFile

        return ParquetFile(path, max_row_bytes)
    from storage.sources.delimited import DelimitedFile

    return DelimitedFile(path, "\t" if kind == "tsv" else None, source.encoding, max_row_bytes)


def _rows(table: Table, builder: FeedbackBuilder) -> Iterator[Feedback | RefusedRow]:
    try:
        for row in table.rows():
            yield builder.build(row)
    finally:
        builder.close()
