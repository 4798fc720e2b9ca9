"""Reading files of units sold or in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from koe.errors import InputError, NotFoundError, UsageError
from koe.feedback import RefusedRow
from koe.settings import SourceSettings
from koe.week import Week
from storage.exposure_store import Exposure
from storage.sources.read import open_table
from storage.sources.refusal import Refusal
from storage.sources.rows import BrokenRow, RawRow
from storage.sources.values import read_name, read_score

#: The columns of such a file.
COLUMNS = ("product_id", "attribute", "value", "period", "units")
_REQUIRED = ("product_id", "period", "units")


def read_exposures(
    path: Path, source: SourceSettings, max_row_bytes: int = 1_000_000
) -> Iterator[Exposure | RefusedRow]:
    """The rows of a file of units, each as Exposure or as refused.

    Raises:
        InputError: when the file is missing, is not of its format, or lacks a column.
        NotFoundError: when the settings name a column that such a file has not.
    """
    for field in source.map:
        if field not in COLUMNS:
            raise NotFoundError("column of units", field, COLUMNS)
    table = open_table(path, source, max_row_bytes)
    names = {field: source.map.get(field, field) for field in COLUMNS}
    if table.columns is not None:
        for field in _REQUIRED:
            if names[field] not in table.columns:
                found = ", ".join(table.columns)
                raise InputError(f"{path} has no column {names[field]!r}; expected {', '.join(COLUMNS)}, found {found}")
    return (_exposure(row, names, path.stem) for row in table.rows())


def _exposure(row: RawRow | BrokenRow, names: dict[str, str], source: str) -> Exposure | RefusedRow:
    if isinstance(row, BrokenRow):
        return RefusedRow(source, row.position, row.raw, row.reason)
    cells = {field: row.values.get(column) for field, column in names.items()}
    try:
        product, attribute, value = (read_name(cells[field]) for field in ("product_id", "attribute", "value"))
        if product is None:
            raise Refusal("product_id is empty")
        if (attribute is None) != (value is None):
            raise Refusal("attribute and value go together: both are given, or (for the whole product) neither")
        units = read_score(cells["units"])
        if units is None or units < 0:
            raise Refusal(f"units: {cells['units']!r} is no count; expected 0 or more")
        return Exposure(product, attribute or "", value or "", _period(cells["period"]), units)
    except Refusal as refusal:
        return RefusedRow(source, row.position, row.raw, str(refusal))


def _period(value: object) -> str:
    if isinstance(value, date):
        return date(value.year, value.month, value.day).isoformat()
    text = read_name(value) or ""
    try:
        return str(Week.parse(text.upper())) if "W" in text.upper() else date.fromisoformat(text).isoformat()
    except (UsageError, ValueError) as error:
        raise Refusal(f"period: {value!r} is neither a week (2026-W10) nor a day (2026-03-02)") from error
