"""``koe desk``: where it listens, whom it lets in first, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from desk.web.app import create_app
from desk.web.site import LOOPBACK, Site
from flows.cli import app
from flows.cli import desk as command
from flows.demo import MARKER
from flows.demo_logins import in_words, make_logins
from flows.wiring import Wiring
from koe.account import Role
from koe.errors import UsageError
from koe.settings import Settings


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    wiring = Wiring(Settings(folder=tmp_path))
    wiring.database.migrate()
    return wiring


def test_it_prints_a_token_until_somebody_has_a_password(wiring: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Site] = []
    monkeypatch.setattr(command, "serve", lambda site, host, port: served.append(site))
    told = CliRunner().invoke(app, ["desk", "--port", "8421"], obj=wiring).stdout
    token = re.search(r"for a day: (\S{40,})", told)[1]  # type: ignore[index]
    assert "http://127.0.0.1:8421/setup" in told
    browser = TestClient(create_app(served[0]), base_url="http://127.0.0.1:8421", follow_redirects=False)
    form = re.search(r'name="form_token" value="(\w+)"', browser.get("/setup").text)[1]  # type: ignore[index]
    password = "a long enough one"
    fields = {"form_token": form, "token": token, "password": password, "again": password}
    assert browser.post("/setup", data=fields).status_code == 303
    fields = {"form_token": form, "name": "admin", "password": password}
    assert browser.post("/login", data=fields).headers["location"] == "/"
    assert browser.get("/people").status_code == 200
    assert "token" not in CliRunner().invoke(app, ["desk"], obj=wiring).stdout


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
def test_loopback_needs_no_tls(wiring: Wiring, host: str) -> None:
    site = command.make_site(wiring, host, behind_tls=False, names=[])
    assert (site.secure, tuple(site.hosts)) == (False, LOOPBACK)


@pytest.mark.parametrize(
    ("host", "tls", "names", "told"),
    [
        ("0.0.0.0", False, [], "--behind-tls --name"),
        ("desk.example", False, [], "unprotected"),
        ("0.0.0.0", True, [], "--name desk.example.com"),
        ("127.0.0.1", False, ["desk.example"], "goes with --behind-tls"),
    ],
)
def test_what_it_refuses(wiring: Wiring, host: str, tls: bool, names: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        command.make_site(wiring, host, tls, names)


def test_behind_tls_it_answers_to_its_name_alone(wiring: Wiring) -> None:
    site = command.make_site(wiring, "0.0.0.0", behind_tls=True, names=["desk.example"])
    assert (site.secure, tuple(site.hosts)) == (True, ("desk.example",))


def test_the_demo_is_for_this_machine_only(wiring: Wiring) -> None:
    (wiring.settings.folder / MARKER).touch()
    assert command.make_site(wiring, "127.0.0.1", behind_tls=False, names=[])
    with pytest.raises(UsageError, match="for this machine only"):
        command.make_site(wiring, "127.0.0.1", behind_tls=True, names=["desk.example"])


def test_the_demo_has_a_login_for_each_role_and_keeps_hashes_only(wiring: Wiring) -> None:
    logins = make_logins(wiring)
    assert [(login.name, login.role) for login in logins] == [(role.value, role) for role in Role]
    lines = in_words(logins)
    store = b"".join(path.read_bytes() for path in wiring.settings.folder.glob("koe.sqlite*"))
    for login, line in zip(logins, lines, strict=True):
        assert line.endswith(login.password)
        assert login.password.encode() not in store
    site = command.make_site(wiring, "127.0.0.1", behind_tls=False, names=[])
    browser = TestClient(create_app(site), base_url="http://localhost", follow_redirects=False)
    form = re.search(r'name="form_token" value="(\w+)"', browser.get("/login").text)[1]  # type: ignore[index]
    fields = {"form_token": form, "name": "agent", "password": logins[1].password}
    assert browser.post("/login", data=fields).status_code == 303
