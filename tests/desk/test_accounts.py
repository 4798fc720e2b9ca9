"""Who may work at the desk: accounts, roles, passwords, tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from desk import accounts
from desk.accounts import Changes
from desk.passwords import Passwords, generated_password
from desk.roles import MAY, Act, require
from koe.account import Account, Role
from koe.errors import AccessError, ConflictError, ForbiddenError, NotFoundError, UsageError
from koe.settings import Settings
from storage.database import open_database
from storage.work import Work

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SETTINGS = Settings()
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
GOOD = "four words are long"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    database.migrate()
    with database.work() as work:
        accounts.add(work, SETTINGS, "Root", Changes(role=Role.ADMIN), "terminal", NOW)
        yield work
    database.close()


def test_an_account_gets_what_it_is_given(work: Work) -> None:
    wanted = Changes(Role.AGENT, ["support", "support"], ["ja"], ["billing"], 3)
    made = accounts.add(work, SETTINGS, "Ｍｉｋａ", wanted, "root", NOW)
    assert made == work.accounts.get("mika")
    assert (made.queues, made.languages, made.skills, made.limit) == (("support",), ("ja",), ("billing",), 3)
    changed = accounts.change(work, SETTINGS, "mika", Changes(Role.LEAD, queues=[], limit=0), "root", NOW)
    assert changed == work.accounts.get("mika")
    assert (changed.role, changed.queues, changed.languages, changed.limit) == (Role.LEAD, (), ("ja",), None)
    accounts.change(work, SETTINGS, "mika", Changes(), "root", NOW)
    told = [(one.act, one.who, one.subject) for one in work.audit.list()]
    assert told == [
        ("user changed", "root", "mika"),
        ("user added", "root", "mika"),
        ("user added", "terminal", "root"),
    ]
    assert work.audit.list()[0].details["before"]["role"] == "agent"


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        (Changes(queues=["nowhere"]), NotFoundError, "known ones are safety"),
        (Changes(languages=["Japanese"]), UsageError, "ja or en"),
        (Changes(limit=-1), UsageError, "0 for no limit"),
    ],
)
def test_what_an_account_cannot_get_is_told(work: Work, wanted: Changes, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        accounts.add(work, SETTINGS, "mika", wanted, "root", NOW)
    with pytest.raises(ConflictError, match="koe user change"):
        accounts.add(work, SETTINGS, "ROOT", Changes(), "root", NOW)


def test_somebody_is_always_left_to_manage_users(work: Work) -> None:
    acts: list[Callable[[], object]] = [
        lambda: accounts.disable(work, "root", "root", NOW),
        lambda: accounts.change(work, SETTINGS, "root", Changes(role=Role.LEAD), "root", NOW),
    ]
    for act in acts:
        with pytest.raises(ConflictError, match="only admin"):
            act()
    accounts.add(work, SETTINGS, "mika", Changes(role=Role.ADMIN), "root", NOW)
    assert accounts.disable(work, "root", "mika", NOW).disabled
    with pytest.raises(ConflictError, match="only admin"):
        accounts.disable(work, "mika", "mika", NOW)


def test_each_role_may_what_the_one_before_may_and_more() -> None:
    roles = list(Role)
    assert all(MAY[lower] < MAY[higher] for lower, higher in pairwise(roles))
    assert MAY[Role.ADMIN] == frozenset(Act)
    agent = Account("mika", Role.AGENT, NOW)
    require(agent, Act.REPLY)
    with pytest.raises(ForbiddenError, match="mika is agent and may not assign; that takes: lead, admin"):
        require(agent, Act.ASSIGN)
    with pytest.raises(ForbiddenError, match="disabled"):
        require(Account("mika", Role.ADMIN, NOW, disabled=True), Act.READ)


@pytest.mark.parametrize("password", ["short", "mikamikamika", "aaaaaaaaaaaaaa", "mika12", "x" * 1001])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(UsageError, match="password"):
        QUICK.hash("mika", password)


def test_a_password_matches_itself_alone_in_full_width_too() -> None:
    kept = QUICK.hash("mika", "パスワード1234 ok")
    assert QUICK.match(kept, "ﾊﾟｽﾜｰﾄﾞ１２３４ ok")
    assert not QUICK.match(kept, "パスワード1234 OK")
    assert not QUICK.match(None, "パスワード1234 ok")
    assert not QUICK.match("no hash at all", "パスワード1234 ok")


def test_hashes_with_older_parameters_are_told() -> None:
    kept = QUICK.hash("mika", GOOD)
    newer = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    assert newer.outdated(kept)
    renewed = newer.rehash(GOOD)
    assert not newer.outdated(renewed)
    assert newer.match(renewed, GOOD)


def test_generated_passwords_are_good_ones() -> None:
    made = {generated_password() for _ in range(20)}
    assert len(made) == 20
    assert all(QUICK.match(QUICK.hash("mika", one), one) for one in list(made)[:3])


def test_a_setup_token_chooses_a_password_once(work: Work) -> None:
    accounts.add(work, SETTINGS, "mika", Changes(), "root", NOW)
    token = accounts.make_setup_token(work, "mika", "root", NOW)
    work.commit()
    with pytest.raises(UsageError, match="10 to 1,000"):
        accounts.use_setup_token(work, QUICK, token, "short", NOW)
    work._connection.rollback()
    assert accounts.use_setup_token(work, QUICK, token, GOOD, NOW).name == "mika"
    assert QUICK.match(work.accounts.password_hash("mika"), GOOD)
    with pytest.raises(AccessError, match="koe user token"):
        accounts.use_setup_token(work, QUICK, token, GOOD, NOW)


def test_a_setup_token_ends_with_time_and_with_its_user(work: Work) -> None:
    accounts.add(work, SETTINGS, "mika", Changes(), "root", NOW)
    token = accounts.make_setup_token(work, "mika", "root", NOW)
    with pytest.raises(AccessError):
        accounts.use_setup_token(work, QUICK, token, GOOD, NOW + timedelta(days=1))
    token = accounts.make_setup_token(work, "mika", "root", NOW)
    accounts.disable(work, "mika", "root", NOW)
    with pytest.raises(AccessError):
        accounts.use_setup_token(work, QUICK, token, GOOD, NOW)
    with pytest.raises(ConflictError, match="--undo"):
        accounts.make_setup_token(work, "mika", "root", NOW)
    accounts.enable(work, "mika", "root", NOW)
    assert accounts.make_setup_token(work, "mika", "root", NOW)


def test_no_secret_is_kept_or_logged(work: Work, tmp_path: Path) -> None:
    accounts.add(work, SETTINGS, "mika", Changes(), "root", NOW)
    secrets = [
        accounts.make_setup_token(work, "mika", "root", NOW),
        accounts.make_api_token(work, "erp", Role.AGENT, "root", NOW, timedelta(days=90)),
        GOOD,
    ]
    accounts.set_password(work, QUICK, "mika", GOOD, "mika", NOW)
    work.commit()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("koe.sqlite*"))
    assert b"mika" in stored
    assert all(secret.encode() not in stored for secret in secrets)
    with pytest.raises(NotFoundError, match="known ones are erp"):
        accounts.revoke_api_token(work, "shop", "root", NOW)
