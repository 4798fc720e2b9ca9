"""The command ``koe train``: the model learns from the company's own stars and corrections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import JsonOption, echo_json, existing_file, open_store, progress, wiring_of
from koe.errors import UsageError

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from nlp.training.adapt import Adaptation

_PANEL = "Set up"


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(rich_help_panel=_PANEL)(train)


def train(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Option("--file", help="Rated reviews in a file, not in the store.")] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help="field=column, such as rating=星.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of the file.")] = None,
    hold_back: Annotated[
        float, typer.Option("--hold-back", min=0.05, max=0.9, help="The share that is kept to compare on.")
    ] = 0.2,
    whole: Annotated[
        bool | None,
        typer.Option("--whole/--head", help="All of the model, or the sentiment head (default: by how much there is)."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Train and compare, install nothing.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the model before.")] = False,
    json_out: JsonOption = False,
) -> None:
    """Adapt the model to your own rated feedback; it is installed only if it reads the held-back part better."""
    from flows.own_models import OwnModels
    from flows.steps.train import corrections_in_store, rated_in_file, rated_in_store
    from flows.steps.train import train as train_model

    if undo:
        if file or dry_run:
            raise UsageError("--undo goes alone")
        _undo(wiring_of(ctx), json_out)
        return
    if file:
        from flows.cli.pipeline import source_settings

        wiring = wiring_of(ctx)
        # Stars and words are all that counts: a file without dates will do.
        dated = ["created_at=2000-01-01"]
        source = source_settings(wiring, existing_file(file), None, "review", columns, dated, encoding)
        rated, corrections = rated_in_file(wiring, file, source), []
    else:
        if columns or encoding:
            raise UsageError("--map and --encoding go with --file FILE")
        wiring = open_store(ctx)
        rated, corrections = rated_in_store(wiring), corrections_in_store(wiring)
    models = OwnModels.of(wiring.settings)
    out = models.begin()
    with progress("training steps") as advance:
        made = train_model(
            wiring,
            rated,
            out,
            corrections=corrections,
            held_back=hold_back,
            whole=whole,
            tell=lambda step: advance(step.step),
        )
    installed = made.better and not dry_run
    if installed:
        models.install(out)
    else:
        models.discard(out)
    if json_out:
        echo_json({"adaptation": made, "better": made.better, "installed": installed})
    else:
        _say(made, installed, dry_run)


def _undo(wiring: Wiring, json_out: bool) -> None:
    from flows.own_models import OwnModels

    now = OwnModels.of(wiring.settings).undo()
    name = str(now or wiring.settings.model.name)
    if json_out:
        echo_json({"model": name})
    else:
        typer.echo(f"in use now: {name}; the next `koe run` reads the feedback again with it")


def _say(made: Adaptation, installed: bool, dry_run: bool) -> None:
    part = "the whole model" if made.whole else "the sentiment head"
    also = f" and {made.corrections} corrected feedback" if made.corrections else ""
    typer.echo(f"trained {part} on {made.learnt_from} rated texts{also}; compared on {made.before.texts} held back:")
    typer.echo("")
    typer.echo(f"{'':32}before   after")
    rows = (
        ("good or bad (1-2, 4-5 stars)", made.before.good_or_bad, made.after.good_or_bad),
        ("three classes, macro F1", made.before.macro_f1, made.after.macro_f1),
        ("surprise (log loss, less is better)", made.before.log_loss, made.after.log_loss),
    )
    for name, before, after in rows:
        typer.echo(f"{name:<36}{before:.3f}   {after:.3f}")
    typer.echo("")
    if installed:
        typer.echo(f"installed: {made.folder}; the next `koe run` reads the feedback again. Back: koe train --undo")
    elif made.better:
        typer.echo("better; not installed, because of --dry-run")
    else:
        typer.echo("not better: the model in use stays")
