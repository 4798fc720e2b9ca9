"""Every route for every role: who gets the page, who is sent to sign in, who is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount

from desk.web import acts, corrections
from desk.web.app import create_app

if TYPE_CHECKING:
    from desk.web.site import Site
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
    "/issues/ISSUE-0001/tell": READERS | {"vera": 403},
    "/deliveries": READERS,
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
STRANGERS = dict.fromkeys(EVERYBODY, 403)
#: The case is in another queue than the act takes.
MISPLACED = AGENTS | {"aki": 400, "lea": 400, "ada": 400}
#: The case is in another state.
REFUSED = AGENTS | {"aki": 409, "lea": 409, "ada": 409}
#: The case has none of what the act is about.
UNKNOWN = AGENTS | {"aki": 404, "lea": 404, "ada": 404}
BOSS = dict.fromkeys(EVERYBODY, 403) | {"nobody": 303, "ada": 303}

#: What an act answers, by who sends its form.
ACTS: list[tuple[str, dict[str, str], dict[str, int]]] = [
    ("/tickets/next", {}, AGENTS | {"ben": 303}),
    ("/tickets/next", {"queue": "support"}, AGENTS),
    (f"{CASE}/claim", {}, AGENTS),
    (f"{CASE}/reply", {"text": "ご連絡ありがとうございます。確認いたします。"}, AGENTS),
    (f"{CASE}/wait", {}, AGENTS),
    (f"{CASE}/answered", {}, REFUSED),
    (f"{CASE}/resolve", {"note": "ok"}, AGENTS),
    (f"{CASE}/close", {}, AGENTS),
    (f"{CASE}/reopen", {}, REFUSED),
    (f"{CASE}/move", {"queue": "questions"}, AGENTS),
    (f"{CASE}/hand-over", {"to": "lea"}, AGENTS | {"lea": 303}),
    (f"{CASE}/correct/sentiment", {"sentiment": "mixed"}, AGENTS),
    (f"{CASE}/correct/trigger", {"phrase": "text-4-9-defect"}, AGENTS),
    (f"{CASE}/correct/issue", {"issue": "ISSUE-0001"}, AGENTS),
    (f"{CASE}/correct/no-answer", {}, AGENTS),
    (f"{CASE}/promise", {"words": "明日ご連絡いたします", "due": "2026-11-21T12:00"}, AGENTS),
    (f"{CASE}/change-promise", {"promise": "1", "words": "明日ご連絡いたします"}, UNKNOWN),
    (f"{CASE}/keep-promise", {"promise": "1"}, UNKNOWN),
    (f"{CASE}/drop-promise", {"promise": "1"}, UNKNOWN),
    (f"{CASE}/follow-up", {"text": "その後いかがでしょうか。"}, REFUSED),
    (f"{CASE}/no-follow-up", {}, REFUSED),
    (f"{CASE}/moderate/not-spam", {}, MISPLACED),
    (f"{CASE}/moderate/remove", {}, MISPLACED),
    ("/issues/ISSUE-0001/tell", {"all": "1"}, REFUSED | {"ben": 409}),
    ("/deliveries/1/again", {}, dict.fromkeys(EVERYBODY, 404) | {"nobody": 303, "vera": 403}),
    ("/people", {"name": "new", "role": "agent"}, BOSS | {"ada": 200}),
    ("/people/vera/disable", {}, BOSS),
    ("/people/vera/enable", {}, BOSS),
    ("/people/vera/change", {"role": "agent"}, BOSS),
    ("/people/vera/token", {}, BOSS | {"ada": 200}),
    ("/login", {"name": "vera", "password": "a wrong one"}, dict.fromkeys(EVERYBODY, 401)),
    ("/setup", {"token": "of nobody", "password": "long enough to do", "again": "long enough to do"}, STRANGERS),
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
    if who == "nobody" and path not in ("/language", "/logout", "/login", "/setup"):
        assert answer.headers["location"] == "/login"


def test_every_route_has_its_row(site: Site) -> None:
    rows = {("GET", path.partition("?")[0]) for path in PAGES} | {("POST", path) for path, _, _ in ACTS}
    for path, known, methods in _routes(create_app(site)):
        for method in methods - {"HEAD"}:
            assert any(one == method and known.fullmatch(row) for one, row in rows), f"{method} {path} is in no table"


def test_every_act_and_every_correction_has_its_row() -> None:
    rows = {path for path, _, _ in ACTS}
    known = {f"{CASE}/{act}" for act in acts._ACTS} | {f"{CASE}/correct/{what}" for what in corrections._KINDS}
    assert known <= rows, known - rows


def _routes(app: FastAPI) -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """Path, pattern and methods of all that the application answers to, but its API, which has tables of its own."""
    for route in app.routes:
        if isinstance(route, Mount):
            every = [(route.path, re.compile(re.escape(route.path) + "/.+"), {"GET"})]
        elif isinstance(route, APIRoute):
            every = [(route.path, route.path_regex, route.methods or {"GET"})]
        else:
            included = cast(Any, route).effective_route_contexts()
            every = [(one.path, one.path_regex, one.methods) for one in included]
        yield from (one for one in every if not one[0].startswith("/api/"))
