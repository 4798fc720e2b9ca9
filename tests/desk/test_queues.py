"""What people do with tickets, and what they are kept from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import queues
from desk.ticket_page import ticket_page
from koe.errors import ConflictError, NotFoundError, UsageError
from koe.settings import QueueSettings, Settings
from koe.settings_clocks import Targets
from koe.ticket import Priority, Routing, TicketState
from storage.database import open_database
from storage.work import Work

Make = Callable[..., Any]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
LATER = NOW + timedelta(minutes=31)
SETTINGS = Settings()
CASES = [("1", "support", Priority.LOW), ("2", "support", Priority.HIGH), ("3", "safety", Priority.URGENT)]


@pytest.fixture
def work(tmp_path: Path, feedback: Make, analysis: Make) -> Iterator[Work]:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    database.migrate()
    with database.work() as work:
        items = [feedback("音が出ない", title="残念", external_id=number, author="mia") for number, _, _ in CASES]
        work.feedback.upsert(items, NOW)
        work.analyses.save([(items[0].text_hash, analysis("音が出ない", ("音が出ない", "defect"), title="残念"))])
        for number, queue, priority in CASES:
            routing = Routing(queue, priority, needs_response=True, rule="any", reasons=("because",))
            work.tickets.create(f"shop:{number}", routing, NOW + timedelta(days=1), NOW)
        yield work
    database.close()


def test_the_list_begins_with_the_most_urgent(work: Work) -> None:
    assert [ticket.priority for ticket in queues.list_tickets(work, SETTINGS)] == [
        Priority.URGENT,
        Priority.HIGH,
        Priority.LOW,
    ]
    assert [ticket.id for ticket in queues.list_tickets(work, SETTINGS, "safety")] == ["CASE-000003"]
    with pytest.raises(NotFoundError, match="known ones are safety, escalations"):
        queues.list_tickets(work, SETTINGS, "nowhere")


def test_next_gives_everybody_another_ticket(work: Work) -> None:
    given = [queues.next_ticket(work, SETTINGS, None, who, NOW) for who in ("aki", "ben", "cho", "dai")]
    assert [ticket and ticket.id for ticket in given] == ["CASE-000003", "CASE-000002", "CASE-000001", None]
    assert queues.next_ticket(work, SETTINGS, "support", "dai", LATER).assignee == "dai"  # type: ignore[union-attr]


def test_nobody_acts_on_what_somebody_else_holds(work: Work) -> None:
    queues.claim(work, SETTINGS, "CASE-000001", "aki", NOW)
    acts: list[Callable[[], object]] = [
        lambda: queues.claim(work, SETTINGS, "CASE-000001", "ben", NOW),
        lambda: queues.reply(work, SETTINGS, "CASE-000001", "はい", "ben", NOW),
        lambda: queues.resolve(work, "CASE-000001", "ben", NOW),
        lambda: queues.close(work, "CASE-000001", "ben", NOW),
    ]
    for act in acts:
        with pytest.raises(ConflictError, match="aki holds it until"):
            act()
    assert queues.claim(work, SETTINGS, "CASE-000001", "ben", LATER).assignee == "ben"


def test_a_claim_can_be_renewed(work: Work) -> None:
    first = queues.claim(work, SETTINGS, "CASE-000001", "aki", NOW)
    again = queues.claim(work, SETTINGS, "CASE-000001", "aki", NOW + timedelta(minutes=10))
    assert first.claimed_until is not None
    assert again.claimed_until == first.claimed_until + timedelta(minutes=10)


def test_replies_are_kept_in_order(work: Work) -> None:
    queues.reply(work, SETTINGS, "CASE-000001", "お詫びします", "aki", NOW)
    ticket = queues.reply(work, SETTINGS, "CASE-000001", "直しました", "aki", LATER)
    assert (ticket.state, ticket.assignee) == (TicketState.REPLIED, "aki")
    assert [reply.text for reply in work.tickets.replies("CASE-000001")] == ["お詫びします", "直しました"]
    with pytest.raises(UsageError, match="empty"):
        queues.reply(work, SETTINGS, "CASE-000001", "  \n", "aki", LATER)


def test_what_is_done_stays_done(work: Work) -> None:
    queues.resolve(work, "CASE-000001", "aki", NOW, "新品を送った")
    for act in (queues.claim, queues.resolve):
        with pytest.raises(ConflictError, match="it is resolved already"):
            act(
                *(work, SETTINGS, "CASE-000001", "aki", NOW)
                if act is queues.claim
                else (work, "CASE-000001", "aki", NOW)
            )
    assert queues.close(work, "CASE-000001", "aki", NOW).state is TicketState.CLOSED
    with pytest.raises(ConflictError, match="it is closed already"):
        queues.close(work, "CASE-000001", "aki", NOW)


def test_the_clocks_stand_while_a_ticket_waits_for_the_customer(work: Work) -> None:
    settings = Settings(
        queues={"support": QueueSettings(targets={Priority.LOW: Targets(resolution=timedelta(days=3))})}
    )
    hour = timedelta(hours=1)
    assert queues.reply(work, settings, "CASE-000001", "どの色ですか", "aki", NOW).due_at == NOW + 72 * hour
    waiting = queues.wait(work, settings, "CASE-000001", "aki", NOW + hour)
    assert (waiting.state, waiting.due_at, waiting.assignee) == (TicketState.WAITING, None, "aki")
    assert not queues.is_late(waiting, NOW + 100 * hour)
    with pytest.raises(ConflictError, match="it is waiting already"):
        queues.wait(work, settings, "CASE-000001", "aki", NOW + hour)
    again = queues.answered(work, settings, "CASE-000001", "aki", NOW + 50 * hour)
    assert (again.state, again.due_at) == (TicketState.OPEN, NOW + (72 + 49) * hour)
    assert queues.is_late(again, NOW + 122 * hour)
    with pytest.raises(ConflictError, match="is open; expected one that is waiting"):
        queues.answered(work, settings, "CASE-000001", "aki", NOW + 51 * hour)


def test_who_takes_up_a_waiting_ticket_starts_its_clocks(work: Work) -> None:
    queues.wait(work, SETTINGS, "CASE-000001", "aki", NOW)
    claimed = queues.claim(work, SETTINGS, "CASE-000001", "aki", NOW + timedelta(hours=5))
    assert claimed.due_at == NOW + timedelta(days=7, hours=5)


def test_what_is_done_can_be_opened_again(work: Work) -> None:
    queues.resolve(work, "CASE-000002", "aki", NOW + timedelta(hours=1))
    again = queues.reopen(work, SETTINGS, "CASE-000002", "ben", NOW + timedelta(hours=11), "it broke again")
    assert (again.state, again.due_at) == (TicketState.OPEN, NOW + timedelta(hours=24 + 10))
    assert work.tickets.history("CASE-000002")[-1].note == "it broke again"
    with pytest.raises(ConflictError, match="expected one that is resolved or closed"):
        queues.reopen(work, SETTINGS, "CASE-000002", "ben", NOW + timedelta(hours=12))


def test_a_ticket_needs_somebody_with_a_name(work: Work) -> None:
    with pytest.raises(UsageError, match="say who you are"):
        queues.next_ticket(work, SETTINGS, None, " ", NOW)
    with pytest.raises(NotFoundError, match="CASE-000009"):
        queues.claim(work, SETTINGS, "CASE-000009", "aki", NOW)


def test_the_overview_counts_what_is_late(work: Work) -> None:
    lines = {line.queue: line for line in queues.overview(work, SETTINGS, NOW + timedelta(days=2))}
    assert (lines["support"].waiting, lines["support"].late) == (2, 2)
    assert (lines["safety"].urgent, lines["questions"].waiting) == (1, 0)


def test_the_page_shows_words_reasons_and_history(work: Work) -> None:
    queues.reply(work, SETTINGS, "CASE-000001", "お詫びします", "aki", NOW)
    work.tickets.attach_copy("CASE-000001", "shop:2", NOW)
    page = ticket_page(work, "case-000001", "hand-made-1")
    assert "".join(piece.text for piece in page.text) == "音が出ない"
    assert [phrase.type for piece in page.text for phrase in piece.phrases] == ["defect"]
    assert page.ticket.reasons == ("because",)
    assert [copy.key for copy in page.copies] == ["shop:2"]
    assert [event.kind for event in page.history] == ["created", "claimed", "reply", "copy"]
    assert page.issues == []
