"""The report as an Excel workbook; what customers wrote is text there and never a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from reports.render import story
from reports.report import Quotation, Report
from reports.wording import Wording

_Cell = str | int | float | None


def render(report: Report, lang: str) -> bytes:
    """A workbook with sheets for issues, weeks, quotations and products, in ``ja`` or ``en``.

    Raises:
        UsageError: another language.
    """
    import xlsxwriter

    t = Wording.of(lang, report.timezone)
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": f"{t('title')} {report.week}", "created": report.generated_at.astimezone(UTC)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        body = book.add_format({"valign": "top", "text_wrap": True})
        for name, heads, rows in _sheets(report, t):
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 1)
            sheet.write_row(0, 0, heads, head)
            size = 0
            for size, row in enumerate(rows, start=1):
                _write(sheet, size, row, body)
            sheet.set_column(0, len(heads) - 1, 16)
            sheet.autofilter(0, 0, max(size, 1), len(heads) - 1)
    return out.getvalue()


def _sheets(report: Report, t: Wording) -> Iterable[tuple[str, Sequence[str], Iterable[Sequence[_Cell]]]]:
    yield (
        t("issue"),
        (
            "id", t("product"), t("issue"), t("state"), t("this_week"), t("last_week"), t("expected"),
            "exposure", "rate", "p", "q", t("severity"), "first_seen", "concentration", t("in_all"),
        ),
        (
            (
                issue.id, t.name(issue.product_name), issue.label.best(t.lang), t(f"state_{issue.state}"), issue.count,
                issue.previous_count, issue.expected, issue.exposure, issue.rate, issue.p_value, issue.q_value,
                issue.severity.score, t.date(issue.first_seen),
                " ".join(t.concentration(found) for found in issue.concentration), len(issue.feedback_ids),
            )
            for issue in report.issues
        ),
    )  # fmt: skip
    yield (
        "weeks",
        ("id", "week", "count", "exposure", "expected", "low", "high", "alert"),
        (
            (
                issue.id, str(point.week), point.count, point.exposure, point.expected, point.low, point.high,
                int(point.alert),
            )
            for issue in report.issues
            for point in issue.trend
        ),
    )  # fmt: skip
    quoted = [(issue.id, quotation) for issue in report.issues for quotation in issue.quotations]
    quoted += [(t("safety"), item.quotation) for item in report.safety]
    quoted += [(t("alone"), item.quotation) for item in report.alone]
    yield (
        t("voices"),
        (t("issue"), "feedback_id", "version", "field", "start", "end", "date", t("stars"), "text", "marks"),
        (_quotation_row(place, quotation) for place, quotation in quoted),
    )
    yield (
        t("products"),
        (t("product"), t("feedback"), t("last_week"), t("stars"), t("last_week"), t("open_issues"), t("rising_issues")),
        (
            (
                t.name(row.name), row.feedback, row.previous_feedback, row.rating, row.previous_rating, row.issues,
                row.alerts,
            )
            for row in report.products
        ),
    )  # fmt: skip


def _quotation_row(place: str, quotation: Quotation) -> Sequence[_Cell]:
    marks = " / ".join(text for text, kind in story.pieces(quotation) if kind)
    return (
        place, quotation.feedback_id, quotation.version, quotation.field, quotation.start, quotation.end,
        quotation.date, quotation.rating, quotation.text, marks,
    )  # fmt: skip


def _write(sheet: Any, row: int, cells: Sequence[_Cell], style: Any) -> None:
    for column, cell in enumerate(cells):
        if cell is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(cell, str):
            # Neutral even when the sheet is saved as CSV, where Excel would read a formula.
            risky = cell[:1] in "=+-@\t\r" and cell != ""
            sheet.write_string(row, column, f"'{cell}" if risky else cell, style)
        else:
            sheet.write_number(row, column, cell, style)
