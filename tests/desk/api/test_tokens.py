"""Tokens: which work, which do not any more, and what the brake does with guesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desk import accounts
from desk.web.site import Site

if TYPE_CHECKING:
    from tests.desk.api.conftest import Clock, Program

    As = Callable[[str], Program]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer wrong", "Bearer \xff\x01", "koe_x"])
def test_what_is_no_token(as_: As, header: str) -> None:
    answer = as_("nobody").get("/tickets", authorization=header.encode("latin-1"))  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_ends_with_its_days_and_when_it_is_revoked(as_: As, site: Site, clock: Clock) -> None:
    one, other = as_("reads"), as_("acts")
    assert one.get("/tickets").status_code == 200
    with site.database.work() as work:
        assert {used.application: used.last_used_at for used in work.sign_ins.api_tokens()}["reads"] == clock.now
        accounts.revoke_api_token(work, "reads", "test", clock.now)
        work.commit()
    assert one.get("/tickets").status_code == 401
    assert other.get("/tickets").status_code == 200
    clock.now += timedelta(days=1)
    assert other.get("/tickets").status_code == 401


def test_guesses_are_slowed_and_tokens_that_work_are_not(as_: As, clock: Clock) -> None:
    program, nobody = as_("reads"), as_("nobody")
    nobody.token = "koe_guess"
    assert {nobody.get("/tickets").status_code for _ in range(20)} == {401}
    slowed = nobody.get("/tickets")
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "2")
    assert program.get("/tickets").status_code == 200
    nobody.token = ""
    assert nobody.get("/tickets").status_code == 401  # no guess, so it is not slowed
    nobody.token = "koe_guess"
    clock.now += timedelta(seconds=2)
    assert nobody.get("/tickets").status_code == 401


def test_every_act_names_its_application(as_: As, site: Site) -> None:
    program = as_("acts")
    program.post("/tickets/CASE-000001/claim")
    program.reply("確認いたします。")
    program.post("/tickets/CASE-000001/resolve")
    program.post("/tickets/CASE-000001/reopen")
    with site.database.work(write=False) as work:
        told = [(one.act, one.subject) for one in work.audit.list(who="app:acts")]
    assert told == [(act, "CASE-000001") for act in ("reopen", "resolve", "reply", "claim")]
