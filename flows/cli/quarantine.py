"""``koe quarantine``: the rows that were refused, why, and trying them again."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.session import SOME_REFUSED, JsonOption, echo_json, open_store
from flows.cli.tables import printable, show_table

commands = typer.Typer(help="Rows that were refused, why, and trying them again.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(commands, name="quarantine", rich_help_panel="The week")


@commands.command("list")
def list_rows(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help="Only this source.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many rows at most.")] = 100,
    json_out: JsonOption = False,
) -> None:
    """List refused rows, newest last, with position and reason."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        rows = work.quarantine.list(source=source, limit=limit)
    if json_out:
        echo_json(rows)
        return
    show_table(
        ["row", "source", "position", "reason"], [(str(row.id), row.source, row.position, row.reason) for row in rows]
    )
    if not rows:
        typer.echo("the quarantine is empty", err=True)


@commands.command()
def show(ctx: typer.Context, number: Annotated[int, typer.Argument(help="The row's number in the list.")]) -> None:
    """Show one refused row as it was read."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        row = work.quarantine.get(number)
    typer.echo(f"source:   {row.source}\nposition: {row.position}\nreason:   {row.reason}\n\n{printable(row.raw)}")


@commands.command()
def retry(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Argument(help="A source of koe.yaml (default: all with refused rows).")] = None,
) -> None:
    """Read the sources of refused rows again, after the file or koe.yaml was mended; rows now taken leave the list."""
    from flows.steps.ingest import retry as retry_source
    from storage.ingest import ALL

    wiring = open_store(ctx)
    if source:
        names = [source]
    else:
        with wiring.database.work(write=False) as work:
            names = sorted({row.source for row in work.quarantine.list(limit=ALL)})
    left = 0
    for name in names:
        if name not in wiring.settings.sources and not source:
            typer.echo(f"{name}: not a source of koe.yaml; ingest its mended file with --file", err=True)
            continue
        counts = retry_source(wiring, name)
        left += counts.waiting
        typer.echo(f"{name}: {counts.taken} rows left the quarantine, {counts.waiting} still refused")
    if left:
        raise typer.Exit(SOME_REFUSED)
