"""The step ``notify``: what changed in the week, on one screen, to every target of koe.yaml."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from flows.targets import Target, targets_of
from koe.errors import KoeError

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from reports.report import Report


class Outcome(StrEnum):
    """What became of a message to a target; ``KNOWN``: it had this very report already."""

    SENT = "sent"
    KNOWN = "known"
    NO_ALERT = "no alert"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Notified:
    """A target, called without its secret, and what became of its message; ``reason`` says why it failed."""

    target: str
    outcome: Outcome
    reason: str = ""


def notify(wiring: Wiring, report: Report, paths: Sequence[Path], by_hand: bool = False) -> list[Notified]:
    """Send the summary of a report to each target of koe.yaml; a target that fails holds up nothing.

    A target gets a week once, and again only when the report says something else. ``by_hand`` sends to all of them,
    whatever they had and whenever they want to be told.

    Args:
        wiring: settings, store and clock.
        report: the report that was written.
        paths: its files, of which the summary names the page.
        by_hand: somebody asked for it now.
    """
    targets = targets_of(wiring.settings)
    digest = _digest(report) if targets else ""
    return [_notify(wiring, target, report, paths, digest, by_hand) for target in targets]


def _notify(
    wiring: Wiring, target: Target, report: Report, paths: Sequence[Path], digest: str, by_hand: bool
) -> Notified:
    from reports.render.summary import message

    if target.settings.when == "alert" and not report.alerts() and not by_hand:
        return Notified(target.name, Outcome.NO_ALERT)
    languages = list(target.settings.languages or wiring.settings.languages)
    key = target.key(languages)
    with wiring.database.work(write=False) as work:
        if work.notifications.sent(key, report.week) == digest and not by_hand:
            return Notified(target.name, Outcome.KNOWN)
    title, body = message(report, {lang: place_of(wiring, paths, lang) for lang in languages})
    try:
        target.send(title, body)
    except KoeError as error:
        return Notified(target.name, Outcome.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 (hundreds of services; none may stop the week, and its words may hold the address)
        return Notified(target.name, Outcome.FAILED, f"an unexpected {type(error).__name__}")
    # Kept only now: a run that is killed in between sends twice rather than never.
    with wiring.database.work() as work:
        work.notifications.keep(key, report.week, digest, wiring.clock())
        work.commit()
    return Notified(target.name, Outcome.SENT)


def place_of(wiring: Wiring, paths: Sequence[Path], lang: str) -> str:
    """Where people find a report in a language: below ``output_url`` where koe.yaml has one, else the file's path.

    Its page, or whatever else was written; nothing when nothing was.
    """
    pages = [path for path in paths if path.name.endswith(f".{lang}.html")]
    path = next(iter([*pages, *(path for path in paths if path.suffix == ".html"), *paths]), None)
    if path is None:
        return ""
    base = wiring.settings.output_url
    return f"{base.rstrip('/')}/{path.name}" if base else str(path)


def _digest(report: Report) -> str:
    """SHA-256 (hex) of all that a report says, but for when it was made and from which state of the store."""
    said = {name: value for name, value in report.to_json().items() if name not in {"generated_at", "as_of"}}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
