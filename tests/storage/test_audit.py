"""The audit log is only ever added to, whoever asks the database."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database


def test_the_newest_act_comes_first(database: Database, now: datetime) -> None:
    with database.work() as work:
        for number in range(3):
            work.audit.add(now, "mika", "reply", f"CASE-{number:06d}", {"queue": "サポート"})
        work.audit.add(now, "aki", "claim", "CASE-000001")
        assert [(one.who, one.subject) for one in work.audit.list(limit=2)] == [
            ("aki", "CASE-000001"),
            ("mika", "CASE-000002"),
        ]
        last = work.audit.list(who="mika")[0]
        assert (last.at, last.act, last.details) == (now, "reply", {"queue": "サポート"})
        assert [one.subject for one in work.audit.list(who="mika", before=last.id)] == ["CASE-000001", "CASE-000000"]
        assert [one.who for one in work.audit.list(subject="CASE-000001")] == ["aki", "mika"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (id, at, who, act, subject, details) VALUES (1, '2026-01-01', '', '', '', '{}')",
        "TRUNCATE audit",
    ],
)
def test_nothing_is_changed_or_deleted(database: Database, url: str, now: datetime, statement: str) -> None:
    only = {"INSERT OR": "sqlite", "TRUNCATE ": "postgresql"}.get(statement[:9])
    if only and not url.startswith(only):
        pytest.skip(f"no such statement but in {only}")
    with database.work() as work:
        work.audit.add(now, "mika", "reply", "CASE-000001")
        work.commit()
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    with database.work(write=False) as work:
        assert [one.who for one in work.audit.list()] == ["mika"]
