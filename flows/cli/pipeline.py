"""The commands of the pipeline: ingest, run, report, verify."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.session import (
    SOME_REFUSED,
    JsonOption,
    WeekOption,
    echo_json,
    existing_file,
    open_store,
    progress,
    wiring_of,
)
from koe.errors import InputError, UsageError

if TYPE_CHECKING:
    from flows.steps.notify import Notified
    from flows.steps.run import RunResult
    from flows.wiring import Wiring
    from koe.settings import SourceSettings
    from koe.week import Week
    from reports.report import Report
    from storage.ingest import IngestCounts

_PANEL = "The week"


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (run, ingest, report, verify):
        app.command(rich_help_panel=_PANEL)(command)


def ingest(
    ctx: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(help="Sources of koe.yaml (default: all).")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A file instead of the configured sources.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="review, qa, survey or social.")] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help="field=column, such as text=本文.")] = None,
    values: Annotated[list[str] | None, typer.Option("--set", help="field=value for every row.")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Wins over what koe finds out.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="The source's name (default: the file's).")] = None,
    exposure: Annotated[bool, typer.Option("--exposure", help="The file holds units sold, no feedback.")] = False,
    json_out: JsonOption = False,
) -> None:
    """Take in feedback from the configured sources or from one file; refused rows go to the quarantine."""
    from flows.steps.ingest import ingest as ingest_sources
    from flows.steps.ingest import ingest_one

    if exposure:
        if channel or values or source:
            raise UsageError("--channel, --set and --source say what feedback is; a file of units sold has none")
        _ingest_exposure(
            ctx, [Path(name) for name in sources or ()] + ([file] if file else []), columns, encoding, json_out
        )
        return
    if file is None:
        if channel or columns or values or encoding or source:
            raise UsageError("--channel, --map, --set, --encoding and --source go with --file FILE")
        wiring = open_store(ctx, create=True)
        if not wiring.settings.sources:
            raise UsageError(
                "koe.yaml names no sources; add some (see `koe init`) or give --file FILE --channel CHANNEL"
            )
        with progress("ingest") as advance:
            counts: Mapping[str, IngestCounts] = ingest_sources(wiring, sources or (), advance)
    else:
        if sources:
            raise UsageError("give either sources or --file, not both")
        existing_file(file)
        settings = source_settings(wiring_of(ctx), file, source, channel, columns, values, encoding)
        wiring = open_store(ctx, create=True)
        name = source or file.stem
        with progress("ingest") as advance:
            counts = {name: ingest_one(wiring, file, name, settings, advance)}
    if json_out:
        echo_json(counts)
    else:
        _say_ingested(counts)
    if any(one.refused for one in counts.values()):
        raise typer.Exit(SOME_REFUSED)


def _ingest_exposure(
    ctx: typer.Context, files: list[Path], columns: Sequence[str] | None, encoding: str | None, json_out: bool
) -> None:
    from flows.steps.ingest import ingest_exposures

    if len(files) != 1:
        raise UsageError("--exposure takes one file: koe ingest --exposure units.csv")
    settings = _checked_source(
        {"path": [str(existing_file(files[0]))], "map": _pairs("--map", columns), "encoding": encoding}
    )
    rows = ingest_exposures(open_store(ctx, create=True), files[0], settings)
    if json_out:
        echo_json({"exposure_rows": rows})
    else:
        typer.echo(f"{rows} exposure rows")


def source_settings(
    wiring: Wiring,
    file: Path,
    source: str | None,
    channel: str | None,
    columns: Sequence[str] | None,
    values: Sequence[str] | None,
    encoding: str | None,
) -> SourceSettings:
    """The source of koe.yaml where ``--source`` names one, with the options laid over it."""
    known = wiring.settings.sources.get(source or file.stem)
    base: dict[str, Any] = known.model_dump(exclude_unset=True) if known else {}
    base["path"] = [str(file)]
    base["map"] = {**base.get("map", {}), **_pairs("--map", columns)}
    base["set"] = {**base.get("set", {}), **_pairs("--set", values)}
    base |= {key: value for key, value in (("channel", channel), ("encoding", encoding)) if value}
    return _checked_source(base)


def _checked_source(values: Mapping[str, Any]) -> SourceSettings:
    from pydantic import ValidationError

    from koe.settings import SourceSettings

    encoding = values.get("encoding")
    try:
        codecs.lookup(encoding or "utf-8")
        return SourceSettings(**values)
    except LookupError as error:
        raise UsageError(f"--encoding {encoding!r}: expected a codec such as utf-8, cp932 or utf-16") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--{first['loc'][0]}: {first['msg']} (found {first.get('input')!r})") from error


def _pairs(option: str, texts: Sequence[str] | None) -> dict[str, str]:
    pairs = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{option} {text!r}: expected {_PAIRS[option]}")
        pairs[key.strip()] = value
    return pairs


_PAIRS = {
    "--map": "field=column, such as --map text=本文",
    "--set": "field=value, such as --set product_id=SPK-10",
}


def _say_ingested(counts: Mapping[str, IngestCounts]) -> None:
    for name, one in counts.items():
        said = f"{name}: {one.rows} rows, {one.new} new, {one.edited} edited, {one.unchanged} unchanged"
        typer.echo(said + (f", {one.refused} refused" if one.refused else ""))
    if any(one.refused for one in counts.values()):
        typer.echo("refused rows wait in the quarantine with their reasons: koe quarantine list", err=True)


def run(ctx: typer.Context, week: WeekOption = None, json_out: JsonOption = False) -> None:
    """Ingest, analyse, discover, detect, route and report a week: what the schedule runs."""
    from flows.steps.run import run as run_week

    result = run_week(wiring_of(ctx), progress, _week(week))
    if json_out:
        echo_json(result)
        say_notified([one for one in result.notified if one.reason])
    else:
        say_run(result)
    if result.refused:
        raise typer.Exit(SOME_REFUSED)


def say_run(result: RunResult) -> None:
    """Print what a run did, a line a step, and the paths of the reports."""
    _say_ingested(result.ingested)
    found, routed = result.discovered, result.routed
    typer.echo(f"analysed: {result.analysed.texts} texts")
    typer.echo(
        f"discovered: {found.born} new issues from {found.segments} complaint segments; {found.joined} joined known "
        f"issues, {found.unassigned} stand alone; {found.copies} copies count once"
    )
    if found.merged:
        typer.echo(f"merged: {found.merged} issues into others, as koe.yaml says (discovery.auto_merge)")
    if found.proposed:
        typer.echo(f"proposed: {found.proposed} merges or splits of issues; `koe issues proposals` shows them")
    typer.echo(f"routed: {routed.routed} feedback, {routed.tickets} tickets")
    for path in result.reports:
        typer.echo(path)
    say_notified(result.notified)


def say_notified(notified: Sequence[Notified]) -> None:
    """Say who was told of the report, on standard error; a target that failed is a warning."""
    for one in notified:
        said = {
            "sent": f"sent to {one.target}",
            "known": f"{one.target} has this report already",
            "no alert": f"{one.target} wants weeks with an alert; this one has none",
            "failed": f"warning: {one.target} did not get the report: {one.reason}",
        }
        typer.echo(said[one.outcome], err=True)


def _week(text: str | None) -> Week | None:
    from koe.week import Week

    return Week.parse(text) if text else None


def report(
    ctx: typer.Context,
    week: WeekOption = None,
    formats: Annotated[str, typer.Option("--format", help="Of html, md, json, xlsx; with commas.")] = "html,md,json",
    lang: Annotated[str | None, typer.Option("--lang", help="ja, en or ja,en (default: koe.yaml's).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder (default: koe.yaml's output).")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send its summary to all targets of koe.yaml now.")] = False,
) -> None:
    """Write the defect report of a week; prints one path a line."""
    from flows.steps import report as reporting
    from koe.week import Week

    named, chosen_formats = _week(week), reporting.known_formats(formats.split(","))
    langs = reporting.known_languages(lang.split(",")) if lang else None
    wiring = open_store(ctx)
    if send and not wiring.settings.notify:
        raise UsageError("--send: koe.yaml names nobody to send to; add notify: [{url: …}] (see `koe init`)")
    chosen = named or Week.last_complete(wiring.clock(), wiring.settings.zone)
    built = reporting.build(wiring, chosen)
    paths = reporting.write(built, out or wiring.output, chosen_formats, langs or wiring.settings.languages)
    for path in paths:
        typer.echo(path)
    if send:
        _send(wiring, built, paths)


def _send(wiring: Wiring, built: Report, paths: Sequence[Path]) -> None:
    from flows.steps.notify import notify

    notified = notify(wiring, built, paths, by_hand=True)
    say_notified(notified)
    if any(one.reason for one in notified):
        raise typer.Exit(1)


def verify(
    ctx: typer.Context,
    report: Annotated[Path, typer.Argument(help="The JSON of a report.")],
    json_out: JsonOption = False,
) -> None:
    """Recompute every figure and every quotation of a report from the store; names each place that differs."""
    from reports.verify import verify as verify_report

    try:
        content = json.loads(existing_file(report).read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{report}: not JSON ({error}); expected the .json that `koe report` wrote") from error
    wiring = open_store(ctx)
    mismatches = verify_report(wiring.database, content, wiring.settings)
    if json_out:
        echo_json(mismatches)
    else:
        for mismatch in mismatches:
            typer.echo(f"{mismatch.place}: the report says {mismatch.found!r}, the store {mismatch.expected!r}")
        if not mismatches:
            typer.echo(f"{report}: every figure and quotation matches the store")
    if mismatches:
        raise typer.Exit(1)
