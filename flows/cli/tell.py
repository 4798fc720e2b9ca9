"""``koe issues tell``: letters to everybody who reported an issue that is proved to be fixed."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.session import WHO, JsonOption, echo_json, open_store
from flows.cli.tables import printable, show_table


def add_to(commands: typer.Typer) -> None:
    """Add the command to ``koe issues``."""
    commands.command("tell")(tell)


def tell(
    ctx: typer.Context,
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="An issue id such as ISSUE-0142.")],
    approve: Annotated[
        list[str] | None, typer.Option("--approve", metavar="CASE", help="Send the draft to this customer.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Send the drafts to all of them.")] = False,
    who: Annotated[str, typer.Option("--as", envvar=WHO, help="Who you are.")] = "",
    json_out: JsonOption = False,
) -> None:
    """List the drafts that tell customers of a fix, or send those that are approved; nobody is told twice."""
    from desk.telling import fixed_draft, tell_some, telling

    wiring = open_store(ctx)
    now, settings, sending = wiring.clock(), wiring.settings, bool(approve or everybody)
    with wiring.database.work(write=sending) as work:
        model = work.analyses.newest_model() or wiring.model_version
        found = telling(work, settings, issue, model, now)
        if not sending:
            rows = [
                (one.ticket, fixed_draft(work, settings, found.issue, one.ticket, model)) for one in found.recipients
            ]
        else:
            chosen = [one.ticket.id for one in found.recipients] if everybody else approve or []
            told = tell_some(work, settings, found, dict.fromkeys(chosen, ""), model, who, now)
            for ticket in told.sent:
                work.audit.add(now, who, "told of the fix", ticket, {"issue": found.issue.id, "at": "terminal"})
            work.commit()
    if sending:
        if json_out:
            echo_json(told)
        else:
            typer.echo(f"{found.issue.id}: {len(told.sent)} letters are stored; `koe send` delivers them")
            for ticket, why in told.kept.items():
                typer.echo(f"{ticket} not sent: {why}", err=True)
        if told.kept:
            raise typer.Exit(1)
        return
    if json_out:
        drafts = [
            {"ticket": ticket.id, "text": draft.text, "lang": draft.lang, "findings": draft.findings}
            for ticket, draft in rows
        ]
        echo_json({"issue": found.issue.id, "told": found.told, "left_out": found.left_out, "drafts": drafts})
        return
    show_table(["case", "state", "draft"], [[one.id, one.state.value, printable(draft.text)] for one, draft in rows])
    typer.echo(f"{len(rows)} customers to be told, {found.told} told already, {len(found.left_out)} left out", err=True)
