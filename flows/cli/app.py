"""The application: its commands, and how errors become exit codes.

Exit codes: 0 done, 1 a failure, 2 wrong usage, 3 finished but some rows were refused.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

import koe
from flows.cli import (
    desk,
    evaluate,
    filters,
    issues,
    pipeline,
    quarantine,
    queue,
    route,
    send,
    setup,
    token,
    train,
    user,
)
from koe.errors import KoeError, UsageError

#: What Typer leaves with after Ctrl-C.
_INTERRUPTED = 130

app = typer.Typer(
    name="koe",
    help="koe (声) hears what customers say: feedback in, product-defect reports and response queues out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def _configure(
    ctx: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", envvar="KOE_CONFIG", help="The koe.yaml to use (default: ./koe.yaml).")
    ] = None,
) -> None:
    ctx.obj = ctx.obj or config


@app.command(rich_help_panel="Set up")
def version() -> None:
    """Print koe's version."""
    typer.echo(koe.__version__)


setup.add_to(app)
pipeline.add_to(app)
issues.add_to(app)
route.add_to(app)
queue.add_to(app)
desk.add_to(app)
send.add_to(app)
user.add_to(app)
token.add_to(app)
quarantine.add_to(app)
filters.add_to(app)
evaluate.add_to(app)
train.add_to(app)


def main() -> None:
    """Run the command line; what goes wrong becomes a sentence and an exit code."""
    _speak_utf8()
    try:
        app()
    except KoeError as error:
        _fail(str(error), 2 if isinstance(error, UsageError) else 1)
    except OSError as error:
        # A folder that cannot be written, a full disk: the reader's to mend, and the place is in the error.
        _fail(f"{error.filename or ''}: {error.strerror or error}".removeprefix(": "), 1)
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            sys.exit(0)  # the reader of a pipe (head, less) has seen enough
        if leaving.code == _INTERRUPTED:
            typer.echo("koe: stopped; run the same command again to go on where it stopped", err=True)
        raise


def _fail(said: str, code: int) -> None:
    typer.secho(f"koe: {said}", err=True, fg=typer.colors.RED if sys.stderr.isatty() else None)
    sys.exit(code)


def _speak_utf8() -> None:
    """Files and pipes get UTF-8 and plain line ends on every system; a terminal keeps its own encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            with contextlib.suppress(ValueError):
                stream.reconfigure(encoding="utf-8", newline="\n")
