"""``koe queue draft``: a reply to read, to change and to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import JsonOption, echo_json, open_store
from flows.cli.tables import printable

if TYPE_CHECKING:
    from desk.drafts.draft import Draft


def add_to(commands: typer.Typer) -> None:
    """Add the command to ``koe queue``."""
    commands.command("draft")(draft)


def draft(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case number such as CASE-000001.")],
    json_out: JsonOption = False,
) -> None:
    """Write a reply for a ticket; what may not go out in it, and why it is so, is told on standard error."""
    from desk.drafts.draft import draft_for
    from desk.ticket_page import ticket_page

    wiring = open_store(ctx)
    with wiring.database.work(write=False) as work:
        # No text is read here, so no model is loaded where the store tells it.
        model = work.analyses.newest_model() or wiring.model_version
        written = draft_for(work, wiring.settings, ticket_page(work, case, model))
    if json_out:
        echo_json(_as_json(written))
        return
    typer.echo(printable(written.text))
    typer.echo("\n" + "\n".join(f"- {line}" for line in _told(written)), err=True)


def _told(written: Draft) -> list[str]:
    limit = written.outlet.limit
    room = f"{written.length} of {limit} characters for {written.outlet.value}" if limit else "any length"
    stopped = [f"may not go out: “{one.text}”: {one.why('en')}" for one in written.findings]
    return [*stopped, *written.reasons, f"template {written.template}, {room}"]


def _as_json(written: Draft) -> dict[str, object]:
    return {
        "text": written.text,
        "lang": written.lang,
        "template": written.template,
        "outlet": written.outlet,
        "length": written.length,
        "limit": written.outlet.limit,
        "reasons": written.reasons,
        "findings": written.findings,
    }
