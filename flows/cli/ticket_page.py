"""One ticket on the terminal: the customer's words with the trigger phrases marked, its clocks and its history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from flows.cli.clocks import clock_as_json, target_lines
from flows.cli.tables import one_line, printable, show_pieces
from koe.outbox import DeliveryState, OutboxEntry

if TYPE_CHECKING:
    from desk.ticket_clock import TicketClock
    from desk.ticket_page import TicketPage
    from flows.wiring import Wiring
    from koe.feedback import Feedback
    from storage.ticket_history import TicketEvent
    from storage.ticket_store import Reply


def print_page(page: TicketPage, wiring: Wiring, clock: TicketClock, now: datetime) -> None:
    """Print the page of a ticket."""
    ticket, feedback = page.ticket, page.feedback.feedback
    who = f" by {ticket.assignee}" if ticket.assignee else ""
    typer.echo(f"{ticket.id}  {ticket.priority.value}  {ticket.queue}  {ticket.state.value}{who}")
    for line in target_lines(clock, wiring, now):
        typer.echo(line)
    typer.echo(f"written {local_time(feedback.created_at, wiring)}")
    typer.echo(f"{feedback.key}  {feedback.channel.value}  {feedback.product_id or '-'}  {_author(feedback)}")
    typer.echo("")
    show_pieces(page.title)
    show_pieces(page.text)
    if not (feedback.title or feedback.text):
        typer.echo("  (no text)")
    _section("why it is here", [*ticket.reasons, f"rule: {ticket.rule}"])
    _section("issues", [f"{issue.id} {issue.label.best(feedback.lang or 'ja')}" for issue in page.issues])
    _section(
        "earlier wordings", [_dated(one.feedback, wiring) for one in page.versions if one.seq != page.feedback.seq]
    )
    _section("the same person before", [_dated(one.feedback, wiring) for one in page.earlier[:5]])
    _section("copies", [_dated(one.feedback, wiring) for one in page.copies])
    _section("replies", [line for one in page.replies for line in _reply(one, page.deliveries.get(one.id), wiring)])
    _section("history", [_told(event, wiring) for event in page.history])


def page_as_json(page: TicketPage, clock: TicketClock) -> dict[str, object]:
    """The page of a ticket for a machine."""
    return {
        "ticket": page.ticket,
        "clock": clock_as_json(clock),
        "feedback": page.feedback.feedback,
        "triggers": page.analysis.triggers if page.analysis else [],
        "issues": page.issues,
        "versions": [one.feedback for one in page.versions],
        "earlier": [one.feedback for one in page.earlier],
        "copies": [one.feedback for one in page.copies],
        "replies": page.replies,
        "deliveries": [page.deliveries[one.id] for one in page.replies if one.id in page.deliveries],
        "history": page.history,
    }


def words_of(feedback: Feedback | None) -> str:
    """What a customer wrote, on one line."""
    if feedback is None:
        return ""
    return one_line(" ".join(part for part in (feedback.title, feedback.text) if part))


def local_time(moment: datetime | None, wiring: Wiring) -> str:
    """A moment in the time zone of koe.yaml; ``-`` for none."""
    return "-" if moment is None else f"{moment.astimezone(wiring.settings.zone):%Y-%m-%d %H:%M}"


def _delivery_words(entry: OutboxEntry, wiring: Wiring) -> str:
    """How far a reply got on its way."""
    if entry.state is DeliveryState.DELIVERED:
        return f"delivered ({entry.target})"
    if entry.state is DeliveryState.FAILED:
        said = one_line(entry.last_error or "")
        return f"NOT DELIVERED, given up after {entry.failures} failed tries ({entry.target}): {said}"
    if entry.failures:
        said, again = one_line(entry.last_error or ""), local_time(entry.next_try_at, wiring)
        return f"not delivered yet, next try {again} ({entry.target}): {said}"
    return f"on its way ({entry.target}); `koe send` delivers it"


def _reply(reply: Reply, entry: OutboxEntry | None, wiring: Wiring) -> list[str]:
    lines = [f"{local_time(reply.at, wiring)} {reply.by}: {printable(reply.text)}"]
    return lines if entry is None else [*lines, f"  → {_delivery_words(entry, wiring)}"]


def _told(event: TicketEvent, wiring: Wiring) -> str:
    return f"{local_time(event.at, wiring)} {event.by}: {event.kind} {one_line(event.note)}".rstrip()


def _section(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")


def _author(feedback: Feedback) -> str:
    parts = [feedback.author or "", f"customer {feedback.customer_id}" if feedback.customer_id else ""]
    return one_line(" ".join(part for part in parts if part)) or "-"


def _dated(feedback: Feedback, wiring: Wiring) -> str:
    stars = f"{feedback.rating:g} stars " if feedback.rating is not None else ""
    return (
        f"{local_time(feedback.updated_at or feedback.created_at, wiring)} {feedback.key} {stars}{words_of(feedback)}"
    )
