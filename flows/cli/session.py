"""What every command needs: the wiring from ``--config``, a store that is there, output for people or machines."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from koe.errors import UsageError
from koe.week import Week

if TYPE_CHECKING:
    from flows.wiring import Wiring

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a machine to read.")]
WeekOption = Annotated[
    str | None, typer.Option("--week", help="ISO week such as 2026-W47 (default: the last complete week).")
]

#: Who works here, when no option says it: koe's own variable, then the system's (USERNAME on Windows).
WHO = ["KOE_USER", "USER", "USERNAME"]

#: Exit code of a run that finished although some rows were refused.
SOME_REFUSED = 3


def wiring_of(ctx: typer.Context) -> Wiring:
    """The wiring of this call: settings from ``--config``, ``KOE_CONFIG`` or ``./koe.yaml``; tests give their own."""
    from flows.wiring import Wiring

    return ctx.obj if isinstance(ctx.obj, Wiring) else Wiring.from_config(ctx.obj)


def open_store(ctx: typer.Context, create: bool = False) -> Wiring:
    """The wiring with a database that is there and of this version; ``create`` makes or upgrades it.

    Raises:
        StorageError: when the database is missing or of another version, with the mend.
    """
    wiring = wiring_of(ctx)
    if create:
        wiring.database.migrate()
    else:
        wiring.database.check()
    return wiring


def existing_file(path: Path) -> Path:
    """The path of a file that the caller named.

    Raises:
        UsageError: when it is missing or a folder.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give a file")
    if not path.exists():
        raise UsageError(f"{path}: no such file")
    return path


def echo_json(value: object) -> None:
    """Print a value as one JSON document; dataclasses, enums, weeks, times and paths are understood."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: Any) -> object:
    if isinstance(value, Week):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, a plain line every tenth of the work otherwise; both on standard error.

    Yields a function to call with the number of things done so far.
    """
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.update(task, completed=done)
        return
    said = 0

    def advance(done: int) -> None:
        nonlocal said
        tenth = 10 * done // total if total else done // 100_000
        if tenth > said:
            said = tenth
            typer.echo(f"{what}: {done}" + (f" of {total}" if total else ""), err=True)

    yield advance
