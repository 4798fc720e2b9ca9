"""The steps ``detect`` and ``report``: the week's alerts into the store, the week's defect report into files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from koe.errors import UsageError
from koe.week import Week

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from reports.weekly import Report

FORMATS = ("html", "md", "json", "xlsx")


def build(wiring: Wiring, week: Week) -> Report:
    """The defect report of a week, from the store as it is now; its alerts are kept, as is what it was made under."""
    from reports.weekly import build_report

    with wiring.database.work() as work:
        report = build_report(work, week, wiring.settings, wiring.analyser.version, wiring.clock())
        work.alerts.replace(week, report.alerts())
        work.commit()
    return report


def write(
    report: Report, folder: Path, formats: Sequence[str] = ("html", "md", "json"), langs: Sequence[str] = ("ja", "en")
) -> list[Path]:
    """Write a report into a folder: one file for each format, and for each language where people read it.

    Raises:
        UsageError: an unknown format or language.
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"unknown format {name!r}; known ones are {', '.join(FORMATS)}")
    for lang in langs:
        if lang not in {"ja", "en"}:
            raise UsageError(f"unknown language {lang!r}; known ones are ja, en")
    folder.mkdir(parents=True, exist_ok=True)
    return [path for name in formats for path in _write(report, folder, name, langs)]


def _write(report: Report, folder: Path, name: str, langs: Sequence[str]) -> list[Path]:
    stem = f"koe-{report.week}"
    if name == "json":
        from reports.render.json import render

        return [_saved(folder / f"{stem}.json", render(report).encode("utf-8"))]
    paths = []
    for lang in langs:
        path = folder / f"{stem}.{lang}.{name}"
        if name == "html":
            from reports.render.html import render as html

            paths.append(_saved(path, html(report, lang).encode("utf-8")))
        elif name == "md":
            from reports.render.markdown import render as markdown

            paths.append(_saved(path, markdown(report, lang).encode("utf-8")))
        else:
            from reports.render.xlsx import render as xlsx

            paths.append(_saved(path, xlsx(report, lang)))
    return paths


def _saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
