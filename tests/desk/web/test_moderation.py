"""The queue of moderation: what was no spam goes where it belongs, what is removed leaves the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import desk
from desk.moderation import MODERATION
from desk.routing import route, rule_book
from desk.web.site import Site
from koe.settings import Settings
from koe.ticket import Priority, TicketState

if TYPE_CHECKING:
    from tests.desk.web.conftest import Browser

    SignedIn = Callable[[str], Browser]

Make = Callable[..., Any]
CASE = "/tickets/CASE-000001"


@pytest.fixture
def lead(signed_in: SignedIn) -> Browser:
    """A lead, with CASE-000001 (two stars, a defect) in the queue of moderation."""
    browser = signed_in("lea")
    assert browser.post(f"{CASE}/move", queue="moderation").status_code == 303
    return browser


def test_no_spam_goes_where_the_other_rules_send_it(lead: Browser, site: Site) -> None:
    assert "Not spam: send it on" in lead.get(CASE).text
    assert lead.post(f"{CASE}/moderate/not-spam").headers["location"] == f"{CASE}?said=moved"
    with site.database.work(write=False) as work:
        ticket = work.tickets.get("CASE-000001")
        (kept,) = work.reading_corrections.of("shop:1")
        told = work.audit.list(subject=ticket.id, limit=1)[0]
    assert (ticket.queue, ticket.priority, ticket.rule) == ("support", Priority.NORMAL, "complaint")
    assert ticket.state is TicketState.OPEN
    assert (kept.kind, kept.by, kept.details["to"]) == ("not-spam", "lea", "support")
    assert (told.who, told.act) == ("lea", "not-spam")
    assert "Not spam" not in lead.get(CASE).text
    assert lead.post(f"{CASE}/moderate/not-spam").status_code == 400


def test_what_is_removed_leaves_lists_and_figures_and_comes_back(lead: Browser, site: Site) -> None:
    def seen() -> list[bool]:
        pages = (lead.get(path).text for path in ("/tickets?state=all", "/tickets?text=充電中", "/figures.csv"))
        return [name in text for name, text in zip(("CASE-000001", "CASE-000001", "moderation"), pages, strict=True)]

    assert seen() == [True, True, True]
    assert lead.post(f"{CASE}/moderate/remove").headers["location"] == "/?said=removed"
    assert seen() == [False, False, False]
    assert "was removed from the desk" in lead.get(CASE).text
    with site.database.work(write=False) as work:
        assert work.feedback.get("shop:1") is not None
        assert work.tickets.get("CASE-000001").removed_at == site.clock()
        assert "moderation" not in work.tickets.counts()
        assert [one.kind for one in work.reading_corrections.of("shop:1")] == ["remove"]
        assert [one.act for one in work.audit.list(subject="CASE-000001", limit=1)] == ["remove"]
    assert lead.post(f"{CASE}/moderate/remove").status_code == 409
    assert lead.post(f"{CASE}/reopen").status_code == 303
    assert seen() == [True, True, True]


def test_posts_against_the_rules_land_there_as_the_page_says(feedback: Make, analysis: Make) -> None:
    page = (Path(desk.__file__).parents[1] / "docs" / "desk.md").read_text("utf-8")
    snippet = re.search(r"(?s)```yaml\n(.*?)```", page.partition("## Moderation")[2])
    assert snippet is not None
    book = rule_book(Settings.model_validate(yaml.safe_load(snippet[1])))
    text = "You idiots, it broke."
    read = analysis(text, ("idiots", "violation", "negative"), ("broke", "defect"), intents=("complaint",))
    routing = route(feedback(text), read, book)
    assert (routing.queue, routing.reasons[0]) == (MODERATION, "Words that our rules forbid")
    assert route(feedback("It broke."), analysis("It broke.", ("broke", "defect")), book).queue == "support"


def test_only_the_queue_of_moderation_is_moderated(signed_in: SignedIn, lead: Browser) -> None:
    assert "Remove it from the desk" not in lead.get("/tickets/CASE-000002").text
    assert lead.post("/tickets/CASE-000002/moderate/remove").status_code == 400
    assert lead.post(f"{CASE}/moderate/burn").status_code == 404
    assert signed_in("aki").post(f"{CASE}/moderate/remove").status_code == 404
