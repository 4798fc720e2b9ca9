"""What keeps strangers out: headers, cookies, tokens of forms, names of hosts, the brake on guessed passwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from desk import accounts
from desk.web.app import create_app
from desk.web.signing import _inside
from desk.web.site import Site
from koe.errors import KoeError

if TYPE_CHECKING:
    from tests.desk.web.conftest import Browser, Clock

    SignedIn = Callable[[str], Browser]


@pytest.mark.parametrize("path", ["/login", "/tickets", "/nowhere", "/static/desk.css", "/healthz", "/figures.csv"])
def test_every_answer_has_the_headers(path: str, browser: Browser) -> None:
    headers = browser.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["form-action"]) == ("'self'", "'self'", "'self'")
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    if not path.startswith("/static"):
        assert headers["cache-control"] == "no-store"


def test_pages_have_no_script_or_style_of_their_own(signed_in: SignedIn) -> None:
    lead = signed_in("lea")
    for path in ("/", "/tickets", "/tickets/CASE-000001", "/figures", "/help"):
        text = lead.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert text.count("<script") == text.count('<script src="/static/desk.js') == 1
        assert " onclick=" not in text


def test_a_form_needs_the_token_of_its_visitor(signed_in: SignedIn) -> None:
    aki, lead = signed_in("aki"), signed_in("lea")
    for fields in ({"a": "b"}, {"form_token": ""}, {"form_token": "0" * 64}, {"form_token": lead.token()}):
        answer = aki.client.post("/tickets/CASE-000001/claim", data=fields, headers=aki.headers)
        assert answer.status_code == 403
    assert "In hand" not in aki.get("/tickets/CASE-000001").text.partition("</h1>")[0]


def test_a_form_from_another_site_is_refused(signed_in: SignedIn) -> None:
    aki = signed_in("aki")
    data = {"form_token": aki.token()}
    for headers in (
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert aki.client.post("/tickets/next", data=data, headers=headers).status_code == 403
    assert aki.client.post("/tickets/next", data=data, headers={"origin": "http://localhost"}).status_code == 303


def test_a_form_is_urlencoded_and_small(signed_in: SignedIn) -> None:
    aki = signed_in("aki")
    data = {"form_token": aki.token(), "text": "あ" * 100_000}
    assert aki.client.post("/tickets/CASE-000001/reply", data=data).status_code == 413
    assert aki.client.post("/tickets/next", json={"form_token": aki.token()}).status_code == 400
    assert aki.client.post("/tickets/next", content=iter([b"a=b"])).status_code == 411


def test_a_foreign_host_name_gets_nothing(browser: Browser) -> None:
    assert browser.get("/login", host="localhost:8420").status_code == 200
    for host in ("evil.example", "localhost.evil.example", "localhost:80:80"):
        answer = browser.get("/login", host=host)
        assert (answer.status_code, "form" in answer.text) == (400, False)


def test_cookies_on_loopback_and_behind_tls(site: Site, browser: Browser) -> None:
    plain = browser.log_in("aki").headers.get_list("set-cookie")[0].lower()
    assert plain.startswith("koe_session=")
    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "; secure" not in plain
    tls = replace(site, secure=True, hosts=("desk.example",))
    client = TestClient(create_app(tls), base_url="https://desk.example", follow_redirects=False)
    answer = client.get("/login")
    assert answer.headers["set-cookie"].startswith("__Host-koe_form=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_session_ends_at_signing_out_when_idle_and_when_disabled(
    signed_in: SignedIn, site: Site, clock: Clock
) -> None:
    aki = signed_in("aki")
    assert aki.get("/").status_code == 200
    cookie = aki.client.cookies["koe_session"]
    assert aki.post("/logout").status_code == 303
    aki.client.cookies.set("koe_session", cookie)
    assert aki.get("/").headers["location"] == "/login"
    ben = signed_in("ben")
    clock.go_on(hours=9)
    assert ben.get("/tickets").headers["location"] == "/login?next=/tickets"
    lea = signed_in("lea")
    with site.database.work() as work:
        accounts.disable(work, "lea", "ada", clock.now)
        work.commit()
    assert lea.get("/").status_code == 303


def test_wrong_passwords_look_alike_and_are_slowed_down(browser: Browser, clock: Clock) -> None:
    unknown, wrong = browser.log_in("nobody.here", "wrong wrong wrong"), browser.log_in("aki", "wrong wrong wrong")
    assert (unknown.status_code, wrong.status_code) == (401, 401)
    assert "The name or the password is wrong." in unknown.text
    assert "The name or the password is wrong." in wrong.text
    told = [browser.log_in("aki", "wrong wrong wrong").status_code for _ in range(8)]
    assert told[-1] == 429
    assert browser.log_in("aki").status_code == 429
    clock.go_on(minutes=20)
    assert browser.log_in("aki").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("/tickets?queue=support", "/tickets?queue=support"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\nset-cookie: a=b", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_nowhere_else(wanted: str, told: str) -> None:
    assert _inside(wanted) == told


@pytest.mark.parametrize("kind", [RuntimeError, KoeError])
def test_a_failure_that_nobody_expected_tells_the_visitor_nothing(
    kind: type[Exception], site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_work: object) -> str:
        raise kind("a secret of the inside")

    browser = TestClient(create_app(replace(site, model=broken)), base_url="http://localhost", follow_redirects=False)
    from tests.desk.web.conftest import Browser

    lead = Browser(browser)
    lead.log_in("lea")
    answer = lead.get("/tickets/CASE-000001")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "a secret of the inside" in caplog.text
