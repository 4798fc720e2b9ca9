"""``koe token``: applications on the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from desk.sign_in import application_of
from flows.cli import app
from flows.wiring import Wiring
from koe.account import Role
from koe.errors import ConflictError, NotFoundError, UsageError
from koe.settings import Settings

Koe = Callable[..., Result]


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    wiring = Wiring(Settings(folder=tmp_path))
    wiring.database.migrate()
    return wiring


@pytest.fixture
def koe(wiring: Wiring) -> Koe:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words), obj=wiring, env={"USER": "root"})

    return run


def test_a_token_is_printed_once_and_ends_when_it_is_revoked(koe: Koe, wiring: Wiring) -> None:
    made = koe("token", "create", "ERP", "--role", "agent", "--queue", "support", "--queue", "safety", "--days", "90")
    token = made.stdout.strip()
    assert "shown this once" in made.stderr
    found = application_of(wiring.database, token, wiring.clock())
    assert found is not None
    assert (found.application, found.role, found.queues) == ("erp", Role.AGENT, ("support", "safety"))
    assert found.expires_at is not None
    assert (found.expires_at - found.created_at).days == 90
    listed = koe("token", "list")
    assert listed.stdout.startswith("erp\tagent\tsupport,safety\t")
    told = json.loads(koe("token", "list", "--json").stdout)
    assert [one["created_by"] for one in told["applications"]] == ["root"]
    assert token not in listed.stdout + str(told)
    assert koe("token", "revoke", "erp").stdout == "the token of erp works no more\n"
    assert application_of(wiring.database, token, wiring.clock()) is None
    with wiring.database.work(write=False) as work:
        acts = [(one.who, one.act, one.subject) for one in work.audit.list()]
    assert acts == [("root", "API token revoked", "app:erp"), ("root", "API token made", "app:erp")]


def test_another_token_is_made_only_when_asked_for(koe: Koe, wiring: Wiring) -> None:
    first = koe("token", "create", "erp").stdout.strip()
    assert isinstance(koe("token", "create", "Erp").exception, ConflictError)
    second = koe("token", "create", "erp", "--replace").stdout.strip()
    now = wiring.clock()
    assert application_of(wiring.database, first, now) is None
    found = application_of(wiring.database, second, now)
    assert found is not None
    assert (found.role, found.queues) == (Role.VIEWER, ())
    assert found.expires_at is not None
    assert (found.expires_at - found.created_at).days == 365


def test_wrong_words_are_told(koe: Koe) -> None:
    assert isinstance(koe("token", "create", "a b").exception, UsageError)
    assert isinstance(koe("token", "create", "erp", "--queue", "nowhere").exception, NotFoundError)
    assert koe("token", "create", "erp", "--role", "admin").exit_code == 2
    assert koe("token", "create", "erp", "--days", "0").exit_code == 2
    assert isinstance(koe("token", "revoke", "erp").exception, NotFoundError)
    assert "koe token create NAME" in koe("token", "list").stderr
