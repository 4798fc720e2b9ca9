"""The first minute: ``koe demo``, ``koe init``, ``koe doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.session import JsonOption, echo_json, progress

_PANEL = "Set up"


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (demo, init, doctor):
        app.command(rich_help_panel=_PANEL)(command)


def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where the demo is built.")] = Path("koe-demo"),
) -> None:
    """Run the sample data through the whole pipeline into ./koe-demo."""
    from flows.cli.pipeline import say_run
    from flows.demo import build_demo

    built = build_demo(folder, progress)
    say_run(built.result)
    typer.echo("")
    typer.echo(built.summary)


def init(
    ctx: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing koe.yaml.")] = False,
) -> None:
    """Write a first koe.yaml that explains itself (one that is there stays as it is), and make the database."""
    from flows.first_settings import write_first_settings
    from flows.wiring import Wiring

    path = ctx.obj or Path("koe.yaml")
    wrote = write_first_settings(path, force)
    wiring = Wiring.from_config(path)
    wiring.database.migrate()
    typer.echo(f"wrote {path}" if wrote else f"{path} stays as it is; `koe init --force` writes over it")
    typer.echo(f"the database is ready: {wiring.database.name}")
    if not wiring.settings.sources:
        typer.echo("next: put your export beside koe.yaml, say under sources: what its columns mean, then `koe run`")


def doctor(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nothing of the network.")] = False,
    json_out: JsonOption = False,
) -> None:
    """Say what is installed, which model, which database, what is missing, and the mend for each."""
    from flows.doctor import examine

    findings = examine(ctx.obj, offline)
    if json_out:
        echo_json(findings)
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'MEND'}  {finding.what}: {finding.found}")
            if finding.mend:
                typer.echo(f"      mend: {finding.mend}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
