"""``koe eval``: how well the model reads, against targets and baselines."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import JsonOption, progress, wiring_of
from koe.errors import UsageError

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from nlp.analyser import Analyser

#: The name of the model that koe ships.
OWN = "default"


class Part(StrEnum):
    """The parts of the written corpus that a model may be measured on."""

    TEST = "test"
    DEV = "dev"


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("eval", rich_help_panel="Without a database")(evaluate)


def evaluate(
    ctx: typer.Context,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the public test sets (default: only what ships with koe).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where scorecard.json and .md go (default: koe.yaml's output).")
    ] = None,
    json_out: JsonOption = False,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Read at most so many texts of each data set, at random.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="A model's folder, or default: as koe ships it (without: the one in use)."),
    ] = None,
    part: Annotated[Part, typer.Option("--part", help="Part of the written corpus: test or dev.")] = Part.TEST,
    corpus: Annotated[
        Path | None, typer.Option("--corpus", help="Folder of another written corpus (default: koe's own).")
    ] = None,
    encoder: Annotated[
        Path | None, typer.Option("--encoder", help="Folder of a BERT encoder, for the frozen encoder baseline.")
    ] = None,
) -> None:
    """Measure how well the model reads: a scorecard with 95 % intervals, targets and baselines."""
    named = Path(model) if model and model != OWN else None
    for option, folder in (("--data", data), ("--model", named), ("--corpus", corpus), ("--encoder", encoder)):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{option} {folder}: no such folder")
    wiring = wiring_of(ctx)

    from nlp.evaluation.datasets import check_folder
    from nlp.evaluation.markdown import render
    from nlp.evaluation.run import evaluate as run
    from nlp.training.examples import CORPUS

    if data:
        check_folder(data)
    card = run(
        _analyser(wiring, model),
        wiring.clock().astimezone(wiring.settings.zone).date(),
        data=data,
        encoder=encoder,
        part=part.value,
        sample=sample,
        corpus=corpus or CORPUS,
        watch=progress,
    )
    as_json = json.dumps(card.to_json(), ensure_ascii=False, indent=1)
    page = render(card)
    _write(out or wiring.output, as_json, page)
    typer.echo(as_json if json_out else page.rstrip("\n"))


def _analyser(wiring: Wiring, model: str | None) -> Analyser:
    """The model to measure, with koe's own trigger types: those the test sets are labelled with.

    Without a name it is the one in use, be it adapted or with heads of others. A model that is named is measured as it
    lies there, whatever `koe train` made of it.
    """
    from koe.settings import TaxonomySettings

    if model is None:
        changes = {"taxonomy": TaxonomySettings()}
        return replace(wiring, settings=wiring.settings.model_copy(update=changes)).analyser

    from koe.settings import ModelSettings
    from nlp.analyser import load_analyser

    used = wiring.settings.model
    name = model if model == OWN else str(Path(model).resolve())
    named = ModelSettings(name=name, batch_tokens=used.batch_tokens, dtype=used.dtype)
    return load_analyser(named, TaxonomySettings())


def _write(folder: Path, as_json: str, page: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.json").write_text(as_json + "\n", encoding="utf-8", newline="\n")
    (folder / "scorecard.md").write_text(page, encoding="utf-8", newline="\n")
    typer.echo(f"wrote {folder / 'scorecard.json'} and {folder / 'scorecard.md'}", err=True)
