"""Promises on the desk: found in a reply, shown, changed, kept; follow-ups; customers told of a fix."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from koe.feedback import Channel, Feedback
from koe.issue import Label, Span
from koe.settings import Settings
from koe.ticket import Priority, Routing, TicketState

if TYPE_CHECKING:
    from desk.web.site import Site
    from storage.work import Work
    from tests.desk.web.conftest import Browser, Clock

    SignedIn = Callable[[str], Browser]

CASE = "/tickets/CASE-000001"
PROMISE = "ご不便をおかけし、申し訳ございません。明日までに改めてご連絡いたします。"
WORDS = "明日までに改めてご連絡いたします"


@pytest.fixture
def settings() -> Settings:
    return Settings.model_validate(
        {
            "drafts": {"actions": ["date"], "company": {"ja": "アサナギ製作所", "en": "Asanagi Works"}},
            "queues": {"support": {"follow_up": "7d"}, "safety": {"follow_up": "7d"}},
        }
    )


def in_store(site: Site, case: str = "CASE-000001") -> list[tuple[str, str, str]]:
    with site.database.work(write=False) as work:
        return [
            (one.words, f"{one.due_at.astimezone(site.settings.zone):%m-%d %H:%M}", _end(one.kept_at, one.dropped_at))
            for one in work.commitments.of_ticket(case)
        ]


def _end(kept: datetime | None, dropped: datetime | None) -> str:
    return "kept" if kept else "dropped" if dropped else "open"


def test_a_promise_is_found_shown_changed_and_kept_by_the_next_reply(signed_in: SignedIn, site: Site) -> None:
    aki = signed_in("aki")
    sent = aki.post(f"{CASE}/reply", text=PROMISE)
    shown = aki.get(sent.headers["location"]).text
    assert "Found in your reply." in shown
    assert f'value="{WORDS}"' in shown
    assert 'value="2026-11-21 23:59"' in shown
    assert in_store(site) == [(WORDS, "11-21 23:59", "open")]
    number = re.search(r'name="promise" value="(\d+)"', shown)[1]  # type: ignore[index]
    changed = aki.post(f"{CASE}/change-promise", promise=number, words="a call", due="2026-11-24 15:00")
    assert changed.headers["location"] == f"{CASE}?said=promise-changed"
    assert in_store(site) == [("a call", "11-24 15:00", "open")]
    assert aki.post(f"{CASE}/change-promise", promise=number, words="a call", due="soon").status_code == 400
    assert aki.post(f"{CASE}/change-promise", promise="99", words="a call", due="tomorrow").status_code == 404
    aki.post(f"{CASE}/reply", text="お待たせいたしました。確認いたしました。")
    assert in_store(site) == [("a call", "11-24 15:00", "kept")]
    assert aki.post(f"{CASE}/keep-promise", promise=number).status_code == 409


def test_promises_that_are_due_stand_above_the_lists(signed_in: SignedIn, site: Site, clock: Clock) -> None:
    aki = signed_in("aki")
    aki.post(f"{CASE}/promise", words="a call back", due="2026-11-23")
    for path in ("/", "/tickets?queue=support"):
        assert "a call back" not in aki.get(path).text
    clock.go_on(days=3)
    aki = signed_in("aki")
    assert "by Mon 23 Nov, 23:59" in aki.get("/").text
    clock.go_on(days=1)
    aki = signed_in("aki")
    for path in ("/", "/tickets?queue=support"):
        assert "overdue: Mon 23 Nov, 23:59" in aki.get(path).text
    # It is aki's promise in the queue support: on the lead's list of that queue, and nowhere for others.
    assert "a call back" in signed_in("lea").get("/tickets?queue=support").text
    assert "a call back" not in signed_in("lea").get("/").text
    assert "a call back" not in signed_in("ben").get("/").text
    with site.database.work(write=False) as work:
        (one,) = work.commitments.open()
    aki.post(f"{CASE}/drop-promise", promise=one.id)
    assert "a call back" not in aki.get("/").text
    assert in_store(site) == [("a call back", "11-23 23:59", "dropped")]


@pytest.mark.parametrize("act", ["resolve", "close"])
def test_a_case_ends_with_an_open_promise_only_when_that_is_said(signed_in: SignedIn, site: Site, act: str) -> None:
    aki = signed_in("aki")
    aki.post(f"{CASE}/promise", words="a call back", due="tomorrow")
    answer = aki.post(f"{CASE}/{act}")
    assert answer.status_code == 409
    assert "A promise is open" in answer.text
    assert "all the same" in answer.text
    assert aki.post(f"{CASE}/{act}", anyway="1").status_code == 303
    assert in_store(site) == [("a call back", "11-21 23:59", "open")]


def test_others_cannot_touch_promises(signed_in: SignedIn, site: Site) -> None:
    assert signed_in("vera").post(f"{CASE}/promise", words="x", due="tomorrow").status_code == 403
    assert signed_in("ben").post(f"{CASE}/promise", words="x", due="tomorrow").status_code == 404
    aki = signed_in("aki")
    aki.post("/tickets/CASE-000002/promise", words="of another case", due="tomorrow")
    with site.database.work(write=False) as work:
        (one,) = work.commitments.open()
    assert aki.post(f"{CASE}/drop-promise", promise=one.id).status_code == 404


def test_a_resolved_case_is_followed_up_once_by_a_person(signed_in: SignedIn, site: Site, clock: Clock) -> None:
    aki = signed_in("aki")
    aki.post(f"{CASE}/resolve")
    aki.post("/tickets/CASE-000002/resolve")
    clock.go_on(days=6)
    assert "To follow up" not in signed_in("aki").get("/").text
    clock.go_on(days=2)
    aki = signed_in("aki")
    shown = aki.get("/").text
    assert shown.count("#follow-up") == 2
    draft = html.unescape(re.search(r'(?s)<textarea id="follow-text"[^>]*>(.*?)</textarea>', aki.get(CASE).text)[1])  # type: ignore[index]
    assert "その後のご様子" in draft
    assert aki.post(f"{CASE}/follow-up", text="全額返金いたします。").status_code == 422
    assert aki.post(f"{CASE}/follow-up", text=draft).headers["location"] == f"{CASE}?said=followed-up"
    assert aki.post(f"{CASE}/follow-up", text=draft).status_code == 409
    assert aki.post("/tickets/CASE-000002/no-follow-up").status_code == 303
    assert "To follow up" not in aki.get("/").text
    with site.database.work(write=False) as work:
        assert [one.ticket for one in work.outbox.list()] == ["CASE-000001"]
        assert work.tickets.get("CASE-000001").state is TicketState.RESOLVED
        assert work.tickets.replies("CASE-000002") == []


@pytest.mark.parametrize("number", ["7", "8"])
def test_nobody_is_followed_up_who_wants_no_answer(signed_in: SignedIn, site: Site, clock: Clock, number: str) -> None:
    words = {"7": "音が出ない。返信は不要です。", "8": "It broke. No need to reply."}
    with site.database.work() as work:
        _ticket(work, number, words[number], clock())
        work.tickets.transition("CASE-000005", TicketState.RESOLVED, "aki", clock())
        work.commit()
    clock.go_on(days=8)
    shown = signed_in("aki").get("/")
    assert (shown.status_code, "To follow up" in shown.text) == (200, False)
    assert signed_in("aki").post("/tickets/CASE-000005/follow-up", text="いかがですか").status_code == 409


def test_who_reported_a_fixed_issue_is_told_once(signed_in: SignedIn, site: Site, clock: Clock) -> None:
    lead = signed_in("lea")
    with site.database.work() as work:
        issue = _fixed_issue(work, clock())
        work.commit()
    page = f"/issues/{issue}/tell"
    shown = lead.get(page).text
    # Three letters: one person wrote twice, one wants no answer.
    assert "3 customers are still to be told." in shown
    assert "must not be written to: 1." in shown
    assert shown.count("<textarea") == 3
    tickets = re.findall(r'name="ticket" value="(CASE-\d+)"', shown)
    assert signed_in("vera").get(page).status_code == 403
    stopped = lead.post(page, ticket=tickets[0], **{f"text-{tickets[0]}": "全額返金いたします。"})
    assert stopped.status_code == 409
    assert tickets[0] in stopped.text
    assert lead.post(page, ticket=tickets[0]).headers["location"] == f"{page}?said=told"
    assert "2 customers are still to be told." in lead.get(page).text
    assert lead.post(page, ticket=tickets[0]).status_code == 409
    assert lead.post(page, all="1").status_code == 303
    assert "Nobody is left to be told." in lead.get(page).text
    lead.post(page, all="1")
    with site.database.work(write=False) as work:
        sent = [one.ticket for one in work.outbox.list()]
        letter = work.tickets.replies(tickets[0])[-1].text
    assert sorted(sent) == sorted(tickets)
    assert "解消いたしました" in letter


def test_nobody_is_told_before_the_fix_is_proved(signed_in: SignedIn) -> None:
    lead = signed_in("lea")
    assert "the fix is not proved to work" in lead.get("/issues/ISSUE-0001/tell").text
    assert lead.post("/issues/ISSUE-0001/tell", all="1").status_code == 409
    assert lead.get("/issues/ISSUE-0099/tell").status_code == 404


def test_figures_by_kind_of_customer(signed_in: SignedIn) -> None:
    lead = signed_in("lea")
    assert "Kind of customer" in lead.get("/figures").text
    rows = csv.DictReader(io.StringIO(lead.get("/figures.csv").text.removeprefix("\ufeff")))
    kinds = {row["name"]: row["cases"] for row in rows if row["group"] == "customer"}
    assert kinds == {"unhappy": "3", "urgent": "1"}


def _fixed_issue(work: Work, now: datetime) -> str:
    """Complaints for twelve weeks, six a week among twenty; then a fix, and none for eight weeks. Four have tickets."""
    fixed = now - timedelta(weeks=8)
    said = []
    for week in range(1, 13):
        day = fixed - timedelta(weeks=week)
        said += [_said(f"b{week}-{one}", "充電中に音が出ない", day) for one in range(6)]
        said += [_said(f"n{week}-{one}", "良い音です", day) for one in range(14)]
    for week in range(8):
        said += [_said(f"a{week}-{one}", "良い音です", fixed + timedelta(weeks=week, days=1)) for one in range(20)]
    work.feedback.upsert(said, now)
    issue = work.issues.create(
        "KIN-1", Label("無音", "no sound"), fixed - timedelta(weeks=12), np.ones(4, np.float32), now
    )
    keys = [one.key for one in said if one.external_id.startswith("b")]
    work.issues.add_members(issue.id, [(Span(key, 1, "text", 0, 5), 0.9) for key in keys], now)
    last: dict[str, object] = {"product_id": "KIN-1"}
    for number, more in (
        ("f1", {"customer_id": "C-7"}),
        ("f2", {"customer_id": "C-7"}),
        ("f3", {"author": "ken"}),
        ("f4", {"author": "", "text": "音が出ない。返信不要です。"}),
        ("f5", {"author": ""}),
    ):
        given = {"text": "充電中に音が出ない", **last, **more}
        _ticket(work, number, str(given.pop("text")), fixed - timedelta(weeks=2), **given)
        work.issues.add_members(issue.id, [(Span(f"shop:{number}", 1, "text", 0, 5), 0.9)], now)
    work.issues.fix(issue.id, by="aki", effective_at=fixed)
    return issue.id


def _said(number: str, text: str, at: datetime, **fields: object) -> Feedback:
    given = {"source": "shop", "channel": Channel.REVIEW, "product_id": "KIN-1", "lang": "ja", **fields}
    return Feedback(external_id=number, text=text, created_at=at, **given)  # type: ignore[arg-type]


def _ticket(work: Work, number: str, text: str, at: datetime, **fields: object) -> None:
    work.feedback.upsert([_said(number, text, at, **fields)], at)
    routing = Routing("support", Priority.NORMAL, needs_response=True, rule="complaint", reasons=("because",))
    work.tickets.create(f"shop:{number}", routing, None, at, "ja")
