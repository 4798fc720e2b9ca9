"""``koe issues proposals``: the merges and splits that koe proposes, each with its reason and the command to do it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import JsonOption, echo_json, open_store
from flows.cli.tables import one_line

if TYPE_CHECKING:
    from koe.proposal import Proposal

LangOption = Annotated[str, typer.Option("--lang", help="Language of the reasons: ja or en.")]


def add_to(commands: typer.Typer) -> None:
    """Add the command to the issue commands."""
    commands.command("proposals")(list_proposals)


def list_proposals(ctx: typer.Context, lang: LangOption = "en", json_out: JsonOption = False) -> None:
    """List the merges and splits that koe proposes, with why and the command to do it."""
    from reports.proposed import reason, title
    from reports.wording import Wording

    wiring = open_store(ctx)
    wording = Wording.of(lang, wiring.settings.timezone)
    with wiring.database.work() as work:
        issues = {stored.id: stored.issue for stored in work.issues.all() if stored.alive}
        found = [one for one in work.proposals.list() if {one.issue, one.into or one.issue} <= issues.keys()]
    if json_out:
        echo_json([{**_as_dict(one), "reason": reason(one, wording), "command": one.command} for one in found])
        return
    for one in found:
        names = [one_line(issues[id_].label.best(lang)) for id_ in (one.issue, one.into) if id_ is not None]
        typer.echo(f"{title(one, wording)} {wording('proposal_score', score=f'{one.score:.3g}')}: {' → '.join(names)}")
        typer.echo(f"  {reason(one, wording)}")
        typer.echo(f"  {one.command}")


def _as_dict(proposal: Proposal) -> dict[str, object]:
    return {**dataclasses.asdict(proposal), "score": proposal.score}
