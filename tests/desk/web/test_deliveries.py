"""Replies that did not get through: who sees them, and who tries one again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desk.web.site import Site
from koe.outbox import DeliveryState

if TYPE_CHECKING:
    from tests.desk.web.conftest import Browser, Clock

    SignedIn = Callable[[str], Browser]

CASE = "/tickets/CASE-000001"
POLITE = "ご不便をおかけし、申し訳ございません。確認いたします。"


@pytest.fixture
def key(signed_in: SignedIn, site: Site, clock: Clock) -> str:
    """The key of a reply of CASE-000001 that was given up."""
    signed_in("aki").post(f"{CASE}/reply", text=POLITE)
    with site.database.work() as work:
        leased = work.outbox.lease(clock.now, timedelta(minutes=5))
        assert leased is not None
        work.outbox.failed(leased.key, leased.attempt, "shop.example answered 410 gone", clock.now, None)
        work.commit()
    return leased.key


def test_what_was_given_up_is_told_and_tried_again(signed_in: SignedIn, site: Site, clock: Clock, key: str) -> None:
    aki = signed_in("aki")
    assert "1 reply was not delivered" in aki.get("/").text
    for path in ("/deliveries", CASE):
        assert "shop.example answered 410 gone" in aki.get(path).text
        assert "Try again" in aki.get(path).text
    assert aki.post("/deliveries/1/again").headers["location"] == "/deliveries?said=again"
    assert "None: every reply got through" in aki.get("/deliveries").text
    assert aki.post("/deliveries/1/again").status_code == 409
    with site.database.work() as work:
        leased = work.outbox.lease(clock.now, timedelta(minutes=5))
        assert leased is not None
        assert (leased.key, leased.attempt, leased.failures) == (key, 2, 0)
        assert [(one.who, one.act) for one in work.audit.list(subject="CASE-000001", limit=1)] == [("aki", "try again")]
        assert work.outbox.counts() == {DeliveryState.SENDING: 1}


def test_only_people_of_the_queue_who_may_reply_try_again(signed_in: SignedIn, key: str) -> None:
    ben, vera = signed_in("ben"), signed_in("vera")
    assert "CASE-000001" not in ben.get("/deliveries").text
    assert "not delivered</a>" not in ben.get("/").text
    assert ben.post("/deliveries/1/again").status_code == 404
    assert "CASE-000001" in vera.get("/deliveries").text
    assert "Try again" not in vera.get("/deliveries").text
    assert vera.post("/deliveries/1/again").status_code == 403
    lead = signed_in("lea")
    assert lead.post("/deliveries/nonsense/again").status_code == 404
    assert lead.post("/deliveries/1/again", case="1").headers["location"] == f"{CASE}?said=again"
