"""Every route for every kind of token: who gets the answer, who is refused, and what may not be known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from desk.api.app import create_api
from desk.web.site import Site

if TYPE_CHECKING:
    from tests.desk.api.conftest import Program

    As = Callable[[str], Program]

EVERYBODY = ("nobody", "reads", "acts", "reads-support", "acts-safety")
READERS = dict.fromkeys(EVERYBODY, 200) | {"nobody": 401}
NO_ONE = dict.fromkeys(EVERYBODY, 404) | {"nobody": 401}
SUPPORT = READERS | {"acts-safety": 404}
WRONG = dict.fromkeys(EVERYBODY, 422) | {"nobody": 401}
AGENTS = {"nobody": 401, "reads": 403, "acts": 200, "reads-support": 403, "acts-safety": 404}

READ: dict[str, dict[str, int]] = {
    "/tickets": READERS,
    "/tickets?queue=support": SUPPORT,
    "/tickets?issue=ISSUE-0009": NO_ONE,
    "/tickets/CASE-000001": SUPPORT,
    "/tickets/CASE-000003": READERS | {"reads-support": 404},
    "/tickets/CASE-000099": NO_ONE,
    "/tickets/nonsense": WRONG,
    "/issues": READERS,
    "/issues/ISSUE-0001": READERS,
    "/issues/ISSUE-0099": NO_ONE,
    "/reports": READERS,
    "/reports/2026-W47": READERS,
    "/reports/2026-W40": NO_ONE,
    "/reports/2026-W99": WRONG,
}
ACTS: dict[str, object] = {
    "claim": None,
    "reply": {"text": "確認いたします。"},
    "resolve": {"note": "ok"},
    "reopen": None,
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_reading(who: str, as_: As) -> None:
    program = as_(who)
    answers = {path: program.get(path) for path in READ}
    assert {path: one.status_code for path, one in answers.items()} == {path: told[who] for path, told in READ.items()}
    for one in answers.values():
        kind = "application/json" if one.status_code == 200 else "application/problem+json"
        assert one.headers["content-type"] == kind
        assert one.headers["cache-control"] == "private, no-cache"
        assert one.status_code == 200 or one.json()["status"] == one.status_code


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", EVERYBODY)
def test_acting(who: str, act: str, as_: As) -> None:
    if act == "reopen":
        assert as_("acts").post("/tickets/CASE-000001/resolve").status_code == 200
    answer = as_(who).post(f"/tickets/CASE-000001/{act}", ACTS[act], idempotency_key="k")
    assert answer.status_code == AGENTS[who]


def test_no_address_says_whether_there_is_more(as_: As) -> None:
    """What a token may not see and what there is not are told in the same words."""
    hidden, absent = (as_("acts-safety").get(f"/tickets/{case}") for case in ("CASE-000001", "CASE-000099"))
    assert hidden.text.replace("CASE-000001", "X") == absent.text.replace("CASE-000099", "X")


def test_a_limited_token_sees_its_queues_only(as_: As) -> None:
    assert [one["case"] for one in as_("acts-safety").get("/tickets").json()["items"]] == ["CASE-000003"]
    assert len(as_("reads-support").get("/tickets").json()["items"]) == 3


def test_cookies_open_nothing_and_other_addresses_are_problems(as_: As) -> None:
    nobody = as_("nobody")
    nobody.client.cookies.set("koe_session", "anything")
    assert nobody.get("/tickets").headers["www-authenticate"] == 'Bearer realm="koe"'
    for path in ("/nowhere", "/tickets/", "/docs"):
        assert as_("reads").get(path).json()["title"] == "Not Found"
    wrong = nobody.client.put("/api/v1/tickets", headers={"content-length": "0"})
    assert (wrong.status_code, wrong.json()["title"]) == (405, "Method Not Allowed")


def test_the_table_knows_every_route(site: Site) -> None:
    told = {path.partition("?")[0] for path in READ} | {f"/tickets/CASE-000001/{act}" for act in ACTS}
    wild = {"{case}": "CASE-000001", "{issue}": "ISSUE-0001", "{week}": "2026-W47"}
    paths = set(create_api(site).openapi()["paths"])
    for name, value in wild.items():
        paths = {path.replace(name, value) for path in paths}
    assert paths <= told
    assert len(paths) == 10


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_address_with_a_line_break_is_a_problem_too(as_: As) -> None:
    answer = as_("reads").get("/tickets/CASE-000001%0A")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
