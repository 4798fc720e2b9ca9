"""``koe doctor``: what is installed, which model, which database, what is missing, and the mend for each."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

import koe
from koe.errors import KoeError

if TYPE_CHECKING:
    from flows.targets import Target
    from flows.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, whether it is well, and how to mend it where it is not."""

    what: str
    ok: bool
    found: str
    mend: str = ""


def examine(
    config: Path | None, offline: bool = False, load: Callable[[Path | None], Wiring] | None = None
) -> list[Finding]:
    """Look at everything koe needs, and fetch nothing; ``offline`` leaves out what asks the network (nothing does).

    ``load`` makes the wiring from a koe.yaml; tests give their own.
    """
    findings = [Finding("koe", True, f"{koe.__version__} on Python {platform.python_version()}"), _python()]
    findings += map(_package, _requirements())
    wiring, finding = _settings(config, load)
    findings.append(finding)
    if wiring is not None:
        findings += _of_wiring(wiring)
    return findings


def _python() -> Finding:
    ok = sys.version_info >= (3, 11)
    return Finding("Python", ok, platform.python_version(), "" if ok else "install Python 3.11 or newer")


def _requirements() -> list[str]:
    """What koe says it needs: ``pandas<4,>=3.1`` and so on, extras left out."""
    try:
        return [line for line in requires("koe") or () if ";" not in line]
    except PackageNotFoundError:
        return []  # run from its folder without being installed


def _package(requirement: str) -> Finding:
    name = re.split(r"[^\w.-]", requirement)[0]
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed", f'pip install "{requirement}"')


def _settings(config: Path | None, load: Callable[[Path | None], Wiring] | None) -> tuple[Wiring | None, Finding]:
    from flows.wiring import Wiring

    try:
        wiring = (load or Wiring.from_config)(config)
    except KoeError as error:
        return None, Finding(
            "koe.yaml", False, str(error), "mend that place; `koe init` in an empty folder shows all keys"
        )
    file = wiring.settings.file
    found = f"{file}, {len(wiring.settings.sources)} sources" if file else "none here: defaults"
    return wiring, Finding("koe.yaml", True, found, "" if file else "`koe init` writes one")


def _of_wiring(wiring: Wiring) -> Iterator[Finding]:
    yield _try("sources", lambda: _sources(wiring), "put the files there or mend sources: in koe.yaml")
    yield _try("delivery", lambda: _delivery(wiring), "set the variable, or mend delivery: in koe.yaml")
    yield _try("routing", lambda: _routing(wiring), "mend routing: in koe.yaml")
    yield from _targets(wiring)
    yield from _models(wiring)
    yield _try("database", lambda: _database(wiring), "`koe init` makes it, `koe run` upgrades it")


def _models(wiring: Wiring) -> Iterator[Finding]:
    """The model of each head; all of them are loaded only when none would have to be fetched for it."""
    from nlp.other_models.choice import HEADS

    heads = [_try(f"model for {head}", partial(wiring.model_of, head), f"mend model: {head}:") for head in HEADS]
    if all(head.ok for head in heads):
        yield _try(
            "model", lambda: wiring.load_analyser(fetch=False).version, "reinstall koe, or mend model: in koe.yaml"
        )
    else:
        yield Finding("model", False, "not loaded: a part of it is missing", "mend what is said below")
    yield from heads
    yield from _outdated(wiring)


def _outdated(wiring: Wiring) -> Iterator[Finding]:
    from flows.own_models import OwnModels

    # A base that cannot be read is told with the model.
    with suppress(KoeError):
        outdated = OwnModels.of(wiring.settings).outdated()
        if outdated:
            found = f"{outdated} is not in use: the model it was adapted from has changed"
            yield Finding("adapted model", False, found, "koe train")


def _try(what: str, look: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(what, True, look())
    except KoeError as error:
        return Finding(what, False, str(error), mend)


def _sources(wiring: Wiring) -> str:
    from flows.steps.ingest import files_of

    folder = wiring.settings.folder
    return f"{sum(len(files_of(name, one.path, folder)) for name, one in wiring.settings.sources.items())} files"


def _routing(wiring: Wiring) -> str:
    from desk.due import service_levels
    from desk.routing import rule_book

    book, levels = rule_book(wiring.settings), service_levels(wiring.settings)
    return f"{len(book.rules)} rules, {len(book.queues)} queues, {len(levels.calendars)} calendars"


def _targets(wiring: Wiring) -> Iterator[Finding]:
    """Whether the address of each target can be understood; nothing is sent."""
    from flows.targets import targets_of

    for target in targets_of(wiring.settings):
        when = "every week" if target.settings.when == "always" else "weeks with an alert"
        yield _try(target.name, partial(_understood, target, when), f"mend notify: in koe.yaml, entry {target.number}")


def _understood(target: Target, when: str) -> str:
    target.check()
    return when


def _delivery(wiring: Wiring) -> str:
    from desk.delivery.targets import Targets

    count = Targets.of_this_process(wiring.settings, wiring.clock).check()
    return f"{count} targets" if count else "replies go to a file"


def _database(wiring: Wiring) -> str:
    wiring.database.check()
    return wiring.database.name
