"""Cases answered before: by the stored vectors of their complaints, then by the issue; of own queues, answered ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pytest
from starlette.testclient import TestClient

from desk.alike import Similar, similar
from desk.ticket_page import ticket_page
from desk.web.app import create_app
from desk.web.site import Site
from koe.analysis import Analysis, Segment, SentimentReading
from koe.feedback import Channel, Feedback
from koe.issue import Label, Span
from koe.settings import DiscoverySettings
from koe.taxonomy import Intent, Sentiment
from koe.ticket import Priority, Routing, TicketState
from tests.desk.web.conftest import Browser

MODEL = "vectors-1"
#: What each text says: its segments by the probability that they complain, and their vectors.
SAID: dict[str, list[tuple[float, Sequence[float]]]] = {
    "asked": [(0.9, (1, 0, 0)), (0.9, (0, 1, 0))],
    "near": [(0.9, (0, 0, 1)), (0.9, (0, 1, 0.5))],
    "nearer": [(0.9, (2, 0, 0))],
    "far": [(0.9, (0.4, 0, 1))],
    "praise": [(0.1, (1, 0, 0))],
    "unanswered": [(0.9, (1, 0, 0))],
    "elsewhere": [(0.9, (1, 0, 0))],
}
ASKED, NEAR, NEARER, FAR = "CASE-000005", "CASE-000006", "CASE-000007", "CASE-000008"


@pytest.fixture
def store(site: Site) -> Site:
    """The desk with a case about each of these texts; all but the first and the unanswered one have a reply."""
    now = site.clock()
    with site.database.work() as work:
        for name, segments in SAID.items():
            product = "MIX-02" if name == "elsewhere" else "SPK-20"
            said = Feedback("vectors", name, Channel.REVIEW, now, product_id=product, text=f"about {name}", lang="en")
            work.feedback.upsert([said], now)
            work.analyses.save([(said.text_hash, _analysis(segments))])
            routing = Routing("support", Priority.NORMAL, needs_response=True, rule="any", reasons=("because",))
            ticket = work.tickets.create(said.key, routing, None, now, "en")
            if name not in ("asked", "unanswered"):
                work.tickets.reply(ticket.id, f"reply to {name}", "aki", now)
        work.tickets.transition(NEARER, TicketState.RESOLVED, "aki", now, "a new cable helped")
        issue = work.issues.create("SPK-20", Label(en="a hum"), now, np.ones(3, np.float32), now)
        members = [(Span(f"vectors:{name}", 1, "text", 0, 5), 0.9) for name in ("asked", "far")]
        work.issues.add_members(issue.id, members, now)
        work.commit()
    return site


def _alike(store: Site, model: str = MODEL, queues: Collection[str] | None = None) -> list[Similar]:
    with store.database.work(write=False) as work:
        page = ticket_page(work, ASKED, model)
        return similar(work, page, model, DiscoverySettings(found=0.6), queues)


def test_the_nearest_come_first_then_those_of_the_same_issue(store: Site) -> None:
    found = _alike(store)
    assert [(one.ticket.id, one.same_issue) for one in found] == [(NEARER, False), (NEAR, False), (FAR, True)]
    assert found[0].nearness == pytest.approx(1, abs=1e-3)
    assert found[1].nearness == pytest.approx(0.894, abs=1e-3)
    assert found[2].nearness is None
    assert [one.reply.text for one in found] == ["reply to nearer", "reply to near", "reply to far"]
    assert found[0].ended is not None
    assert (found[0].ended.kind, found[0].ended.note) == ("resolved", "a new cable helped")
    assert found[1].ended is None


def test_vectors_of_another_model_are_not_compared(store: Site) -> None:
    assert [one.ticket.id for one in _alike(store, "vectors-2")] == [FAR]
    with store.database.work(write=False) as work:
        said = work.feedback.get("vectors:asked")
        assert said is not None
        assert work.segment_vectors.of_complaints([said.text_hash], "vectors-2", 0.5) == {}
        rows = work.segment_vectors.of_complaints([said.text_hash], MODEL, 0.5)[said.text_hash]
        assert rows.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_only_of_own_queues(store: Site) -> None:
    assert _alike(store, queues={"safety"}) == []


def test_the_page_says_how_they_ended(store: Site) -> None:
    browser = Browser(TestClient(create_app(replace(store, model=lambda work: MODEL)), base_url="http://localhost"))
    browser.log_in("lea")
    text = browser.get(f"/tickets/{ASKED}").text
    assert "alike: 100 %" in text
    assert "resolved, " in text
    assert "a new cable helped" in text
    assert "reply to nearer" in text


def _analysis(segments: Sequence[tuple[float, Sequence[float]]]) -> Analysis:
    mood = SentimentReading(Sentiment.NEGATIVE, -0.8, dict.fromkeys(Sentiment, 0.25))
    return Analysis(
        model=MODEL,
        lang="en",
        sentiment=mood,
        intents={Intent.COMPLAINT: 0.9},
        safety=False,
        safety_score=0.05,
        triggers=(),
        segments=tuple(
            Segment("text", place, place + 1, complaint, np.array(vector, np.float32))
            for place, (complaint, vector) in enumerate(segments)
        ),
        embedding=np.zeros(3, np.float32),
    )
