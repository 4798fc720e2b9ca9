"""``koe verify``: does a report say what the store says?

The report is rebuilt as of its ``as_of`` and compared figure by figure; besides, every quotation is read from the
stored version it names and masked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from koe.errors import InputError, NotFoundError, UsageError
from koe.settings import Settings
from koe.week import Week
from reports.quotations import masked_span, stored_field
from reports.report import AsOf
from reports.weekly import build_report
from storage.database import Database
from storage.work import Work

#: What a value is called that one side does not have.
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A place (``issues[2].quotations[0].text``) where the report says ``found`` and the store ``expected``."""

    place: str
    found: object
    expected: object


def verify(database: Database, report: Mapping[str, Any], settings: Settings) -> list[Mismatch]:
    """Every place where a report (its JSON, parsed) differs from the store; empty when it is true.

    ``generated_at`` is not compared. Later feedback, corrections and settings do not matter.

    Raises:
        InputError: it is no weekly report of koe: a key is missing or of another kind.
    """
    week, model, as_of = _header(report)
    with database.work(write=False) as work:
        quotations = list(_false_quotations(work, report))
        behind = [
            Mismatch(f"as_of.{name}", given, f"at most {last}")
            for name, given, last in (
                ("ingest", as_of.ingest, work.feedback.last_seq()),
                ("ledger", as_of.ledger, work.issues.last_seq()),
            )
            if given > last
        ]
        try:
            rebuilt = build_report(work, week, settings, model, datetime.now(UTC), as_of).to_json()
        except NotFoundError:
            return [*behind, Mismatch("as_of.config", as_of.config, "a settings snapshot of this store"), *quotations]
    found = [*behind, *_differences(dict(report), rebuilt, "")]
    places = {mismatch.place for mismatch in found}
    return [*found, *(mismatch for mismatch in quotations if mismatch.place not in places)]


def _header(report: Mapping[str, Any]) -> tuple[Week, str, AsOf]:
    if not isinstance(report, Mapping):
        raise InputError("not a weekly report: expected a JSON object with week, model, as_of and issues")
    try:
        as_of = report["as_of"]
        header = (
            Week.parse(str(report["week"])),
            str(report["model"]),
            AsOf(int(as_of["ingest"]), int(as_of["ledger"]), str(as_of["config"])),
        )
    except KeyError as error:
        raise InputError(
            f"not a weekly report: the key {error} is missing; expected the .json of `koe report`"
        ) from error
    except (TypeError, ValueError, UsageError) as error:
        raise InputError(f"not a weekly report: {error}; expected the .json of `koe report`") from error
    return header


def _differences(found: object, expected: object, place: str) -> Iterator[Mismatch]:
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        for key in [*expected, *(key for key in found if key not in expected)]:
            where = f"{place}.{key}" if place else str(key)
            if where != "generated_at":
                yield from _differences(found.get(key, ABSENT), expected.get(key, ABSENT), where)
    elif isinstance(found, list) and isinstance(expected, list):
        for index in range(max(len(found), len(expected))):
            here = found[index] if index < len(found) else ABSENT
            there = expected[index] if index < len(expected) else ABSENT
            yield from _differences(here, there, f"{place}[{index}]")
    elif found != expected or isinstance(found, bool) != isinstance(expected, bool):
        yield Mismatch(place, found, expected)


def _false_quotations(work: Work, report: Mapping[str, Any]) -> Iterator[Mismatch]:
    """Quotations whose text is not the mask of the stored span they name."""
    for place, quotation in _quotations(report, ""):
        key, version = quotation.get("feedback_id"), quotation.get("version")
        start, end, text = quotation.get("start"), quotation.get("end"), quotation.get("text")
        if not (isinstance(key, str) and all(isinstance(number, int) for number in (version, start, end))):
            yield Mismatch(place, dict(quotation), "feedback_id, version, field, start, end and text")
            continue
        stored = work.feedback.version(key, version)  # type: ignore[arg-type]
        if stored is None:
            yield Mismatch(
                f"{place}.feedback_id", f"{key} version {version}", "a stored feedback (erased since, or never there)"
            )
            continue
        expected = masked_span(stored_field(stored.feedback, str(quotation.get("field"))), start, end)  # type: ignore[arg-type]
        if text != expected:
            yield Mismatch(f"{place}.text", text, expected)


def _quotations(value: object, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        if "feedback_id" in value and "start" in value:
            yield place, value
        else:
            for key, inner in value.items():
                yield from _quotations(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _quotations(inner, f"{place}[{index}]")
