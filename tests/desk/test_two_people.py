"""Two people never hold the same ticket, and everybody gets only what is theirs to answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk import accounts, queues
from desk.accounts import Changes
from koe.account import Role
from koe.errors import ConflictError, ForbiddenError
from koe.settings import QueueSettings, Settings
from koe.ticket import NewTicket, Priority, Routing, Ticket, TicketState
from storage.database import Database, open_database
from storage.work import Work

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SETTINGS = Settings(queues={"safety": QueueSettings(skills=["first aid"])})
TICKETS = 2_000
LIMIT = 7
QUEUES = ("support", "questions", "safety")
LANGUAGES = ("ja", "en", None)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    database.migrate()
    yield database
    database.close()


def _file(work: Work, count: int) -> None:
    """Tickets of three queues and two languages, some of no known one."""
    cases = []
    for number in range(count):
        queue, lang = QUEUES[number % 3], LANGUAGES[number // 3 % 3]
        routing = Routing(queue, Priority.NORMAL, needs_response=True, rule="any", reasons=("because",))
        cases.append(NewTicket(f"shop:{number}", routing, NOW + timedelta(minutes=number), lang))
    work.filing.create_many(cases, NOW)


def _add(work: Work, name: str, **wanted: object) -> None:
    accounts.add(work, SETTINGS, name, Changes(**{"role": Role.AGENT, **wanted}), "root", NOW)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_sixteen_processes_share_two_thousand_tickets(database: Database, url: str, tmp_path: Path) -> None:
    config = tmp_path / "koe.yaml"
    config.write_text("queues: {safety: {skills: [first aid]}}\n", "utf-8")
    with database.work() as work:
        _file(work, TICKETS)
        # Processes 0 and 14 pull for the same person, and so do 1 and 15.
        _add(work, "person0", limit=LIMIT)
        _add(work, "person1", languages=["ja"])
        _add(work, "person2", queues=["questions"])
        _add(work, "person3", skills=["first aid"])
        _add(work, "person4", languages=["en"], queues=["safety"], skills=["first aid"])
        for number in range(5, 9):
            _add(work, f"person{number}", limit=LIMIT)
        work.commit()
    words = [sys.executable, str(Path(__file__).with_name("forking_pullers.py")), str(config), url, NOW.isoformat()]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    got = [(person, case) for line in done.stdout.splitlines() for person, case in json.loads(line)]
    with database.work(write=False) as work:
        tickets = {ticket.id: ticket for ticket in work.tickets.list(limit=None)}
        claims = Counter(event.kind for case in tickets for event in work.tickets.history(case))
    assert Counter(case for _, case in got) == Counter(tickets.keys())
    assert len(tickets) == claims["claimed"] == TICKETS
    assert all(tickets[case].assignee == person for person, case in got)
    by_person = {person: [tickets[case] for one, case in got if one == person] for person, _ in got}
    assert all(len(by_person[f"person{number}"]) == LIMIT for number in (0, 5, 6, 7, 8))
    assert {ticket.lang for ticket in by_person["person1"]} <= {"ja", None}
    assert "safety" not in {ticket.queue for number in (0, 1, 2) for ticket in by_person[f"person{number}"]}
    assert {ticket.queue for ticket in by_person["person2"]} == {"questions"}
    assert all(ticket.queue == "safety" and ticket.lang in {"en", None} for ticket in by_person["person4"])
    print({person: len(own) for person, own in sorted(by_person.items())})


def _next(database: Database, who: str, queue: str | None = None) -> Ticket | None:
    with database.work() as work:
        ticket = queues.next_ticket(work, SETTINGS, queue, who, NOW)
        work.commit()
    return ticket


def _pulled(database: Database, who: str) -> list[tuple[str, str | None]]:
    return [(ticket.queue, ticket.lang) for ticket in iter(lambda: _next(database, who), None) if ticket]


def test_a_person_gets_what_fits(database: Database) -> None:
    with database.work() as work:
        _file(work, 9)
        _add(work, "english", languages=["en"], queues=["support"])
        _add(work, "careful", skills=["first aid"], queues=["safety"], languages=["ja", "en"])
        _add(work, "any")
        work.commit()
    assert _pulled(database, "english") == [("support", "en"), ("support", None)]
    assert _pulled(database, "careful") == [("safety", "ja"), ("safety", "en"), ("safety", None)]
    assert _pulled(database, "any") == [(queue, "ja") for queue in ("support", "questions")] + [
        ("questions", "en"),
        ("questions", None),
    ]


def test_a_queue_that_is_not_theirs_is_refused(database: Database) -> None:
    with database.work() as work:
        _file(work, 9)
        _add(work, "mika", queues=["support", "safety"])
        _add(work, "lead", role=Role.LEAD, queues=["support"])
        work.commit()
    for queue in ("questions", "safety"):
        with pytest.raises(ForbiddenError, match=f"gets no tickets of {queue}; theirs are support"):
            _next(database, "mika", queue)
    with database.work() as work:
        with pytest.raises(ForbiddenError, match="safety"):
            queues.claim(work, SETTINGS, "CASE-000003", "Mika", NOW)
        with pytest.raises(ForbiddenError, match="safety"):
            queues.reply(work, SETTINGS, "CASE-000003", "お詫びします", "Mika", NOW)
        assert queues.claim(work, SETTINGS, "CASE-000003", "lead", NOW).assignee == "lead"
        assert queues.claim(work, SETTINGS, "CASE-000001", "Mika", NOW).assignee == "mika"


def test_nobody_holds_more_than_the_limit(database: Database) -> None:
    with database.work() as work:
        _file(work, 9)
        _add(work, "mika", limit=2)
        work.commit()
    first, second = _next(database, "mika"), _next(database, "mika")
    assert first is not None
    assert second is not None
    with pytest.raises(ConflictError, match="mika holds 2 tickets, and no more than 2 at once"):
        _next(database, "mika")
    with database.work() as work:
        with pytest.raises(ConflictError, match="no more than 2"):
            queues.claim(work, SETTINGS, "CASE-000007", "mika", NOW)
        queues.claim(work, SETTINGS, first.id, "mika", NOW)
        queues.reply(work, SETTINGS, first.id, "お詫びします", "mika", NOW)
        assert queues.next_ticket(work, SETTINGS, None, "mika", NOW) is not None
        later = NOW + timedelta(hours=1)
        assert queues.next_ticket(work, SETTINGS, None, "mika", later) is not None


def test_roles_and_disabling_hold_on_the_terminal_too(database: Database) -> None:
    with database.work() as work:
        _file(work, 3)
        _add(work, "viewer", role=Role.VIEWER)
        _add(work, "gone")
        accounts.disable(work, "gone", "root", NOW)
        acts: list[Callable[[str], object]] = [
            lambda who: queues.next_ticket(work, SETTINGS, None, who, NOW),
            lambda who: queues.reply(work, SETTINGS, "CASE-000001", "はい", who, NOW),
            lambda who: queues.resolve(work, "CASE-000001", who, NOW),
            lambda who: queues.close(work, "CASE-000001", who, NOW),
            lambda who: queues.wait(work, SETTINGS, "CASE-000001", who, NOW),
        ]
        for who, said in (("viewer", "may not"), ("gone", "disabled")):
            for act in acts:
                with pytest.raises(ForbiddenError, match=said):
                    act(who)
        assert work.tickets.get("CASE-000001").state is TicketState.OPEN
