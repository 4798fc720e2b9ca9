"""``koe queue``: the response queues on the terminal, from the list to closing a ticket."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import draft, promises
from flows.cli.clocks import clock_as_json, clock_of, clocks_of, due_words
from flows.cli.session import WHO, JsonOption, echo_json, open_store
from flows.cli.tables import show_table
from flows.cli.ticket_page import local_time, page_as_json, print_page, words_of
from koe.outbox import DeliveryState, OutboxEntry
from koe.ticket import Ticket, TicketState

if TYPE_CHECKING:
    from desk.ticket_clock import TicketClock
    from flows.wiring import Wiring
    from koe.feedback import Feedback
    from storage.work import Work

commands = typer.Typer(help="The response queues: take a ticket, answer it, close it.", no_args_is_help=True)

TicketArgument = Annotated[str, typer.Argument(metavar="CASE", help="A case number such as CASE-000001.")]
WhoOption = Annotated[str, typer.Option("--as", envvar=WHO, help="Who you are.")]
NoteOption = Annotated[str, typer.Option("--note", help="Kept in the ticket's history.")]
QueueOption = Annotated[str | None, typer.Option("--queue", help="Only this queue (default: all).")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    draft.add_to(commands)
    promises.add_to(commands)
    app.add_typer(commands, name="queue", rich_help_panel="Issues and tickets")


@commands.command("list")
def list_tickets(
    ctx: typer.Context,
    queue: QueueOption = None,
    state: Annotated[list[TicketState] | None, typer.Option("--state", help="Only tickets in this state.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many tickets at most.")] = 50,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only tickets with a reply that was given up, in any state.")
    ] = False,
    counts: Annotated[bool, typer.Option("--counts", help="How the queues stand, instead of tickets.")] = False,
    json_out: JsonOption = False,
) -> None:
    """List tickets, the most urgent first, then the one due first."""
    from desk import queues

    wiring = open_store(ctx)
    if counts:
        _show_counts(wiring, json_out)
        return
    now = wiring.clock()
    with wiring.database.work(write=False) as work:
        if failed:
            tickets = queues.undelivered(work, wiring.settings, queue, limit)
        else:
            tickets = queues.list_tickets(work, wiring.settings, queue, state or queues.ONGOING, limit)
        said = {key: stored.feedback for key, stored in work.feedback.load([t.feedback for t in tickets]).items()}
        clocks = clocks_of(work, wiring, tickets, now)
        sent = work.outbox.of_tickets([ticket.id for ticket in tickets])
        given_up = work.outbox.counts().get(DeliveryState.FAILED, 0)
    if json_out:
        echo_json(
            [
                _as_json(ticket, said.get(ticket.feedback), clocks[ticket.id], sent.get(ticket.id, ()))
                for ticket in tickets
            ]
        )
        return
    show_table(
        ["case", "priority", "queue", "state", "due", "product", "why", "words"],
        [
            _row(ticket, said.get(ticket.feedback), due_words(clocks[ticket.id], wiring, now), sent.get(ticket.id, ()))
            for ticket in tickets
        ],
    )
    if not tickets:
        typer.echo("no tickets here", err=True)
    if given_up and not failed:
        typer.echo(f"{given_up} replies were given up: koe queue list --failed shows them", err=True)


@commands.command("next")
def next_ticket(
    ctx: typer.Context, queue: QueueOption = None, who: WhoOption = "", json_out: JsonOption = False
) -> None:
    """Claim the most urgent free ticket and show it."""
    from desk import queues

    wiring = open_store(ctx)
    with wiring.database.work() as work:
        ticket = queues.next_ticket(work, wiring.settings, queue, who, wiring.clock())
        _keep(work, wiring, who, "claim", ticket)
    if ticket is None:
        if json_out:
            echo_json(None)
        typer.echo("nothing waits" + (f" in {queue}" if queue else ""), err=True)
        return
    _show(wiring, ticket.id, json_out)


@commands.command()
def show(ctx: typer.Context, case: TicketArgument, json_out: JsonOption = False) -> None:
    """Show a ticket: the customer's words with the trigger phrases marked, why it is here, and its history."""
    _show(open_store(ctx), case, json_out)


@commands.command()
def claim(ctx: typer.Context, case: TicketArgument, who: WhoOption = "", json_out: JsonOption = False) -> None:
    """Claim a certain ticket, or take it for longer."""
    from desk import queues

    wiring = open_store(ctx)
    with wiring.database.work() as work:
        ticket = queues.claim(work, wiring.settings, case, who, wiring.clock())
        _keep(work, wiring, who, "claim", ticket)
    until = f" until {local_time(ticket.claimed_until, wiring)}" if ticket.claimed_until else ""
    _told(ticket, f"claimed by {ticket.assignee}{until}", json_out)


@commands.command()
def reply(
    ctx: typer.Context,
    case: TicketArgument,
    text: Annotated[str, typer.Argument(help="The reply, or - to read it from standard input.")],
    who: WhoOption = "",
    json_out: JsonOption = False,
) -> None:
    """Store a reply; replies are never changed afterwards."""
    from desk import queues

    wiring = open_store(ctx)
    words = sys.stdin.read() if text == "-" else text
    with wiring.database.work() as work:
        ticket = queues.reply(work, wiring.settings, case, words, who, wiring.clock())
        _keep(work, wiring, who, "reply", ticket)
        noted = [one for one in work.commitments.of_ticket(ticket.id) if one.open]
    _told(ticket, "the reply is stored; `koe send` delivers it", json_out)
    for one in noted:
        typer.echo(f"promised by {local_time(one.due_at, wiring)}: {one.words} (promise {one.id})", err=True)


@commands.command()
def wait(
    ctx: typer.Context, case: TicketArgument, who: WhoOption = "", note: NoteOption = "", json_out: JsonOption = False
) -> None:
    """Wait for the customer: the ticket's clocks stand until then."""
    from desk import queues

    def done(work: Work, wiring: Wiring) -> Ticket:
        return queues.wait(work, wiring.settings, case, who, wiring.clock(), note)

    _do(ctx, "wait", done, who, "waits for the customer", json_out)


@commands.command()
def answered(
    ctx: typer.Context, case: TicketArgument, who: WhoOption = "", note: NoteOption = "", json_out: JsonOption = False
) -> None:
    """Say that the customer answered: the ticket is open again, its clocks go on."""
    from desk import queues

    def done(work: Work, wiring: Wiring) -> Ticket:
        return queues.answered(work, wiring.settings, case, who, wiring.clock(), note)

    _do(ctx, "answered", done, who, "open again", json_out)


@commands.command()
def reopen(
    ctx: typer.Context, case: TicketArgument, who: WhoOption = "", note: NoteOption = "", json_out: JsonOption = False
) -> None:
    """Open a ticket again that was resolved or closed."""
    from desk import queues

    def done(work: Work, wiring: Wiring) -> Ticket:
        return queues.reopen(work, wiring.settings, case, who, wiring.clock(), note)

    _do(ctx, "reopen", done, who, "open again", json_out)


@commands.command()
def resolve(
    ctx: typer.Context, case: TicketArgument, who: WhoOption = "", note: NoteOption = "", json_out: JsonOption = False
) -> None:
    """Say that the customer's problem is solved."""
    from desk import queues

    def done(work: Work, wiring: Wiring) -> Ticket:
        return queues.resolve(work, case, who, wiring.clock(), note)

    _do(ctx, "resolve", done, who, "resolved", json_out)


@commands.command()
def close(
    ctx: typer.Context, case: TicketArgument, who: WhoOption = "", note: NoteOption = "", json_out: JsonOption = False
) -> None:
    """Put a ticket away, solved or not."""
    from desk import queues

    def done(work: Work, wiring: Wiring) -> Ticket:
        return queues.close(work, case, who, wiring.clock(), note)

    _do(ctx, "close", done, who, "closed", json_out)


def _do(
    ctx: typer.Context, act: str, done: Callable[[Work, Wiring], Ticket], who: str, said: str, json_out: bool
) -> None:
    """Do something with a ticket in a unit of work, keep it with its act in the audit log, and say what was done."""
    wiring = open_store(ctx)
    with wiring.database.work() as work:
        ticket = done(work, wiring)
        _keep(work, wiring, who, act, ticket)
    _told(ticket, said, json_out)


def _keep(work: Work, wiring: Wiring, who: str, act: str, ticket: Ticket | None) -> None:
    """Note the act in the audit log, and commit both."""
    from desk.workers import account_of

    if ticket is not None:
        account = account_of(work, who)
        work.audit.add(wiring.clock(), account.name if account else who, act, ticket.id, {"at": "terminal"})
    work.commit()


def _told(ticket: Ticket, what: str, json_out: bool) -> None:
    if json_out:
        echo_json(ticket)
    else:
        typer.echo(f"{ticket.id}: {what}")


def _show_counts(wiring: Wiring, json_out: bool) -> None:
    from desk import queues

    with wiring.database.work(write=False) as work:
        lines = queues.overview(work, wiring.settings, wiring.clock())
    if json_out:
        echo_json(lines)
        return
    show_table(
        ["queue", "waiting", "free", "late", "urgent", "title"],
        [[one.queue, str(one.waiting), str(one.free), str(one.late), str(one.urgent), one.title] for one in lines],
    )


def _row(ticket: Ticket, feedback: Feedback | None, due: str, sent: Sequence[OutboxEntry]) -> list[str]:
    state = ticket.state.value + (f" {ticket.assignee}" if ticket.assignee else "")
    state += " (not delivered)" if any(entry.state is DeliveryState.FAILED for entry in sent) else ""
    why = ticket.reasons[0] if ticket.reasons else ticket.rule
    words = words_of(feedback)
    product = (feedback.product_id if feedback else None) or "-"
    return [ticket.id, ticket.priority.value, ticket.queue, state, due, product, why, words]


def _show(wiring: Wiring, case: str, json_out: bool) -> None:
    from desk.ticket_page import ticket_page

    with wiring.database.work(write=False) as work:
        page = ticket_page(work, case, model_in_use(wiring, work))
    now = wiring.clock()
    clock = clock_of(page.history, wiring, now)
    if json_out:
        echo_json(page_as_json(page, clock))
    else:
        print_page(page, wiring, clock, now)


def model_in_use(wiring: Wiring, work: Work) -> str:
    """The model whose Analysis is shown: no text is read here, so no model is loaded where the store tells it."""
    return work.analyses.newest_model() or wiring.model_version


def _as_json(
    ticket: Ticket, feedback: Feedback | None, clock: TicketClock, sent: Sequence[OutboxEntry]
) -> dict[str, object]:
    import dataclasses

    return {
        **dataclasses.asdict(ticket),
        "product_id": feedback.product_id if feedback else None,
        "channel": feedback.channel if feedback else None,
        "title": feedback.title if feedback else None,
        "text": feedback.text if feedback else None,
        "clock": clock_as_json(clock),
        "deliveries": sent,
    }
