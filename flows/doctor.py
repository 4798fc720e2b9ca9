"""``koe doctor``: what is installed, which model, which database, what is missing, and the mend for each."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import koe
from koe.errors import KoeError

if TYPE_CHECKING:
    from flows.wiring import Wiring

_NEEDED = ("torch", "transformers", "spacy", "SudachiPy", "pandas", "SQLAlchemy", "alembic", "prefect", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, whether it is well, and how to mend it where it is not."""

    what: str
    ok: bool
    found: str
    mend: str = ""


def examine(config: Path | None, offline: bool = False) -> list[Finding]:
    """Look at everything koe needs; ``offline`` leaves out what would ask the network (for now nothing does)."""
    findings = [Finding("koe", True, f"{koe.__version__} on Python {platform.python_version()}"), _python()]
    findings += map(_package, _NEEDED)
    wiring, finding = _settings(config)
    findings.append(finding)
    if wiring is not None:
        findings += _of_wiring(wiring)
    return findings


def _python() -> Finding:
    ok = sys.version_info >= (3, 11)
    return Finding("Python", ok, platform.python_version(), "" if ok else "install Python 3.11 or newer")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed", f"pip install koe -c constraints.txt (it brings {name})")


def _settings(config: Path | None) -> tuple[Wiring | None, Finding]:
    from flows.wiring import Wiring

    try:
        wiring = Wiring.from_config(config)
    except KoeError as error:
        return None, Finding("koe.yaml", False, str(error), "mend the line; `koe init` writes an example")
    file = config or Path("koe.yaml")
    found = f"{file}, {len(wiring.settings.sources)} sources" if file.exists() else "none here: defaults"
    return wiring, Finding("koe.yaml", True, found, "" if file.exists() else "`koe init` writes one")


def _of_wiring(wiring: Wiring) -> Iterator[Finding]:
    yield _try("sources", lambda: _sources(wiring), "put the files there or mend sources: in koe.yaml")
    yield _try("routing", lambda: _routing(wiring), "mend routing: in koe.yaml")
    yield _try("model", lambda: wiring.analyser.version, "reinstall koe, or mend model: in koe.yaml")
    yield _try("database", lambda: _database(wiring), "`koe init` makes it, `koe run` upgrades it")


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
    from desk.routing import rule_book

    book = rule_book(wiring.settings)
    return f"{len(book.rules)} rules, {len(book.queues)} queues"


def _database(wiring: Wiring) -> str:
    wiring.database.check()
    return wiring.database_url.rsplit("@", 1)[-1]
