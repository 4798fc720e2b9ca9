"""What ``koe cluster`` does: texts in, the issue of each out, with no database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from koe.analysis import Analysis, Document
from koe.issue import issue_id
from koe.settings import DiscoverySettings
from nlp.discovery.complaints import ComplaintSegment, Discovery, FoundIssue, complaint_segments
from nlp.discovery.copies import find_copies
from nlp.discovery.discover import discover

#: A text without a time stands before all others, in the order of the lines.
_NO_TIME = datetime(1, 1, 1, tzinfo=UTC)


class DocumentAnalyser(Protocol):
    """What reads the texts; see ``nlp.analyser``."""

    def analyse(
        self, documents: Sequence[Document], progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, Analysis]]:
        """Yield (index, Analysis) of each document, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class _Row:
    """A line that could be read. ``key`` is its number, so that texts with equal ids stay apart."""

    key: str
    id: object
    document: Document
    product_id: str | None
    created_at: datetime


def cluster_texts(
    lines: Iterable[str],
    analyser: DocumentAnalyser,
    settings: DiscoverySettings,
    progress: Callable[[int], None] | None = None,
) -> list[dict[str, object]]:
    """Group the complaints of JSON lines ``{"id", "text", "product_id"?, "lang"?, "created_at"?}``.

    Returns one object a line, in the same order: ``{"id", "issue", "label", "label_other", "issues", "reason"?}``.
    ``label`` is in the language of the text, ``label_other`` in the other one (null where no customer said it in that
    language and the glossary does not surely know it). A line that cannot be read gives ``{"line": n, "error": …}``
    (the caller exits with 3). Empty lines give nothing.
    """
    read = [_read(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    rows = [row for row in read if isinstance(row, _Row)]
    analyses: dict[str, Analysis] = {}
    for index, analysis in analyser.analyse([row.document for row in rows], progress):
        analyses[rows[index].key] = analysis
    copies = find_copies([(row.key, row.product_id, row.created_at, row.document.text) for row in rows])
    segments = {row.key: _complaints(row, analyses[row.key], settings, row.key not in copies) for row in rows}
    discovery = discover([segment for row in rows for segment in segments[row.key]], (), settings)
    told = _Told(discovery)
    return [
        told.about(row, analyses[row.key].lang, bool(segments[row.key])) if isinstance(row, _Row) else row
        for row in read
    ]


class _Told:
    """A discovery by the texts it is about."""

    def __init__(self, discovery: Discovery) -> None:
        self.joined: dict[str, list[tuple[float, str, int, int, FoundIssue]]] = {}
        for number, found in enumerate(discovery.found, start=1):
            for span, similarity in found.members:
                entry = (similarity, issue_id(number), span.start, span.end, found)
                self.joined.setdefault(span.feedback, []).append(entry)
        self.reasons: dict[str, str] = {}
        ids = {found: issue_id(number) for number, found in enumerate(discovery.found, start=1)}
        for unassigned in discovery.unassigned:
            self.reasons.setdefault(unassigned.span.feedback, unassigned.told(ids))

    def about(self, row: _Row, lang: str, complains: bool) -> dict[str, object]:
        entries = self.joined.get(row.key, [])
        if not entries:
            reason = self.reasons[row.key] if complains else "no complaint: nothing in the text states a fault or harm"
            return {"id": row.id, "issue": None, "label": None, "label_other": None, "issues": [], "reason": reason}
        _, strongest, _, _, found = min(entries, key=lambda entry: (-entry[0], entry[2], entry[1]))
        labels = (found.label.ja, found.label.en)
        label, other = labels if lang == "ja" else labels[::-1]
        return {
            "id": row.id,
            "issue": strongest,
            "label": label,
            "label_other": other,
            "issues": [
                {"issue": issue, "start": start, "end": end}
                for _, issue, start, end, _ in sorted(entries, key=lambda entry: entry[2:4])
            ],
        }


def _complaints(row: _Row, analysis: Analysis, settings: DiscoverySettings, counted: bool) -> list[ComplaintSegment]:
    return complaint_segments(
        row.key,
        1,
        row.document,
        analysis,
        product_id=row.product_id,
        created_at=row.created_at,
        threshold=settings.complaint,
        counted=counted,
    )


def _read(number: int, line: str) -> _Row | dict[str, object]:
    try:
        values = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        return _refused(number, f"no JSON: {error}")
    wrong = _wrong(values)
    if wrong:
        return _refused(number, wrong)
    # a lone surrogate can stand in JSON and in no encoder: it is read as U+FFFD, one for one
    text = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in values["text"])
    document = Document(text, lang=values.get("lang"))
    return _Row(f"{number:09d}", values["id"], document, values.get("product_id"), _time(values.get("created_at")))


def _wrong(values: object) -> str | None:
    if not isinstance(values, Mapping) or "id" not in values:
        return 'expected an object with an id, such as {"id": "1", "text": "…"}'
    if not isinstance(values.get("text"), str):
        return f'"text" must be a string, not {values.get("text")!r}'
    for name in ("product_id", "lang", "created_at"):
        if not isinstance(values.get(name), str | None):
            return f'"{name}" must be a string, not {values[name]!r}'
    try:
        _time(values.get("created_at"))
    except ValueError:
        return f'"created_at" must be an ISO 8601 time such as 2026-11-23T09:00:00Z, not {values["created_at"]!r}'
    return None


def _time(value: str | None) -> datetime:
    if value is None:
        return _NO_TIME
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refused(number: int, error: str) -> dict[str, object]:
    return {"line": number, "error": f"line {number}: {error}"}
