"""The application: its commands, and how errors become exit codes.

Exit codes: 0 done, 1 a failure, 2 wrong usage, 3 finished but some rows were refused.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

import koe
from flows.cli import filters, issues, pipeline, quarantine, queue, route, setup
from koe.errors import KoeError, UsageError

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
        Path | None, typer.Option("--config", help="The koe.yaml to use (default: ./koe.yaml or KOE_CONFIG).")
    ] = None,
) -> None:
    ctx.obj = config


@app.command(rich_help_panel="Set up")
def version() -> None:
    """Print koe's version."""
    typer.echo(koe.__version__)


setup.add_to(app)
pipeline.add_to(app)
issues.add_to(app)
route.add_to(app)
queue.add_to(app)
quarantine.add_to(app)
filters.add_to(app)


def main() -> None:
    """Run the command line; koe's own errors become a sentence and an exit code."""
    try:
        app()
    except KoeError as error:
        typer.secho(f"koe: {error}", err=True, fg=typer.colors.RED if sys.stderr.isatty() else None)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        # The reader of a pipe (head, less) has seen enough; Python must not complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        typer.echo("koe: stopped; run the same command again to go on where it stopped", err=True)
        sys.exit(130)
