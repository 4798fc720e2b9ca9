from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from koe.account import Account, ApiToken, Role, account_name
from koe.errors import NotFoundError, UsageError
from storage.database import Database

DAY = timedelta(days=1)


def _mika(now: datetime) -> Account:
    return Account("mika", Role.AGENT, now, ("ja", "en"), ("billing",), ("support",), limit=3)


def test_an_account_is_kept_as_it_is_given(database: Database, now: datetime) -> None:
    with database.work() as work:
        assert work.accounts.count() == 0
        work.accounts.add(_mika(now))
        work.accounts.add(Account("aki", Role.VIEWER, now))
        assert work.accounts.get("mika") == _mika(now)
        assert [account.name for account in work.accounts.list()] == ["aki", "mika"]
        changed = replace(_mika(now), role=Role.LEAD, limit=None, queues=())
        work.accounts.change(changed)
        work.accounts.set_disabled("mika", now)
        assert work.accounts.find("mika") == replace(changed, disabled=True)
        assert work.accounts.password_hash("mika") is None
        work.accounts.set_password_hash("mika", "$argon2id$")
        assert work.accounts.password_hash("mika") == "$argon2id$"
        with pytest.raises(NotFoundError, match="known ones are aki, mika"):
            work.accounts.get("ben")


@pytest.mark.parametrize(("text", "name"), [(" Ｍｉｋａ ", "mika"), ("田中.a", "田中.a"), ("A@B.jp", "a@b.jp")])
def test_capitals_and_full_width_make_no_other_person(text: str, name: str) -> None:
    assert account_name(text) == name


@pytest.mark.parametrize("text", ["", " ", "a b", "-a", "a:b", "x" * 65, "a\nb"])
def test_what_cannot_be_a_name_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="such as mika"):
        account_name(text)


def test_sessions_end_alone_or_together(database: Database, now: datetime) -> None:
    with database.work() as work:
        work.accounts.add(_mika(now))
        for token in ("a", "b", "c"):
            work.sign_ins.begin_session(token, "mika", now, now + DAY)
        work.sign_ins.see_session("a", now + timedelta(hours=1))
        session = work.sign_ins.session("a")
        assert session is not None
        assert (session.account, session.last_seen_at, session.expires_at) == (
            "mika",
            now + timedelta(hours=1),
            now + DAY,
        )
        work.sign_ins.end_session("a")
        assert work.sign_ins.session("a") is None
        assert work.sign_ins.end_sessions_of("mika") == 2
        work.sign_ins.begin_session("d", "mika", now, now + DAY)
        work.sign_ins.begin_session("e", "mika", now + 2 * DAY, now + 3 * DAY)
        assert work.sign_ins.session("d") is None


def test_a_setup_token_works_once_and_for_a_while(database: Database, now: datetime) -> None:
    with database.work() as work:
        work.accounts.add(_mika(now))
        work.sign_ins.keep_setup_token("a", "mika", now + DAY)
        work.sign_ins.keep_setup_token("b", "mika", now + DAY)
        assert work.sign_ins.take_setup_token("a", now) is None
        assert work.sign_ins.take_setup_token("b", now) == "mika"
        assert work.sign_ins.take_setup_token("b", now) is None
        work.sign_ins.keep_setup_token("c", "mika", now)
        assert work.sign_ins.take_setup_token("c", now) is None


def test_an_application_has_one_token(database: Database, now: datetime) -> None:
    token = ApiToken("erp", Role.AGENT, now, "mika", now + DAY)
    with database.work() as work:
        work.sign_ins.keep_api_token("a", replace(token, role=Role.VIEWER))
        work.sign_ins.keep_api_token("b", token)
        assert work.sign_ins.api_token("a") is None
        work.sign_ins.see_api_token("b", now)
        assert work.sign_ins.api_token("b") == replace(token, last_used_at=now)
        assert [one.application for one in work.sign_ins.api_tokens()] == ["erp"]
        assert [work.sign_ins.drop_api_token("erp") for _ in range(2)] == [True, False]


def test_failures_are_counted_and_forgotten(database: Database, now: datetime) -> None:
    with database.work() as work:
        assert work.sign_ins.hold_failures("name:mika", now).count == 0
        work.sign_ins.set_failures("name:mika", 4, now + DAY)
        held = work.sign_ins.hold_failures("name:mika", now)
        assert (held.count, held.last_at) == (4, now + DAY)
        work.sign_ins.hold_failures("name:aki", now)
        work.sign_ins.forget_failures(now + DAY)
        assert work.sign_ins.hold_failures("name:mika", now).count == 4
        work.sign_ins.clear_failures("name:mika")
        assert work.sign_ins.hold_failures("name:mika", now).count == 0
