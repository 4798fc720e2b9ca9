"""XLSX: one sheet, up to a stated number of rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from koe.errors import InputError
from storage.sources.rows import BrokenRow, RawRow, column_names, cut

#: openpyxl keeps the texts of a whole workbook in memory, so there is a limit, in rows without the header.
MAX_ROWS = 200_000


class SpreadsheetFile:
    """A sheet of an Excel workbook with a header."""

    def __init__(self, path: Path, sheet: str | None, max_row_bytes: int, max_rows: int = MAX_ROWS) -> None:
        self._path = path
        self._sheet = sheet
        self._limit = max_row_bytes
        with self._cells() as rows:
            header = next((cells for _, cells in rows), None)
            if header is None:
                raise InputError(f"{path} is empty; expected a row with the names of the columns, then rows")
            if sum(1 for _ in zip(range(max_rows + 1), rows, strict=False)) > max_rows:
                raise InputError(
                    f"{path} has more than {max_rows:,} rows, the limit for XLSX; save it as CSV, which has none"
                )
        self.columns = column_names(_trimmed(header))

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """The rows below the header that are not blank, with the sheet's row number."""
        width = len(self.columns)
        with self._cells() as rows:
            next(rows)
            for number, cells in rows:
                position = f"row {number}"
                kept = _trimmed(cells)
                values = dict(zip(self.columns, [*kept, *[None] * (width - len(kept))], strict=False))
                row = RawRow(position, values)
                if len(kept) > width:
                    yield BrokenRow(position, row.raw, f"{len(kept)} cells where the header has {width}")
                elif (
                    sum(len(cell.encode("utf-8", "surrogatepass")) for cell in kept if isinstance(cell, str))
                    > self._limit
                ):
                    yield BrokenRow(position, cut(row.raw), f"over the limit of {self._limit:,} bytes for a row")
                else:
                    yield row

    @contextmanager
    def _cells(self) -> Iterator[Iterator[tuple[int, tuple[Any, ...]]]]:
        import openpyxl

        try:
            with warnings.catch_warnings():
                # openpyxl warns of styles and validations that it leaves out; they carry no feedback.
                warnings.simplefilter("ignore")
                workbook = openpyxl.load_workbook(self._path, read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError, OSError) as error:
            raise InputError(f"{self._path} is no XLSX workbook ({error}); save it as XLSX or CSV") from error
        try:
            if self._sheet is not None and self._sheet not in workbook.sheetnames:
                known = ", ".join(workbook.sheetnames)
                raise InputError(f"{self._path} has no sheet {self._sheet!r}; its sheets are {known}")
            sheet = workbook[self._sheet] if self._sheet is not None else workbook.worksheets[0]
            rows = enumerate(sheet.iter_rows(values_only=True), start=1)
            yield ((number, cells) for number, cells in rows if any(cell not in (None, "") for cell in cells))
        finally:
            workbook.close()


def _trimmed(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """The cells up to the last that holds something."""
    end = len(cells)
    while end and cells[end - 1] in (None, ""):
        end -= 1
    return cells[:end]
