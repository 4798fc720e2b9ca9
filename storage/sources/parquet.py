"""Parquet, in batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from koe.errors import InputError
from storage.sources.rows import BrokenRow, RawRow, cut

_BATCH = 2_000


class ParquetFile:
    """A Parquet file; nested columns come as lists and mappings."""

    def __init__(self, path: Path, max_row_bytes: int) -> None:
        import pyarrow
        from pyarrow import parquet

        self._path = path
        self._limit = max_row_bytes
        try:
            with parquet.ParquetFile(path) as file:
                self.columns: list[str] = list(file.schema_arrow.names)
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{path} is no Parquet file ({error})") from error

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """The rows with their number."""
        from pyarrow import parquet

        number = 0
        with parquet.ParquetFile(self._path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                columns = [_values(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield self._row(f"row {number}", cells)

    def _row(self, position: str, cells: tuple[Any, ...]) -> RawRow | BrokenRow:
        row = RawRow(position, dict(zip(self.columns, cells, strict=True)))
        for name, cell in row.values.items():
            if isinstance(cell, bytes):
                return BrokenRow(position, row.raw, f"{name}: these bytes are no UTF-8 text")
        size = sum(len(cell) for cell in cells if isinstance(cell, str))
        if size * 4 > self._limit and len(row.raw.encode("utf-8", "surrogatepass")) > self._limit:
            return BrokenRow(position, cut(row.raw), f"over the limit of {self._limit:,} bytes for a row")
        return row


def _values(column: Any) -> list[Any]:
    """The values of a column as Python's own; text that is broken stays bytes."""
    import pyarrow

    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        return _values(column.dictionary_decode())
    if pyarrow.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pyarrow.timestamp("us", tz=kind.tz), safe=False)
    if pyarrow.types.is_floating(kind):
        # Tables made with pandas say "nothing" by NaN.
        return [None if value is None or math.isnan(value) else value for value in column.to_pylist()]
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind):
        try:
            return list(column.to_pylist())
        except UnicodeDecodeError:
            column = column.cast(pyarrow.large_binary())
    return [_text(value) if isinstance(value, bytes) else value for value in column.to_pylist()]


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
