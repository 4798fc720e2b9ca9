"""The report as an Excel workbook; what customers wrote is text there and never a formula or a link."""

from __future__ import annotations

import io
from datetime import UTC

from reports.report import Report
from reports.tables import tables
from reports.wording import Wording

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def render(report: Report, lang: str) -> bytes:
    """A workbook with a sheet for each table of the report, in ``ja`` or ``en``.

    Raises:
        UsageError: another language.
    """
    import pandas as pd

    t = Wording.of(lang, report.timezone)
    out = io.BytesIO()
    with pd.ExcelWriter(out, engine="xlsxwriter", engine_kwargs={"options": {"in_memory": True, **_OPTIONS}}) as writer:
        book = writer.book
        book.set_properties({"title": f"{t('title')} {report.week}", "created": report.generated_at.astimezone(UTC)})
        wrapped = book.add_format({"valign": "top", "text_wrap": True})
        for title, table in tables(report, lang).items():
            table.map(_neutral).to_excel(writer, sheet_name=title[:31], index=False, freeze_panes=(1, 1))
            sheet = writer.sheets[title[:31]]
            sheet.set_column(0, len(table.columns) - 1, 16, wrapped)
            sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)
    return out.getvalue()


def _neutral(cell: object) -> object:
    """Text that stays text even when the sheet is saved as CSV, where Excel would read a formula."""
    risky = isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{cell}" if risky else cell
