"""The steps ``detect`` and ``report``: the week's alerts into the store, the week's defect report into files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from koe.errors import NotFoundError
from koe.week import Week

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from reports.weekly import Report

FORMATS = ("html", "md", "json", "xlsx")
LANGUAGES = ("ja", "en")


def build(wiring: Wiring, week: Week) -> Report:
    """The defect report of a week, from the store as it is now; its alerts are kept, as is what it was made under.

    An issue that came back after its fix is reopened in the ledger, from the end of the week on.
    """
    from reports.weekly import build_report

    with wiring.database.work() as work:
        report = build_report(work, week, wiring.settings, wiring.model_version, wiring.clock())
        recurrences = report.recurrences()
        for issue, fix in recurrences:
            # The last second, not the end: what holds from the end on is not seen by the week's report.
            work.issues.recur(issue, fix, week, week.end(wiring.settings.zone) - timedelta(seconds=1))
        if recurrences:
            report = build_report(work, week, wiring.settings, wiring.model_version, wiring.clock())
        work.alerts.replace(week, report.alerts())
        work.commit()
    return report


def write(
    report: Report, folder: Path, formats: Sequence[str] = ("html", "md", "json"), langs: Sequence[str] = ("ja", "en")
) -> list[Path]:
    """Write a report into a folder: one file for each of :data:`FORMATS`, and for each language where people read it.

    Raises:
        NotFoundError: an unknown format or language.
    """
    formats, langs = known_formats(formats), known_languages(langs)
    folder.mkdir(parents=True, exist_ok=True)
    return [path for name in formats for path in _write(report, folder, name, langs)]


def known_formats(names: Iterable[str]) -> list[str]:
    """The formats, each once, without the spaces around them.

    Raises:
        NotFoundError: an unknown one.
    """
    return _known("format", names, FORMATS)


def known_languages(names: Iterable[str]) -> list[str]:
    """The same for the languages of a report."""
    return _known("language", names, LANGUAGES)


def _known(kind: str, names: Iterable[str], known: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(name.strip().lower() for name in names))
    for name in chosen:
        if name not in known:
            raise NotFoundError(kind, name, known)
    return chosen


def _write(report: Report, folder: Path, name: str, langs: Sequence[str]) -> list[Path]:
    stem = f"koe-{report.week}"
    if name == "json":
        from reports.render.json import render
        from reports.stored import file_name

        return [_saved(folder / file_name(report.week), render(report).encode("utf-8"))]
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
