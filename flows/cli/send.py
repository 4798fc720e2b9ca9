"""``koe send``: delivers the replies of the outbox."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.session import SOME_REFUSED, WHO, JsonOption, echo_json, open_store
from flows.cli.tables import one_line, show_table
from flows.cli.ticket_page import local_time
from koe.errors import BusyError

if TYPE_CHECKING:
    from desk.outbox import Sent
    from flows.wiring import Wiring


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(rich_help_panel="Issues and tickets")(send)


def send(
    ctx: typer.Context,
    watch: Annotated[
        bool, typer.Option("--watch/--once", help="Go on and look for new replies, or send what is due and end.")
    ] = False,
    every: Annotated[float, typer.Option("--every", min=0.1, help="With --watch: look again after so many s.")] = 5.0,
    retry: Annotated[bool, typer.Option("--retry", help="First put what was given up on its way again.")] = False,
    again: Annotated[
        list[int] | None,
        typer.Option("--again", metavar="REPLY", help="First put a reply (its number in --failed) on its way again."),
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="List what was given up, and why; send nothing.")] = False,
    by: Annotated[str, typer.Option("--as", envvar=WHO, help="Who you are, for the audit log.")] = "terminal",
    json_out: JsonOption = False,
) -> None:
    """Deliver replies and notices that are due, to delivery: and webhooks: of koe.yaml. Exit code 3: some given up."""
    from desk.outbox import retry_failed

    wiring = open_store(ctx)
    if failed:
        _show_failed(wiring, json_out)
        return
    if again:
        _put_again(wiring, again, by)
    if retry:
        with wiring.database.work() as work:
            count = retry_failed(work, by, wiring.clock())
            work.commit()
        typer.echo(f"{count} replies that were given up are on their way again", err=True)
    counts: Counter[str] = Counter()
    for sent in _sent(wiring, every if watch else None):
        counts[_outcome(sent)] += 1
        if not json_out:
            typer.echo(_line(sent))
    if json_out:
        echo_json({outcome: counts[outcome] for outcome in ("delivered", "later", "given up")})
    elif not counts:
        typer.echo("nothing is due", err=True)
    if counts["given up"]:
        raise typer.Exit(SOME_REFUSED)


def _sent(wiring: Wiring, every: float | None) -> Iterator[Sent]:
    """Replies as they are sent; with ``every`` (seconds) until the process is asked to end."""
    import random

    from desk.delivery.targets import Targets
    from desk.outbox import send_one

    stop = threading.Event()
    if every is not None:
        # The reply at hand is finished and noted; what is killed harder is tried again when its lease ends.
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: stop.set())
    targets = Targets.of_this_process(wiring.settings, wiring.clock)
    chance = random.Random()
    while not stop.is_set():
        sent = None
        try:
            sent = send_one(wiring.database, wiring.settings.delivery, targets, wiring.clock, chance)
        except BusyError as error:
            if every is None:
                raise
            typer.echo(f"koe: {error}", err=True)
        if sent is not None:
            yield sent
        elif every is None:
            return
        else:
            stop.wait(every)


def _put_again(wiring: Wiring, replies: Sequence[int], by: str) -> None:
    from desk.failed import try_again

    with wiring.database.work() as work:
        for reply in replies:
            found = try_again(work, wiring.settings, reply, by, wiring.clock())
            typer.echo(f"{found.ticket}: the reply {reply} is on its way again", err=True)
        work.commit()


def _show_failed(wiring: Wiring, json_out: bool) -> None:
    with wiring.database.work(write=False) as work:
        found = work.failed_deliveries.list(limit=1_000)
    if json_out:
        echo_json(found)
        return
    show_table(
        ["reply", "case", "queue", "target", "tries", "last try", "reason"],
        [
            [
                str(one.reply),
                one.ticket,
                one.queue,
                one.target,
                str(one.attempts),
                local_time(one.failed_at, wiring),
                one_line(one.error),
            ]
            for one in found
        ],
    )
    if not found:
        typer.echo("nothing was given up", err=True)


def _outcome(sent: Sent) -> str:
    if sent.delivered:
        return "delivered"
    return "given up" if sent.next_try_at is None else "later"


def _line(sent: Sent) -> str:
    said = f"{sent.ticket}: {_outcome(sent)} ({sent.target})"
    return said if sent.delivered else f"{said}: {one_line(sent.error or '')}"
