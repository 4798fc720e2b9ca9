"""``koe queue promise``, ``promises``, ``follow-ups`` and ``follow-up``: what customers were told will be done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import WHO, JsonOption, echo_json, open_store
from flows.cli.tables import printable, show_table
from flows.cli.ticket_page import local_time
from koe.errors import UsageError

if TYPE_CHECKING:
    from koe.commitment import Commitment
    from storage.work import Work

_Case = Annotated[str, typer.Argument(metavar="CASE", help="A case number such as CASE-000001.")]
_Who = Annotated[str, typer.Option("--as", envvar=WHO, help="Who you are.")]
_Queue = Annotated[str | None, typer.Option("--queue", help="Only this queue (default: all).")]


def add_to(commands: typer.Typer) -> None:
    """Add the commands to ``koe queue``."""
    commands.command("promise")(promise)
    commands.command("promises")(list_promises)
    commands.command("follow-ups")(list_follow_ups)
    commands.command("follow-up")(follow_up)


def promise(
    ctx: typer.Context,
    case: _Case,
    words: Annotated[str | None, typer.Argument(help="What was promised.")] = None,
    due: Annotated[str | None, typer.Option("--due", help="Until when: 2026-11-27, tomorrow, 金曜日 …")] = None,
    kept: Annotated[int | None, typer.Option("--kept", metavar="NUMBER", help="Mark this promise kept.")] = None,
    drop: Annotated[int | None, typer.Option("--drop", metavar="NUMBER", help="Drop this promise.")] = None,
    who: _Who = "",
    json_out: JsonOption = False,
) -> None:
    """Note what a customer was promised, or mark a promise kept or dropped."""
    from desk import promises

    wiring = open_store(ctx)
    now, settings = wiring.clock(), wiring.settings
    with wiring.database.work() as work:
        if words is not None and due is not None and kept is None and drop is None:
            found, act = promises.promise(work, settings, case, words, due, who, now), "promise"
        elif kept is not None and words is None and drop is None:
            found, act = promises.keep(work, settings, _of(work, case, kept), who, now), "keep-promise"
        elif drop is not None and words is None and kept is None:
            found, act = promises.drop(work, settings, _of(work, case, drop), who, now), "drop-promise"
        else:
            raise UsageError('give words and --due ("a call back" --due tomorrow), or --kept NUMBER, or --drop NUMBER')
        work.audit.add(now, who, act, found.ticket, {"at": "terminal"})
        work.commit()
    if json_out:
        echo_json(found)
        return
    state = f"due {local_time(found.due_at, wiring)}" if found.open else "kept" if found.kept_at else "dropped"
    typer.echo(f"{found.ticket}: promise {found.id} {state}: {printable(found.words)}")


def list_promises(ctx: typer.Context, queue: _Queue = None, json_out: JsonOption = False) -> None:
    """List open promises, what is due first at the top."""
    wiring = open_store(ctx)
    now = wiring.clock()
    with wiring.database.work(write=False) as work:
        found = work.commitments.open(None if queue is None else {queue})
    if json_out:
        echo_json(found)
        return
    show_table(
        ["promise", "case", "due", "", "who", "words"],
        [
            [
                str(one.id),
                one.ticket,
                local_time(one.due_at, wiring),
                "overdue" if one.due_at < now else "",
                one.by,
                one.words,
            ]
            for one in found
        ],
    )
    if not found:
        typer.echo("nothing is promised", err=True)


def list_follow_ups(ctx: typer.Context, queue: _Queue = None, json_out: JsonOption = False) -> None:
    """List resolved tickets whose customers wait to be asked whether it holds."""
    from desk.follow_ups import due_follow_ups

    wiring = open_store(ctx)
    with wiring.database.work(write=False) as work:
        model = work.analyses.newest_model() or ""
        seen = None if queue is None else {queue}
        found = due_follow_ups(work, wiring.settings, model, wiring.clock(), seen)
    if json_out:
        echo_json([{"ticket": one.ticket.id, "queue": one.ticket.queue, "resolved_at": one.at} for one in found])
        return
    show_table(
        ["case", "queue", "resolved"],
        [[one.ticket.id, one.ticket.queue, local_time(one.at, wiring)] for one in found],
    )
    if not found:
        typer.echo("nothing to follow up", err=True)


def follow_up(
    ctx: typer.Context,
    case: _Case,
    text: Annotated[str | None, typer.Argument(help="The letter, or - to read it (default: print a draft).")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="No follow-up for this ticket.")] = False,
    who: _Who = "",
) -> None:
    """Ask the customer of a resolved ticket whether it holds: print a draft, send a letter, or drop it."""
    from desk import follow_ups
    from desk.ticket_page import ticket_page

    wiring = open_store(ctx)
    now, settings = wiring.clock(), wiring.settings
    with wiring.database.work(write=drop or text is not None) as work:
        model = work.analyses.newest_model() or ""
        if not drop and text is None:
            draft = follow_ups.follow_up_draft(work, settings, ticket_page(work, case, model))
            typer.echo(printable(draft.text))
            return
        if drop:
            ticket, act = follow_ups.drop(work, settings, case, model, who, now), "no-follow-up"
        else:
            words = sys.stdin.read() if text == "-" else text or ""
            ticket, act = follow_ups.send(work, settings, case, words, model, who, now), "follow-up"
        work.audit.add(now, who, act, ticket.id, {"at": "terminal"})
        work.commit()
    typer.echo(f"{ticket.id}: " + ("no follow-up" if drop else "the follow-up is stored; `koe send` delivers it"))


def _of(work: Work, case: str, number: int) -> int:
    """The promise that is meant, which must be of its ticket."""
    found: Commitment = work.commitments.get(number)
    if found.ticket != work.tickets.get(case).id:
        raise UsageError(f"promise {number} is of {found.ticket} and not of {case}")
    return number
