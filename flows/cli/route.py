"""``koe route``: feedback that needs somebody becomes a ticket; why, and what other rules would do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import JsonOption, echo_json, open_store
from flows.cli.tables import one_line, show_table
from koe.errors import UsageError

if TYPE_CHECKING:
    from desk.preview import Preview
    from flows.wiring import Wiring
    from koe.ticket import Routing


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(rich_help_panel="Issues and tickets")(route)


def route(
    ctx: typer.Context,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="FEEDBACK", help="Why source:external_id goes where it goes.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="What the rules of now would do, and to the last week; writes nothing.")
    ] = False,
    json_out: JsonOption = False,
) -> None:
    """Put feedback that needs an answer into the queues, by the rules of koe.yaml and the default table."""
    if explain and dry_run:
        raise UsageError("give either --explain or --dry-run, not both")
    wiring = open_store(ctx)
    if explain:
        _explain(wiring, explain, json_out)
    elif dry_run:
        _dry_run(wiring, json_out)
    else:
        _route(wiring, json_out)


def _route(wiring: Wiring, json_out: bool) -> None:
    from flows.steps.route import route as route_step

    counts = route_step(wiring)
    if json_out:
        echo_json(counts)
        return
    typer.echo(
        f"{counts.routed} feedback routed: {counts.tickets} tickets made, {counts.updated} updated, "
        f"{counts.copies} copies attached"
    )
    if counts.unread:
        typer.echo(f"{counts.unread} wait until the model has read them: koe run", err=True)


def _dry_run(wiring: Wiring, json_out: bool) -> None:
    from desk.preview import preview
    from flows.cli.queue import model_in_use

    now = wiring.clock()
    with wiring.database.work(write=False) as work:
        found = preview(work, wiring.settings, model_in_use(wiring, work), timedelta(days=7), now)
    if json_out:
        echo_json(_preview_as_json(found))
        return
    typer.echo(f"{found.routed} feedback would be routed now, with {sum(found.tickets.values())} tickets")
    ordered = sorted(found.tickets.items(), key=lambda item: (item[0][1].rank, item[0][0]))
    show_table(["priority", "tickets", "queue"], [[p.value, str(n), queue] for (queue, p), n in ordered])
    typer.echo(
        f"{len(found.changes)} of the {found.compared} feedback routed from {found.since:%Y-%m-%d} on "
        "would be routed otherwise"
    )
    show_table(
        ["feedback", "before", "after", "why"],
        [
            [change.feedback, _short(change.before), _short(change.after), "; ".join(change.after.reasons)]
            for change in found.changes
        ],
    )


def _short(routing: Routing) -> str:
    return f"{routing.queue or 'none'}/{routing.priority.value} ({routing.rule})"


def _preview_as_json(found: Preview) -> dict[str, object]:
    return {
        "routed": found.routed,
        "tickets": [{"queue": q, "priority": p, "count": n} for (q, p), n in found.tickets.items()],
        "since": found.since,
        "compared": found.compared,
        "changes": found.changes,
        "unread": found.unread,
    }


def _explain(wiring: Wiring, key: str, json_out: bool) -> None:
    from desk.preview import explain_feedback
    from flows.cli.queue import model_in_use

    with wiring.database.work(write=False) as work:
        stored, told = explain_feedback(work, wiring.settings, model_in_use(wiring, work), key, wiring.clock())
        copy_of = work.feedback.copies().get(stored.key)
    if json_out:
        echo_json({"feedback": stored.key, "copy_of": copy_of, "explanation": told})
        return
    words = " ".join(part for part in (stored.feedback.title, stored.feedback.text) if part)
    typer.echo(f"{stored.key}: {one_line(words) or '(no text)'}")
    for fact in told.facts:
        typer.echo(f"  {one_line(fact)}")
    typer.echo("\nrules, from top to bottom")
    for step in told.steps:
        typer.echo(f"  {'→' if step.held else '·'} {step.rule} ({step.priority.value}, {step.queue})")
        for line in step.lines:
            typer.echo(f"      {one_line(line)}")
    routing = told.routing
    answer = "needs a response" if routing.needs_response else "needs no response"
    typer.echo(f"\n{routing.priority.value}, {'no ticket' if routing.queue is None else routing.queue}, {answer}")
    for reason in routing.reasons:
        typer.echo(f"  {one_line(reason)}")
    if copy_of:
        typer.echo(f"It repeats {copy_of} and is attached to that one's ticket where there is one.")
