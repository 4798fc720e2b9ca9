"""Every route for every role: who gets the page, who is sent to sign in, who is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from fastapi.routing import APIRoute

from desk.web import acts, corrections, figures, lists, people, signing, tickets
from desk.web.app import create_app

if TYPE_CHECKING:
    from tests.desk.web.conftest import Browser

    SignedIn = Callable[[str], Browser]

EVERYBODY = ("nobody", "vera", "aki", "ben", "lea", "ada")
OPEN = dict.fromkeys(EVERYBODY, 200)
READERS = OPEN | {"nobody": 303}
ADMINS = dict.fromkeys(EVERYBODY, 403) | {"nobody": 303, "ada": 200}

#: What a page answers, by who asks. CASE-000001 is in the queue of aki and not of ben.
PAGES: dict[str, dict[str, int]] = {
    "/login": OPEN | dict.fromkeys(EVERYBODY[1:], 303),
    "/setup": OPEN,
    "/healthz": OPEN,
    "/static/desk.css": OPEN,
    "/": READERS,
    "/help": READERS,
    "/tickets": READERS,
    "/tickets?queue=support": READERS | {"ben": 404},
    "/tickets/CASE-000001": READERS | {"ben": 404},
    "/tickets/CASE-000009": dict.fromkeys(EVERYBODY, 404) | {"nobody": 303},
    "/tickets/nonsense": dict.fromkeys(EVERYBODY, 400) | {"nobody": 303},
    "/figures": READERS,
    "/figures?queue=support": READERS | {"ben": 404},
    "/figures.csv": READERS,
    "/people": ADMINS,
    "/settings": ADMINS,
    "/audit": ADMINS,
    "/nowhere": dict.fromkeys(EVERYBODY, 404),
}

CASE = "/tickets/CASE-000001"
AGENTS = {"nobody": 303, "vera": 403, "aki": 303, "ben": 404, "lea": 303, "ada": 303}
BOSS = dict.fromkeys(EVERYBODY, 403) | {"nobody": 303, "ada": 303}

#: What an act answers, by who sends its form.
ACTS: list[tuple[str, dict[str, str], dict[str, int]]] = [
    ("/tickets/next", {}, AGENTS | {"ben": 303}),
    ("/tickets/next", {"queue": "support"}, AGENTS),
    (f"{CASE}/claim", {}, AGENTS),
    (f"{CASE}/reply", {"text": "ご連絡ありがとうございます。確認いたします。"}, AGENTS),
    (f"{CASE}/wait", {}, AGENTS),
    (f"{CASE}/resolve", {"note": "ok"}, AGENTS),
    (f"{CASE}/close", {}, AGENTS),
    (f"{CASE}/move", {"queue": "questions"}, AGENTS),
    (f"{CASE}/hand-over", {"to": "lea"}, AGENTS | {"lea": 303}),
    (f"{CASE}/correct/sentiment", {"sentiment": "mixed"}, AGENTS),
    (f"{CASE}/correct/trigger", {"phrase": "text-4-9-defect"}, AGENTS),
    (f"{CASE}/correct/issue", {"issue": "ISSUE-0001"}, AGENTS),
    (f"{CASE}/correct/no-answer", {}, AGENTS),
    ("/people", {"name": "new", "role": "agent"}, BOSS | {"ada": 200}),
    ("/people/vera/disable", {}, BOSS),
    ("/people/vera/enable", {}, BOSS),
    ("/people/vera/change", {"role": "agent"}, BOSS),
    ("/people/vera/token", {}, BOSS | {"ada": 200}),
    ("/language", {"language": "ja"}, dict.fromkeys(EVERYBODY, 303)),
    ("/logout", {}, dict.fromkeys(EVERYBODY, 303)),
]


def _as(who: str, browser: Browser, signed_in: SignedIn) -> Browser:
    return browser if who == "nobody" else signed_in(who)


@pytest.mark.parametrize("who", EVERYBODY)
def test_pages(who: str, browser: Browser, signed_in: SignedIn) -> None:
    visitor = _as(who, browser, signed_in)
    assert {path: visitor.get(path).status_code for path in PAGES} == {path: told[who] for path, told in PAGES.items()}


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize(("path", "fields", "told"), ACTS, ids=[path for path, _, _ in ACTS])
def test_acts(
    who: str, path: str, fields: dict[str, str], told: dict[str, int], browser: Browser, signed_in: SignedIn
) -> None:
    visitor = _as(who, browser, signed_in)
    token = visitor.token("/login" if who == "nobody" else "/help")
    answer = visitor.client.post(path, data={"form_token": token} | fields, headers=visitor.headers)
    assert answer.status_code == told[who]
    if who == "nobody" and path not in ("/language", "/logout"):
        assert answer.headers["location"] == "/login"


def test_the_tables_above_know_every_route() -> None:
    told = {path.partition("?")[0] for path in PAGES} | {path for path, _, _ in ACTS}
    for path, methods in _routes():
        wild = path.replace("{case}", "CASE-000001").replace("{name}", "vera")
        known = [one for one in told if one == wild or ("{" in wild and one.startswith(wild.partition("{")[0]))]
        assert known, f"{methods} {path} is in no table"


def _routes() -> Iterator[tuple[str, set[str]]]:
    assert create_app
    for module in (signing, lists, tickets, acts, corrections, figures, people):
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            yield route.path, route.methods
