"""Acts of applications: the guard, the outbox, keys that make a reply once, and bodies of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from desk import queues
from desk.web.site import Site
from koe.outbox import DeliveryState
from koe.settings import Settings

if TYPE_CHECKING:
    from tests.desk.api.conftest import Clock, Program

    As = Callable[[str], Program]
REPLY = "ご連絡ありがとうございます。確認いたします。"


def test_a_ticket_goes_its_way(as_: As, clock: Clock) -> None:
    program = as_("acts")
    assert program.post("/tickets/CASE-000001/claim").json()["assignee"] == "app:acts"
    told = program.reply(REPLY).json()
    assert [(one["text"], one["by"], one["delivery"]) for one in told["replies"]] == [(REPLY, "app:acts", "pending")]
    assert told["state"] == "replied"
    assert program.post("/tickets/CASE-000001/resolve", {"note": "exchanged"}).json()["state"] == "resolved"
    assert program.post("/tickets/CASE-000001/resolve").status_code == 409
    told = program.post("/tickets/CASE-000001/reopen", {}).json()
    assert [(one["kind"], one["note"]) for one in told["history"]][-2:] == [("resolved", "exchanged"), ("open", "")]


def test_the_same_key_makes_a_reply_once(as_: As, site: Site) -> None:
    program = as_("acts")
    first, again = program.reply(REPLY), program.reply(f" {REPLY}\n")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = program.reply("別の返信です。")
    assert (other.status_code, "used for another reply" in other.json()["detail"]) == (422, True)
    assert program.reply(REPLY, "k2").status_code == 200
    assert program.reply(REPLY, case="CASE-000002").status_code == 200  # keys are a ticket's own
    with site.database.work(write=False) as work:
        assert work.outbox.counts() == {DeliveryState.PENDING: 3}


def test_a_reply_needs_a_key_and_words(as_: As) -> None:
    program = as_("acts")
    without = program.post("/tickets/CASE-000001/reply", {"text": REPLY})
    assert (without.status_code, without.json()["errors"][0]["where"]) == (422, "header")
    for body in (
        None,
        {},
        {"text": ""},
        {"text": "   "},
        {"text": 5},
        {"text": REPLY, "to": "x"},
        {"text": "あ" * 20_001},
    ):
        assert program.post("/tickets/CASE-000001/reply", body, idempotency_key="k").status_code == 422
    for key in ("", "x" * 201, "a b", "\xff"):
        given = key.encode("latin-1")
        answer = program.post("/tickets/CASE-000001/reply", {"text": REPLY}, idempotency_key=given)  # type: ignore[arg-type]
        assert answer.status_code == 422


def test_the_guard_stops_what_may_not_go_out(as_: As, site: Site) -> None:
    stopped = as_("acts").reply("全額返金いたします。")
    assert stopped.status_code == 422
    assert [one["where"] for one in stopped.json()["errors"]] == ["text"]
    assert "返金" in stopped.json()["errors"][0]["name"]
    with site.database.work(write=False) as work:
        assert not work.outbox.counts()


def test_nobody_acts_on_what_somebody_else_holds(as_: As, site: Site, clock: Clock) -> None:
    with site.database.work() as work:
        queues.claim(work, site.settings, "CASE-000001", "aki", clock.now)
        work.commit()
    program = as_("acts")
    for answer in (program.post("/tickets/CASE-000001/claim"), program.reply(REPLY)):
        assert (answer.status_code, "aki holds it" in answer.json()["detail"]) == (409, True)


def test_queues_that_ask_for_a_skill_are_for_people(as_: As, site: Site, settings: Settings) -> None:
    object.__setattr__(settings, "queues", Settings(queues={"support": {"skills": ["first aid"]}}).queues)  # type: ignore[dict-item]
    program = as_("acts")
    assert program.post("/tickets/CASE-000001/claim").status_code == 403
    assert program.reply(REPLY).status_code == 403
    assert program.get("/tickets/CASE-000001").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"text": "\\ud800"}',
        b'{"text": "\\u0000"}',
        b'{"text": 1e999}',
        b"null",
        b'{"note": NaN}',
    ],
)
@pytest.mark.parametrize("act", ["claim", "reply", "resolve", "reopen"])
def test_hostile_bodies_break_nothing(as_: As, act: str, body: bytes) -> None:
    program = as_("acts")
    headers = {"authorization": f"Bearer {program.token}", "content-type": "application/json", "idempotency-key": "k"}
    answer = program.client.post(f"/api/v1/tickets/CASE-000001/{act}", content=body, headers=headers)
    assert answer.status_code in (200, 400, 409, 422)


def test_a_body_has_a_length_and_an_end(as_: As) -> None:
    program = as_("acts")
    headers = {"authorization": f"Bearer {program.token}"}
    path = "/api/v1/tickets/CASE-000001/claim"
    large = program.client.post(path, content=b"x" * 300_000, headers=headers)
    assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")
    endless = program.client.post(path, content=iter([b"x"]), headers=headers)
    assert (endless.status_code, endless.json()["title"]) == (411, "Length Required")
    foreign = program.client.post(path, headers=headers | {"origin": "http://evil.example"})
    assert (foreign.status_code, foreign.json()["status"]) == (403, 403)
