"""The command ``koe train``: the model learns from the company's own stars and corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import (
    SOME_REFUSED,
    JsonOption,
    echo_json,
    existing_file,
    open_store,
    progress,
    wiring_of,
)
from koe.errors import UsageError

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from nlp.training.adapt import Adaptation, Start

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
    wiring = wiring_of(ctx)
    refused = None
    if file:
        from flows.cli.pipeline import source_settings

        # Stars and words are all that counts: a file without dates will do.
        dated = ["created_at=2000-01-01"]
        source = source_settings(wiring, existing_file(file), None, "review", columns, dated, encoding)
        rows = rated_in_file(wiring, file, source)
        rated, corrections = rows.rated, []
        if rows.refused:
            refused = rows
            typer.echo(f"{file}: {rows}", err=True)
    else:
        if columns or encoding:
            raise UsageError("--map and --encoding go with --file FILE")
        wiring = open_store(ctx)
        rated, corrections = rated_in_store(wiring), corrections_in_store(wiring)
    models = OwnModels.of(wiring.settings)
    with models.training() as out:
        with _telling() as (begun, advance):
            made = train_model(
                wiring,
                rated,
                out,
                corrections=corrections,
                held_back=hold_back,
                whole=whole,
                begun=begun,
                tell=lambda step: advance(step.step),
            )
        if made is None:
            typer.echo("paused; the same command goes on")
            return
        installed = made.better and not dry_run
        if installed:
            models.install(out)
        else:
            models.discard(out)
    if json_out:
        figures = asdict(made) | {"folder": made.folder if installed else None}
        judged = {"better": made.better, "shortcomings": made.shortcomings, "installed": installed}
        echo_json({"adaptation": figures, **judged, "refused": refused.refused if refused else 0})
    else:
        _say(made, installed)
    if refused:
        raise typer.Exit(SOME_REFUSED)


@contextmanager
def _telling() -> Iterator[tuple[Callable[[Start], None], Callable[[int], None]]]:
    """What to call when the training begins, and with the steps done."""
    with ExitStack() as bars:
        bar: list[Callable[[int], None]] = []

        def begun(start: Start) -> None:
            also = f", {start.corrections} corrected" if start.corrections else ""
            also += f", {start.rehearsed} of the written corpus" if start.rehearsed else ""
            again = f", {start.done} of them done before" if start.done else ""
            typer.echo(
                f"training {_part(start.whole)} on {start.rated} rated texts{also}: {start.steps} steps{again}; "
                "this may take minutes",
                err=True,
            )
            bar.append(bars.enter_context(progress("training steps", start.steps)))

        def advance(done: int) -> None:
            bar[0](done)

        yield begun, advance


def _undo(wiring: Wiring, json_out: bool) -> None:
    from flows.own_models import OwnModels

    now = OwnModels.of(wiring.settings).undo()
    name = str(now or wiring.settings.model.name)
    if json_out:
        echo_json({"model": name})
    else:
        typer.echo(f"in use now: {name}; the next `koe run` reads the feedback again with it")


def _part(whole: bool) -> str:
    return "the whole model" if whole else "the sentiment head"


def _say(made: Adaptation, installed: bool) -> None:
    also = f" and {made.corrections} corrected feedback" if made.corrections else ""
    typer.echo(
        f"trained {_part(made.whole)} on {made.learnt_from} rated texts{also}; "
        f"compared on {made.before.texts} held back:"
    )
    typer.echo("")
    typer.echo(f"{'':36}before  after")
    rows = [
        ("good or bad (1-2, 4-5 stars)", made.before.good_or_bad, made.after.good_or_bad),
        ("three classes, macro F1", made.before.macro_f1, made.after.macro_f1),
        ("surprise (log loss, less is better)", made.before.log_loss, made.after.log_loss),
    ]
    if made.knew and made.knows:
        rows += [
            ("written corpus, dangers found", made.knew.safety_recall, made.knows.safety_recall),
            ("written corpus, phrases, F1", made.knew.phrases_f1, made.knows.phrases_f1),
        ]
    for name, before, after in rows:
        typer.echo(f"{name:<36}{before:.3f}   {after:.3f}")
    typer.echo(f"macro F1 is higher in {made.gains:.0%} of 1,000 resamples of the texts held back")
    typer.echo("")
    if installed:
        typer.echo(f"installed: {made.folder}; the next `koe run` reads the feedback again. Back: koe train --undo")
    elif made.better:
        typer.echo("better; not installed, because of --dry-run")
    else:
        typer.echo(f"not better: the model in use stays ({'; '.join(made.shortcomings)})")
