"""``koe issues``: what recurs, its ledger, and the corrections people make to it."""

from __future__ import annotations

import dataclasses
from datetime import datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import proposals, tell
from flows.cli.session import WHO, JsonOption, WeekOption, echo_json, open_store
from flows.cli.tables import one_line, show_table
from koe.errors import UsageError

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from koe.coverage import Coverage
    from koe.issue import Issue, LedgerEvent, Span
    from storage.work import Work

commands = typer.Typer(help="Recurring complaints: list them, read them, correct them.", no_args_is_help=True)


class Language(StrEnum):
    """The languages of replies."""

    JA = "ja"
    EN = "en"


IssueArgument = Annotated[str, typer.Argument(metavar="ISSUE", help="An issue id such as ISSUE-0142.")]
ByOption = Annotated[str, typer.Option("--by", envvar=WHO, help="Who corrects.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    proposals.add_to(commands)
    tell.add_to(commands)
    app.add_typer(commands, name="issues", rich_help_panel="Issues and tickets")


@commands.command("list")
def list_issues(
    ctx: typer.Context,
    product: Annotated[str | None, typer.Option("--product", help="Only this product.")] = None,
    json_out: JsonOption = False,
) -> None:
    """List the issues with product, members and name."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        stored = [one for one in work.issues.all() if product is None or one.issue.product_id == product]
        sizes: dict[str, int] = {}
        for member in work.issues.members():
            sizes[member.issue] = sizes.get(member.issue, 0) + 1
    if json_out:
        echo_json([{**_as_dict(one.issue), "segments": sizes.get(one.issue.id, 0)} for one in stored])
        return
    rows = [
        (one.id, one.issue.product_id or "-", str(sizes.get(one.id, 0)), _state(one.issue), _names(one.issue))
        for one in stored
    ]
    show_table(["issue", "product", "segments", "state", "name"], rows)


def _names(issue: Issue) -> str:
    return " / ".join(name for name in (issue.label.ja, issue.label.en) if name)


def _as_dict(issue: Issue) -> dict[str, object]:
    told = dataclasses.asdict(dataclasses.replace(issue, fix=None))
    covers = issue.fix.covers if issue.fixed_from and issue.fix else None
    del told["fix"]
    return {**told, "fixed_from": issue.fixed_from, "fixed_for": covers and str(covers), "state": _state(issue)}


def _state(issue: Issue) -> str:
    if issue.merged_into:
        return f"merged into {issue.merged_into}"
    return "dismissed" if issue.dismissed else "fixed" if issue.fixed_from else "open"


@commands.command()
def counts(
    ctx: typer.Context,
    week: WeekOption = None,
    daily: Annotated[bool, typer.Option("--daily", help="A line for each day instead of each week.")] = False,
) -> None:
    """Print the counts of all issues until the end of a week as CSV, as `koe detect` reads it."""
    from koe.week import Week
    from reports.issue_counts import issue_counts

    wiring = open_store(ctx)
    until = Week.parse(week) if week else Week.last_complete(wiring.clock(), wiring.settings.zone)
    with wiring.database.work(write=False) as work:
        told = issue_counts(work, until, wiring.settings, wiring.model_version, daily=daily)
    typer.echo(told, nl=False)


@commands.command()
def show(ctx: typer.Context, issue: IssueArgument, json_out: JsonOption = False) -> None:
    """Show an issue: its name, its ledger and the customers' words in it."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        stored = work.issues.get(issue)
        ledger = [one.event for one in work.issues.ledger(stored.id)]
        members = work.issues.members(issue=stored.id)
        words = [(member.span.feedback, _words(work, member.span)) for member in members]
    if json_out:
        quoted = [{"feedback": key, "text": text} for key, text in words]
        echo_json({"issue": _as_dict(stored.issue), "ledger": ledger, "members": quoted})
        return
    found = stored.issue
    typer.echo(f"{found.id}  {found.product_id or '-'}")
    for lang, name in (("ja", found.label.ja), ("en", found.label.en)):
        if name:
            made = found.label.named(lang)
            typer.echo(f"  {lang}: {name}" + (" (from koe's glossary)" if made and made[1] == "glossary" else ""))
    for event in ledger:
        day = event.effective_at.astimezone(wiring.settings.zone)
        typer.echo(f"  {day:%Y-%m-%d} {event.kind}{_details(event)} by {event.by}")
    for key, text in words:
        typer.echo(f"  {key}: {one_line(text)}")


def _details(event: LedgerEvent) -> str:
    """What a fix is for, which week an issue came back in, or what helps until then."""
    if "text" in event.details:
        return f" ({event.details['lang']}): {one_line(str(event.details['text'])) or 'none any more'}"
    covers, week = event.details.get("for"), event.details.get("week")
    return (f" for {covers}" if covers else "") + (f", back in {week}," if week else "")


def _words(work: Work, span: Span) -> str:
    stored = work.feedback.version(span.feedback, span.version)
    said = (stored.feedback.title if span.field == "title" else stored.feedback.text) if stored else None
    return (said or "")[span.start : span.end]


@commands.command()
def rename(
    ctx: typer.Context,
    issue: IssueArgument,
    ja: Annotated[str | None, typer.Option("--ja", help="The Japanese name.")] = None,
    en: Annotated[str | None, typer.Option("--en", help="The English name.")] = None,
    by: ByOption = "unknown",
) -> None:
    """Give an issue another name in one or both languages."""
    if not ja and not en:
        raise UsageError("nothing to rename: give --ja NAME, --en NAME or both")
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        work.issues.rename(issue, ja=ja, en=en, by=by, effective_at=wiring.clock())
        work.commit()
    typer.echo(f"{issue}: renamed")


@commands.command()
def merge(
    ctx: typer.Context,
    issue: IssueArgument,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The issue that goes on.")],
    by: ByOption = "unknown",
) -> None:
    """Merge an issue into another; its id stays as an alias."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        work.issues.merge(issue, into=into, by=by, effective_at=wiring.clock())
        work.commit()
    typer.echo(f"{issue}: merged into {into}")


@commands.command()
def split(
    ctx: typer.Context,
    issue: IssueArgument,
    feedback: Annotated[list[str], typer.Argument(metavar="FEEDBACK…", help="The feedback that founds a new issue.")],
    by: ByOption = "unknown",
) -> None:
    """Part some feedback from an issue; it founds a new one."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        new = work.issues.split(issue, feedback, by=by, effective_at=wiring.clock())
        work.commit()
    typer.echo(f"{issue}: {len(feedback)} feedback now in {new.id}")


@commands.command()
def move(
    ctx: typer.Context,
    feedback: Annotated[str, typer.Argument(metavar="FEEDBACK", help="source:external_id")],
    issue: IssueArgument,
    by: ByOption = "unknown",
) -> None:
    """Move a feedback's segments from the issue they are in to another one."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        work.issues.move([feedback], to=issue, by=by, effective_at=wiring.clock())
        work.commit()
    typer.echo(f"{feedback}: moved to {issue}")


@commands.command()
def regroup(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many segments would move.")] = False,
) -> None:
    """Group all complaints anew; ids live on, each move is an event, what people changed stays."""
    from flows.steps.discover import discover

    counts = discover(open_store(ctx), regroup=True, commit=not dry_run)
    typer.echo(
        f"{counts.regrouped} segments {'would leave' if dry_run else 'left'} their issue; "
        f"{counts.unassigned} complaint segments belong to none"
    )


@commands.command()
def dismiss(ctx: typer.Context, issue: IssueArgument, by: ByOption = "unknown") -> None:
    """Say that an issue is no defect; it leaves the report."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        work.issues.dismiss(issue, by=by, effective_at=wiring.clock())
        work.commit()
    typer.echo(f"{issue}: dismissed")


@commands.command()
def fix(
    ctx: typer.Context,
    issue: IssueArgument,
    since: Annotated[str, typer.Option("--from", help="The day the fix holds from, such as 2026-08-01.")],
    condition: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="CONDITION",
            help="What the fix covers, such as 'lot>=C' or 'region=JP,firmware>=2.10' (default: all).",
        ),
    ] = None,
    by: ByOption = "unknown",
) -> None:
    """Say that an issue is fixed from a day on; the weekly report then tells whether the fix worked."""
    from koe.coverage import Coverage

    try:
        covers = None if condition is None else Coverage.parse(condition)
    except UsageError as error:
        raise UsageError(f"--for: {error}") from error
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        work.issues.fix(issue, by=by, effective_at=_day(wiring, since), covers=covers)
        unknown = _not_told(work, issue, covers, wiring.clock()) if covers else ""
        work.commit()
    typer.echo(f"{issue}: fixed from {since}" + (f" for {covers}" if covers else ""))
    if unknown:
        typer.echo(unknown, err=True)


def _not_told(work: Work, issue: str, covers: Coverage, now: datetime) -> str:
    """A warning where a condition asks for what no feedback of the product tells."""
    product = work.issues.get(issue).issue.product_id
    told = {name for stored in work.feedback.seen(now, product=product) for name in stored.feedback.attributes}
    missing = ", ".join(sorted(covers.attributes - told))
    known = ", ".join(sorted(told)) or "nothing"
    return f"note: no feedback on {product} tells {missing} yet; it tells {known}" if missing else ""


def _day(wiring: Wiring, text: str) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise UsageError(f"--from {text!r}: expected a day such as 2026-08-01") from error
    return datetime.combine(day, time.min, wiring.settings.zone)


@commands.command()
def workaround(
    ctx: typer.Context,
    issue: IssueArgument,
    text: Annotated[str, typer.Option("--text", help="What customers can do until it is fixed; empty takes it back.")],
    lang: Annotated[Language | None, typer.Option("--lang", help="Of the text (default: told by its letters).")] = None,
    by: ByOption = "unknown",
) -> None:
    """Note what helps customers meanwhile; reply drafts in that language offer it."""
    from nlp.language import detect

    if lang is None and not text.strip():
        raise UsageError("an empty text takes a workaround back; say of which language: --lang ja or --lang en")
    spoken = lang.value if lang else ("ja" if detect(text) == "ja" else "en")
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        work.issues.workaround(issue, text, spoken, by=by, effective_at=wiring.clock())
        work.commit()
    typer.echo(f"{issue}: workaround ({spoken}) {'noted' if text.strip() else 'taken back'}")


@commands.command()
def reopen(ctx: typer.Context, issue: IssueArgument, by: ByOption = "unknown") -> None:
    """Take back that an issue is fixed or dismissed."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        work.issues.reopen(issue, by=by, effective_at=wiring.clock())
        work.commit()
    typer.echo(f"{issue}: open again")
