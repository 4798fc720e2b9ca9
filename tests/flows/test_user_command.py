"""``koe user``: people on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from desk import accounts
from desk.passwords import Passwords
from desk.sign_in import sign_in
from flows.cli import app
from flows.wiring import Wiring
from koe.errors import AccessError, ConflictError, UsageError
from koe.settings import Settings

Koe = Callable[..., Result]


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    wiring = Wiring(Settings(folder=tmp_path))
    wiring.database.migrate()
    return wiring


@pytest.fixture
def koe(wiring: Wiring) -> Koe:
    def run(*words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), obj=wiring, input=stdin, env={"USER": "root"})

    return run


def _signs_in(wiring: Wiring, name: str, password: str) -> bool:
    try:
        sign_in(wiring.database, Passwords(), name, password, "::1", wiring.clock())
    except AccessError:
        return False
    return True


def test_a_password_comes_from_a_pipe_and_is_never_printed(koe: Koe, wiring: Wiring) -> None:
    done = koe("user", "add", "Mika", "--queue", "support", "--lang", "ja", "--limit", "3", stdin="four words long\n")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "mika is agent now" in done.stderr
    assert "four words" not in done.output
    assert _signs_in(wiring, "mika", "four words long")
    assert isinstance(koe("user", "add", "aki", stdin="short\n").exception, UsageError)
    assert koe("user", "list").stdout == "mika\tagent\tsupport\tja\t-\t3\tactive\n"
    with wiring.database.work(write=False) as work:
        assert [(one.who, one.act) for one in work.audit.list(limit=9)][-2:] == [
            ("root", "password set"),
            ("root", "user added"),
        ]


def test_a_generated_password_is_printed_once(koe: Koe, wiring: Wiring) -> None:
    done = koe("user", "add", "aki", "--role", "lead", "--generate")
    assert _signs_in(wiring, "aki", done.stdout.strip())
    assert isinstance(koe("user", "add", "aki", "--generate").exception, ConflictError)
    assert isinstance(koe("user", "add", "ben", "--generate", "--setup").exception, UsageError)


@pytest.mark.parametrize("words", [("user", "add", "ken", "--setup"), ("user", "token", "ken")])
def test_a_setup_token_lets_a_person_choose(koe: Koe, wiring: Wiring, words: tuple[str, ...]) -> None:
    if words[1] == "token":
        koe("user", "add", "ken", "--generate")
    token = koe(*words).stdout.strip()
    with wiring.database.work() as work:
        accounts.use_setup_token(work, Passwords(), token, "chosen by myself", wiring.clock())
        work.commit()
    assert _signs_in(wiring, "ken", "chosen by myself")


def test_a_user_is_changed_and_disabled(koe: Koe, wiring: Wiring) -> None:
    password = koe("user", "add", "mika", "--queue", "support", "--generate").stdout.strip()
    changed = koe("user", "change", "mika", "--role", "lead", "--queue", "", "--skill", "first aid", "--lang", "en")
    assert changed.stdout == "mika\tlead\tall\ten\tfirst aid\t-\tactive\n"
    assert isinstance(koe("user", "change", "mika").exception, UsageError)
    assert koe("user", "disable", "mika").stdout == "mika is disabled now\n"
    assert not _signs_in(wiring, "mika", password)
    assert koe("user", "disable", "mika", "--undo").stdout == "mika is lead now\n"
    assert _signs_in(wiring, "mika", password)


@pytest.mark.parametrize(
    "words",
    [
        ("user", "token", "mika"),
        ("user", "add", "a b", "--generate"),
        ("user", "add", "mika", "--queue", "nowhere", "--generate"),
        ("user", "disable", "nobody"),
    ],
)
def test_wrong_words_are_wrong_usage(koe: Koe, words: tuple[str, ...]) -> None:
    assert isinstance(koe(*words).exception, UsageError)


def test_an_empty_desk_says_how_to_begin(koe: Koe) -> None:
    assert "koe user add NAME --role admin" in koe("user", "list").stderr
