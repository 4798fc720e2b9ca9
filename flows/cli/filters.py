"""Commands without a database: JSONL or CSV in, JSONL or CSV out (``analyse``, ``cluster``, ``detect``)."""

from __future__ import annotations

import codecs
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.session import SOME_REFUSED, existing_file, progress, wiring_of
from koe.errors import InputError, UsageError

FileArgument = Annotated[Path, typer.Argument(metavar="[FILE|-]", help="The input; - is standard input.")]
_STDIN = Path("-")


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (analyse, cluster, detect):
        app.command(rich_help_panel="Without a database")(command)


def analyse(
    ctx: typer.Context,
    file: FileArgument = _STDIN,
    embeddings: Annotated[bool, typer.Option("--embeddings", help="Add each text's embedding.")] = False,
) -> None:
    """Read sentiment, trigger phrases, intents, safety and priority: JSONL in, JSONL out, in the same order."""
    from flows.steps.jsonl import analyse_lines

    lines = _lines(file)
    wiring = wiring_of(ctx)
    with progress("analyse", len(lines)) as advance:
        _write_lines(analyse_lines(lines, wiring, embeddings, advance))


def cluster(ctx: typer.Context, file: FileArgument = _STDIN) -> None:
    """Group texts that make the same complaint: JSONL in, JSONL out, in the same order."""
    from flows.steps.jsonl import cluster_lines

    lines = _lines(file)
    wiring = wiring_of(ctx)
    with progress("cluster", len(lines)) as advance:
        _write_lines(cluster_lines(lines, wiring, advance))


def detect(
    ctx: typer.Context,
    file: FileArgument = _STDIN,
    level: Annotated[
        float | None, typer.Option("--level", help="False discovery rate of each period (default: koe.yaml's).")
    ] = None,
) -> None:
    """Find series that rise beyond chance: CSV of counts in, CSV of alerts out."""
    from reports.detect_csv import detect_csv

    settings = wiring_of(ctx).settings.detection
    chosen = settings.level if level is None else level
    if not 0 < chosen < 1:
        raise UsageError(f"--level {chosen}: expected a rate between 0 and 1, such as 0.05")
    try:
        counts = _read(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not UTF-8 at byte {error.start}; expected a CSV in UTF-8") from error
    sys.stdout.write(detect_csv(io.StringIO(counts, newline=""), settings.model_copy(update={"level": chosen})))


def _read(file: Path) -> bytes:
    return sys.stdin.buffer.read() if file == _STDIN else existing_file(file).read_bytes()


def _lines(file: Path) -> list[str]:
    """The lines of a file; what is not UTF-8 in one stays with that line, as surrogates."""
    text = _read(file).removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    # JSON may hold U+2028 and others, at which splitlines() would cut a line in two.
    return text.removesuffix("\n").split("\n") if text else []


def _write_lines(result: tuple[list[str], int]) -> None:
    lines, refused = result
    sys.stdout.writelines(f"{line}\n" for line in lines)
    if refused:
        raise typer.Exit(SOME_REFUSED)
