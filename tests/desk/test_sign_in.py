"""Sessions begin with a password and end with time, sign-out, disabling and a new password."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from desk import accounts
from desk.accounts import Changes
from desk.brake import FREE_BY_ADDRESS, FREE_BY_NAME, LONGEST_WAIT, wait_after
from desk.passwords import Passwords
from desk.sign_in import IDLE, LONGEST, SignedIn, account_of, application_of, sign_in, sign_out
from koe.account import Role
from koe.errors import AccessError, TooManyAttemptsError
from koe.settings import Settings
from storage.database import Database, open_database

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOME = "203.0.113.7"
GOOD = "four words are long"
SECOND = timedelta(seconds=1)


class CountingHasher(PasswordHasher):
    """Counts how often it works, for what takes as long may still not be measured on a busy machine."""

    def __init__(self, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def passwords(hasher: CountingHasher) -> Passwords:
    return Passwords(hasher)


@pytest.fixture
def database(url: str, passwords: Passwords) -> Iterator[Database]:
    database = open_database(url)
    database.migrate()
    with database.work() as work:
        for name in ("mika", "aki"):
            accounts.add(work, Settings(), name, Changes(role=Role.AGENT), "root", NOW)
            accounts.set_password(work, passwords, name, GOOD, "root", NOW)
        accounts.add(work, Settings(), "new", Changes(), "root", NOW)
        work.commit()
    yield database
    database.close()


def _enter(database: Database, passwords: Passwords, now: datetime = NOW) -> SignedIn:
    return sign_in(database, passwords, "Mika", GOOD, HOME, now)


def _fail(
    database: Database, passwords: Passwords, now: datetime = NOW, name: str = "mika", address: str = HOME
) -> None:
    with pytest.raises(AccessError, match="name or the password is wrong"):
        sign_in(database, passwords, name, "wrong wrong wrong", address, now)


def test_a_session_is_its_account_s(database: Database, passwords: Passwords) -> None:
    entered = _enter(database, passwords)
    assert entered.account.name == "mika"
    found = account_of(database, entered.token, NOW)
    assert found is not None
    assert (found.name, found.role) == ("mika", Role.AGENT)
    assert account_of(database, entered.token + "x", NOW) is None
    sign_out(database, entered.token, NOW)
    assert account_of(database, entered.token, NOW) is None
    with database.work(write=False) as work:
        told = [(one.act, one.who, dict(one.details)) for one in work.audit.list(who="mika")]
    assert told == [("signed out", "mika", {}), ("signed in", "mika", {"address": HOME})]


def test_a_session_ends_without_use_and_after_a_week(database: Database, passwords: Passwords) -> None:
    idle = _enter(database, passwords).token
    assert account_of(database, idle, NOW + IDLE - SECOND)
    assert account_of(database, idle, NOW + 2 * IDLE - 2 * SECOND)
    assert account_of(database, idle, NOW + 3 * IDLE - 2 * SECOND) is None
    busy, moment = _enter(database, passwords).token, NOW
    while (moment := moment + timedelta(hours=7)) < NOW + LONGEST:
        assert account_of(database, busy, moment), moment
    assert account_of(database, busy, NOW + LONGEST) is None


def test_disabling_and_a_new_password_end_sessions(database: Database, passwords: Passwords) -> None:
    first = _enter(database, passwords).token
    with database.work() as work:
        accounts.set_password(work, passwords, "mika", "another good one", "mika", NOW)
        work.commit()
    assert account_of(database, first, NOW) is None
    second = sign_in(database, passwords, "mika", "another good one", HOME, NOW).token
    with database.work() as work:
        accounts.disable(work, "mika", "root", NOW)
        work.commit()
    assert account_of(database, second, NOW) is None
    with pytest.raises(AccessError, match="wrong"):
        sign_in(database, passwords, "mika", "another good one", HOME, NOW)


@pytest.mark.parametrize("name", ["nobody", "new", "no name: at all", "disabled"])
def test_who_cannot_sign_in_is_looked_at_as_long(
    database: Database, passwords: Passwords, hasher: CountingHasher, name: str
) -> None:
    with database.work() as work:
        accounts.add(work, Settings(), "disabled", Changes(), "root", NOW)
        accounts.set_password(work, passwords, "disabled", GOOD, "root", NOW)
        accounts.disable(work, "disabled", "root", NOW)
        work.commit()
    with pytest.raises(AccessError, match="name or the password is wrong"):
        sign_in(database, passwords, name, GOOD, HOME, NOW)
    assert hasher.verified == 1


def test_old_hashes_are_renewed_at_signing_in(database: Database) -> None:
    newer = Passwords(CountingHasher(time_cost=2))
    _enter(database, newer)
    with database.work(write=False) as work:
        kept = work.accounts.password_hash("mika")
    assert kept is not None
    assert not newer.outdated(kept)
    _enter(database, newer)


def test_guesses_are_slowed_by_name_wherever_they_come_from(
    database: Database, passwords: Passwords, hasher: CountingHasher
) -> None:
    for number in range(FREE_BY_NAME):
        _fail(database, passwords, address=f"198.51.100.{number}")
    with pytest.raises(TooManyAttemptsError) as error:
        _enter(database, passwords)
    assert (error.value.wait, error.value.transient) == (SECOND, True)
    assert hasher.verified == FREE_BY_NAME
    _fail(database, passwords, NOW + SECOND)
    with pytest.raises(TooManyAttemptsError):
        _enter(database, passwords, NOW + 2 * SECOND)
    assert sign_in(database, passwords, "aki", GOOD, HOME, NOW).account.name == "aki"
    _enter(database, passwords, NOW + 3 * SECOND)
    for _ in range(FREE_BY_NAME):
        _fail(database, passwords, NOW + 4 * SECOND)


def test_guesses_are_slowed_by_address_whatever_the_name(database: Database, passwords: Passwords) -> None:
    for number in range(FREE_BY_ADDRESS):
        _fail(database, passwords, name=f"guess{number}", address=f"2001:db8::{number:x}")
    with pytest.raises(TooManyAttemptsError):
        sign_in(database, passwords, "mika", GOOD, "2001:db8::ffff", NOW)
    sign_in(database, passwords, "mika", GOOD, "2001:db8:1::1", NOW)
    entered = sign_in(database, passwords, "mika", GOOD, "2001:db8::1", NOW + SECOND)
    assert entered.account.name == "mika"
    with pytest.raises(TooManyAttemptsError):
        sign_in(database, passwords, "aki", GOOD, "2001:db8::1", NOW + SECOND)


def test_the_wait_doubles_to_a_quarter_of_an_hour_and_is_forgotten(database: Database, passwords: Passwords) -> None:
    waits = [wait_after(failures, 5) / SECOND for failures in (0, 4, 5, 6, 9, 14, 15, 10_000)]
    assert waits == [0, 0, 1, 2, 16, 512, 900, 900]
    for _ in range(FREE_BY_NAME):
        _fail(database, passwords)
    tomorrow = NOW + timedelta(days=1)
    for _ in range(FREE_BY_NAME):
        _fail(database, passwords, tomorrow)
    with pytest.raises(TooManyAttemptsError):
        _enter(database, passwords, tomorrow)
    _enter(database, passwords, tomorrow + LONGEST_WAIT)


def test_a_failure_is_noted_without_what_was_typed_as_a_name(database: Database, passwords: Passwords) -> None:
    _fail(database, passwords, name="hunter2 hunter2")
    _fail(database, passwords)
    with database.work(write=False) as work:
        told = [(one.who, one.details) for one in work.audit.list() if one.act == "sign-in failed"]
    assert told == [("mika", {"address": HOME}), ("?", {"address": HOME})]


def test_an_application_comes_in_by_its_token_until_it_ends(database: Database) -> None:
    with database.work() as work:
        first = accounts.make_api_token(work, "ERP", Role.VIEWER, "root", NOW)
        second = accounts.make_api_token(work, "erp", Role.AGENT, "root", NOW, timedelta(days=90))
        work.commit()
    assert application_of(database, first, NOW) is None
    found = application_of(database, second, NOW)
    assert found is not None
    assert (found.application, found.role) == ("erp", Role.AGENT)
    with database.work(write=False) as work:
        assert work.sign_ins.api_tokens()[0].last_used_at == NOW
    assert application_of(database, second, NOW + timedelta(days=90)) is None
    with database.work() as work:
        accounts.revoke_api_token(work, "erp", "root", NOW)
        work.commit()
    assert application_of(database, second, NOW) is None
